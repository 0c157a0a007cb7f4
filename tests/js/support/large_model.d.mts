export interface TestModel {
  tensors: { name: string; shape: number[]; values?: number | number[] }[];
  operators: { op: string; inputs: number[]; outputs: number[] }[];
  inputs: number[];
  outputs: number[];
}

export function writeModel(path: string, model: TestModel): void;
export function writeLargeModel(path: string, size: { layers: number; width: number }): void;
export function writeOpenSizesModel(path: string): void;
export function writeGreedyModel(path: string): void;
