/**
 * What the package was made of: the version, the tools, and of each WebAssembly binary its flags,
 * size and hash. Of 'octolite/versions':
 *
 *     const { sha256 } = versions.wasm.relaxed;
 */
import type { Variant } from './types.js';
import { VERSION } from './version.js';
import provenance from './wasm/provenance.js';

/** The flags that a binary was built with, without warnings and include folders. */
export interface BuildFlags {
  /** Those that every source file is compiled with. */
  readonly compile: readonly string[];
  /** Those that only some are compiled with: vector kernels, bindings, the file reader. */
  readonly compileSome: readonly string[];
  /** Those that the binary is linked with. */
  readonly link: readonly string[];
}

/** One WebAssembly binary of the package. */
export interface BinaryProvenance {
  /** Its name: it is 'octolite/wasm/<file>'. */
  readonly file: string;
  readonly bytes: number;
  /** Hexadecimal, lower case. */
  readonly sha256: string;
  readonly flags: BuildFlags;
}

/** What the package was made of. */
export interface Versions {
  /** The version of the package. */
  readonly octolite: string;
  /** The version of Emscripten. */
  readonly emscripten: string;
  /** The C++ compiler and its version: 'clang 19.1.7'. */
  readonly compiler: string;
  /** The version of Binaryen, which optimizes the linked binary. */
  readonly binaryen: string;
  readonly wasm: Readonly<Record<Variant, BinaryProvenance>>;
}

/** What this package was made of. */
export const versions: Versions = { octolite: VERSION, ...provenance };
