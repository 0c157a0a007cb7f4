export interface Block {
  language: string;
  own: boolean;
  code: string;
  output?: string;
  line: number;
}

export interface Page {
  path: string;
  text: string;
  setup: string[];
  blocks: Block[];
}

export function readPage(path: string): Page;
export function readPages(): Page[];
export function joinModules(pieces: string[]): string;
export function commandsOf(code: string): string[][];
export function isAsSaid(printed: string, said: string): boolean;
