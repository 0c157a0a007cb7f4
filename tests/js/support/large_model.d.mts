export function writeLargeModel(path: string, size: { layers: number; width: number }): void;
