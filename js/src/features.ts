import { lackOfThreads } from './threads/start.js';
import type { Variant } from './types.js';

/** A module with one function whose body ends in `drop` of a v128 made by the given code. */
function moduleOf(code: readonly number[]): Uint8Array<ArrayBuffer> {
  const body = [0, ...code, 0x1a, 0x0b]; // no locals ... drop, end
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // "\0asm", version 1
    ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00], // one type: () -> ()
    ...[0x03, 0x02, 0x01, 0x00], // one function of that type
    ...[0x0a, body.length + 2, 0x01, body.length, ...body], // its code
  ]);
}

// i32.const 0, i8x16.splat
const ZERO = [0x41, 0x00, 0xfd, 0x0f] as const;

/** Whether this engine has 128-bit SIMD. */
export function hasSimd(): boolean {
  return WebAssembly.validate(moduleOf(ZERO));
}

/** Whether this engine has relaxed SIMD: i16x8.relaxed_dot_i8x16_i7x16_s, opcode 0x112. */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(moduleOf([...ZERO, ...ZERO, 0xfd, 0x92, 0x02]));
}

/** The fastest binary that this engine loads, and why. */
export function chooseVariant(threads: number): { variant: Variant; reason: string } {
  const alone = threads > 1 ? ', which threads need' : '';
  if (!hasRelaxedSimd()) {
    return { variant: 'simd128', reason: `this engine has no relaxed SIMD${alone}` };
  }
  if (threads === 1) return { variant: 'relaxed', reason: 'this engine has relaxed SIMD' };
  const lack = lackOfThreads();
  return lack === undefined
    ? { variant: 'threads', reason: 'this engine has relaxed SIMD and threads' }
    : { variant: 'relaxed', reason: `this engine has relaxed SIMD, but no threads: ${lack}` };
}
