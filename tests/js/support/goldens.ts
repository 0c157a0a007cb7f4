import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './files.js';

export interface GoldenTensor {
  /** Number of the element type in the file format. */
  readonly type: number;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** What LiteRT answered for a model of one operator; tests/golden/README.md has the layout. */
export interface GoldenCase {
  readonly name: string;
  /** Whether LiteRT's reference kernels take the model. */
  readonly hasReference: boolean;
  /** How often it ran on the same inputs before the outputs were read. */
  readonly runs: number;
  readonly model: Uint8Array;
  readonly inputs: readonly GoldenTensor[];
  readonly outputs: readonly (GoldenTensor & { readonly reference: Uint8Array })[];
}

export function goldenCases(file: string): GoldenCase[] {
  const content = readFileSync(join(ROOT, 'tests/golden', `${file}.bin`));
  let at = 0;
  const u8 = (): number => content.readUInt8(at++);
  const u32 = (): number => content.readUInt32LE((at += 4) - 4);
  // Copies, as arrays of wider elements need their bytes aligned.
  const take = (count: number): Uint8Array => Uint8Array.from(content.subarray(at, (at += count)));
  const text = (): string => {
    const length = content.readUInt16LE((at += 2) - 2);
    return Buffer.from(take(length)).toString();
  };
  const header = (): { type: number; shape: number[]; size: number } => {
    const type = u8();
    const shape = Array.from({ length: u8() }, u32);
    return { type, shape, size: u32() };
  };

  if (Buffer.from(take(8)).toString() !== 'OCTGOLD1') throw new Error(`${file} is no golden file`);
  text(); // The peer and its version.
  return Array.from({ length: u32() }, () => {
    const name = text();
    const flags = u8();
    const model = take(u32());
    const inputs = Array.from({ length: u8() }, () => {
      const { size, ...form } = header();
      return { ...form, bytes: take(size) };
    });
    const outputs = Array.from({ length: u8() }, () => {
      const { size, ...form } = header();
      const same = u8() === 1;
      const bytes = take(size);
      return { ...form, bytes, reference: same ? bytes : take(size) };
    });
    return {
      name,
      hasReference: (flags & 2) !== 0,
      runs: (flags >> 4) + 1,
      model,
      inputs,
      outputs,
    };
  });
}
