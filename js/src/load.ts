import { messageOf, OctoliteError, throwIfAborted } from './errors.js';
import { chooseVariant, hasRelaxedSimd, hasSimd } from './features.js';
import { importNode, IS_NODE } from './node_import.js';
import { automaticCount } from './processors.js';
import type { RawModule } from './raw.js';
import { orAborted } from './tasks.js';
import { lackOfThreads, MOST_THREADS, startThreads } from './threads/start.js';
import type { Variant } from './types.js';

/** Where the WebAssembly binary is, and which one runs. */
export interface LoadOptions {
  /** The binary itself: its bytes, or compiled. Say which `variant` it is. */
  wasmBinary?: Uint8Array | ArrayBuffer | undefined;
  /** As `wasmBinary`, compiled: for engines that compile none at run time. */
  wasmModule?: WebAssembly.Module | undefined;
  /** Where octolite-<variant>.wasm are; default: beside this file. */
  baseUrl?: string | URL | undefined;
  /** Default: the fastest one that the engine can run. */
  variant?: Variant | undefined;
  /**
   * How many threads share the work of a run, the calling one included; default 1. `auto`: as many
   * as there are processors, at most 4. A page has threads when it is cross-origin isolated. Where
   * there can be none, one does the work, and runtimeInfo() says why. The results are the same.
   */
  threads?: number | 'auto' | undefined;
  /** Stops the loading: it rejects with code ABORTED. */
  signal?: AbortSignal | undefined;
  /**
   * Whether console.warn says where a model or interpreter was made that was collected without
   * dispose(). Default: in development, which is where NODE_ENV is not 'production', be it in
   * Node.js or as a bundler puts it in, and a page on localhost.
   */
  leakWarnings?: boolean | undefined;
}

export interface LoadedModule {
  module: RawModule;
  variant: Variant;
  reason: string;
  threads: number;
  requestedThreads: number;
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
  simd128: () => import('./wasm/octolite-simd128.js'),
  relaxed: () => import('./wasm/octolite-relaxed.js'),
  threads: () => import('./wasm/octolite-threads.js'),
};
const BINARY: Record<Variant, () => URL> = {
  simd128: () => new URL('./wasm/octolite-simd128.wasm', import.meta.url),
  relaxed: () => new URL('./wasm/octolite-relaxed.wasm', import.meta.url),
  threads: () => new URL('./wasm/octolite-threads.wasm', import.meta.url),
};

const VARIANTS = Object.keys(GLUE) as Variant[];

interface Choice {
  variant: Variant;
  reason: string;
}

function pickVariant(options: LoadOptions, threads: number): Choice {
  const forced = options.variant ?? (IS_NODE ? process.env.OCTOLITE_VARIANT : undefined);
  if (forced === undefined || forced === '') return chooseVariant(threads);
  const variant = VARIANTS.find((name) => name === forced);
  if (variant === undefined) {
    throw new OctoliteError('INVALID_ARGUMENT', `there is no variant '${forced}'`, {
      hint: `the variants are ${VARIANTS.join(', ')}`,
    });
  }
  if (variant !== 'simd128' && !hasRelaxedSimd()) {
    throw new OctoliteError('WASM_UNAVAILABLE', 'this engine has no relaxed SIMD', {
      hint: 'use the variant simd128',
    });
  }
  const lack = variant === 'threads' ? lackOfThreads() : undefined;
  if (lack !== undefined) {
    throw new OctoliteError('WASM_UNAVAILABLE', `there can be no threads: ${lack}`, {
      hint: 'use the variant relaxed',
    });
  }
  const alone = variant !== 'threads' && threads > 1 ? '; it has no threads' : '';
  return { variant, reason: `you asked for it${alone}` };
}

/** A number of threads as options have it, as a number. */
async function threadCount(threads: LoadOptions['threads']): Promise<number> {
  if (threads === 'auto') return automaticCount();
  if (Number.isInteger(threads) && threads! >= 1 && threads! <= MOST_THREADS) return threads!;
  throw new OctoliteError('INVALID_ARGUMENT', `there cannot be ${String(threads)} threads`, {
    hint: `a number from 1 to ${MOST_THREADS}, or 'auto'`,
  });
}

async function readUrl(url: URL, signal?: AbortSignal): Promise<BufferSource | Response> {
  if (url.protocol === 'file:' && IS_NODE) {
    const { readFile } = await importNode<typeof import('node:fs/promises')>('node:fs/promises');
    return readFile(url, { signal });
  }
  const response = await fetch(url, signal && { signal });
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
      new URL(
        /* @vite-ignore */ /* webpackIgnore: true */ base.endsWith('/') ? base : `${base}/`,
        import.meta.url,
      ),
    );
  }
  const source = await readUrl(url, options.signal);
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
 * @throws OctoliteError WASM_UNAVAILABLE, ABORTED.
 */
export function loadModule(options: LoadOptions): Promise<LoadedModule> {
  return orAborted(findModule(options), options.signal);
}

async function findModule(options: LoadOptions): Promise<LoadedModule> {
  if (typeof WebAssembly !== 'object' || !hasSimd()) {
    throw new OctoliteError('WASM_UNAVAILABLE', 'this engine has no WebAssembly with SIMD', {
      hint: 'Chrome 91, Firefox 89, Safari 16.4, Node.js 20 and later have it',
    });
  }
  throwIfAborted(options.signal);
  const requestedThreads = await threadCount(options.threads ?? 1);
  const choice = pickVariant(options, requestedThreads);
  const threads = choice.variant === 'threads' ? requestedThreads : 1;
  try {
    return { ...choice, requestedThreads, threads, module: await start(choice, threads, options) };
  } catch (error) {
    throwIfAborted(options.signal);
    // Workers may be forbidden; whoever brings the binary, or names it, is told.
    const { wasmBinary, wasmModule, variant } = options;
    if (choice.variant === 'threads' && !wasmBinary && !wasmModule && !variant) {
      const alone = { ...options, threads: 1 };
      const loaded = await findModule(alone);
      return { ...loaded, requestedThreads, reason: `${loaded.reason}, but ${messageOf(error)}` };
    }
    throw new OctoliteError(
      'WASM_UNAVAILABLE',
      `octolite-${choice.variant}.wasm cannot be loaded: ${messageOf(error)}`,
      { hint: 'say where it is with baseUrl, or hand it in as wasmBinary' },
      { cause: error },
    );
  }
}

async function start(
  { variant }: Choice,
  threads: number,
  options: LoadOptions,
): Promise<RawModule> {
  const [{ default: create }, compiled] = await Promise.all([
    GLUE[variant](),
    compile(variant, options),
  ]);
  let memory: WebAssembly.Memory | undefined;
  // The glue code has no way to report that instantiating failed.
  const module = await new Promise<RawModule>((resolve, reject) => {
    create({
      instantiateWasm(imports, done) {
        // Modules with threads import theirs, others make it.
        memory = Object.values(imports)
          .flatMap((names) => Object.values(names))
          .find((value) => value instanceof WebAssembly.Memory);
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
  if (threads > 1) await startThreads(module, compiled, memory!, threads);
  return module;
}
