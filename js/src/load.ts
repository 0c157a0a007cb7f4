import { OctoliteError } from './errors.js';
import { chooseVariant, hasRelaxedSimd, hasSimd } from './features.js';
import { importNode, IS_NODE } from './node_import.js';
import type { RawModule } from './raw.js';
import type { Variant } from './types.js';

export interface LoadOptions {
  /** The binary itself: its bytes, or compiled. Say which `variant` it is. */
  wasmBinary?: Uint8Array | ArrayBuffer | undefined;
  wasmModule?: WebAssembly.Module | undefined;
  /** Where octolite-simd128.wasm and octolite-relaxed.wasm are; default: beside this file. */
  baseUrl?: string | URL | undefined;
  /** Default: the fastest one that the engine can run. */
  variant?: Variant | undefined;
}

export interface LoadedModule {
  module: RawModule;
  variant: Variant;
  reason: string;
}

type Factory = (settings: {
  instantiateWasm: (
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ) => object;
  print: (text: string) => void;
  printErr: (text: string) => void;
}) => Promise<RawModule>;

// Bundlers find the files by these literals.
const GLUE: Record<Variant, () => Promise<{ default: Factory }>> = {
  simd128: () => import('./wasm/octolite-simd128.mjs'),
  relaxed: () => import('./wasm/octolite-relaxed.mjs'),
};
const BINARY: Record<Variant, () => URL> = {
  simd128: () => new URL('./wasm/octolite-simd128.wasm', import.meta.url),
  relaxed: () => new URL('./wasm/octolite-relaxed.wasm', import.meta.url),
};

function pickVariant(options: LoadOptions): { variant: Variant; reason: string } {
  const forced = options.variant ?? (IS_NODE ? process.env.OCTOLITE_VARIANT : undefined);
  if (forced === undefined || forced === '') return chooseVariant();
  if (forced !== 'simd128' && forced !== 'relaxed') {
    throw new OctoliteError('INVALID_ARGUMENT', `there is no variant '${forced}'`, {
      hint: 'the variants are simd128 and relaxed',
    });
  }
  if (forced === 'relaxed' && !hasRelaxedSimd()) {
    throw new OctoliteError('WASM_UNAVAILABLE', 'this engine has no relaxed SIMD', {
      hint: 'use the variant simd128',
    });
  }
  return { variant: forced, reason: 'you asked for it' };
}

async function readUrl(url: URL): Promise<BufferSource | Response> {
  if (url.protocol === 'file:' && IS_NODE) {
    const { readFile } = await importNode<typeof import('node:fs/promises')>('node:fs/promises');
    return readFile(url);
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.href} answers ${response.status}`);
  return response;
}

async function compile(variant: Variant, options: LoadOptions): Promise<WebAssembly.Module> {
  if (options.wasmModule) return options.wasmModule;
  if (options.wasmBinary) return WebAssembly.compile(options.wasmBinary as BufferSource);
  let url: URL;
  if (options.baseUrl === undefined) {
    url = BINARY[variant]();
  } else {
    const base = String(options.baseUrl);
    url = new URL(
      `octolite-${variant}.wasm`,
      new URL(base.endsWith('/') ? base : `${base}/`, import.meta.url),
    );
  }
  const source = await readUrl(url);
  if (!isResponse(source)) return WebAssembly.compile(source);
  // Servers that do not know the type of .wasm files rule out streaming, not us.
  return source.headers.get('content-type')?.startsWith('application/wasm')
    ? WebAssembly.compileStreaming(source)
    : WebAssembly.compile(await source.arrayBuffer());
}

function isResponse(source: BufferSource | Response): source is Response {
  return typeof (source as Partial<Response>).arrayBuffer === 'function';
}

/**
 * Finds, compiles and instantiates the WebAssembly binary.
 * @throws OctoliteError WASM_UNAVAILABLE.
 */
export async function loadModule(options: LoadOptions): Promise<LoadedModule> {
  if (typeof WebAssembly !== 'object' || !hasSimd()) {
    throw new OctoliteError('WASM_UNAVAILABLE', 'this engine has no WebAssembly with SIMD', {
      hint: 'Chrome 91, Firefox 89, Safari 16.4, Node.js 20 and later have it',
    });
  }
  const { variant, reason } = pickVariant(options);
  try {
    const [{ default: create }, compiled] = await Promise.all([
      GLUE[variant](),
      compile(variant, options),
    ]);
    // The glue code has no way to report that instantiating failed.
    const module = await new Promise<RawModule>((resolve, reject) => {
      create({
        instantiateWasm(imports, done) {
          WebAssembly.instantiate(compiled, imports).then(
            (instance) => done(instance, compiled),
            reject,
          );
          return {};
        },
        // What the module says when it stops is in the error that follows.
        print: () => undefined,
        printErr: () => undefined,
      }).then(resolve, reject);
    });
    return { module, variant, reason };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new OctoliteError(
      'WASM_UNAVAILABLE',
      `octolite-${variant}.wasm cannot be loaded: ${message}`,
      { hint: 'say where it is with baseUrl, or hand it in as wasmBinary' },
      { cause: error },
    );
  }
}
