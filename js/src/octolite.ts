import { Engine, toBytes, type InterpreterOptions, type LoadModelOptions } from './engine.js';
import { Interpreter } from './interpreter.js';
import { isDevelopment, watch } from './leaks.js';
import { loadModule, type LoadOptions } from './load.js';
import { Model } from './model.js';
import { Toolkit } from './toolkit.js';
import type { Inspection, RuntimeInfo } from './types.js';

/**
 * The library in the thread that calls it. Made by `load`; each instance has a WebAssembly memory of
 * its own, which is given back when nothing refers to the instance any more.
 */
export class Octolite extends Toolkit {
  /** @internal */
  protected readonly engine: Engine;

  readonly #leakWarnings: boolean;

  /** @internal Use load. */
  constructor(engine: Engine, leakWarnings: boolean) {
    super();
    this.engine = engine;
    this.#leakWarnings = leakWarnings;
  }

  /** What runs, and why. */
  runtimeInfo(): RuntimeInfo {
    return this.engine.runtimeInfo();
  }

  /**
   * Reads and checks a .tflite file. The bytes are copied; the caller's may change afterwards.
   * The model keeps its memory until it is disposed of, or else until it is collected, which may be
   * late.
   * @throws OctoliteError INVALID_MODEL, UNSUPPORTED_MODEL, OUT_OF_MEMORY.
   */
  loadModel(
    bytes: Uint8Array | ArrayBufferLike | ArrayBufferView,
    options: LoadModelOptions = {},
  ): Model {
    const file = toBytes(bytes);
    const handle = this.engine.loadModel(file, options);
    const model = new Model(this, handle, file.byteLength, () => this.engine.dispose(handle));
    watch(model, 'model', this.engine, handle, this.#leakWarnings);
    return model;
  }

  /** What is in a model. */
  inspect(model: Model): Inspection {
    return this.engine.inspect(model.handleFor(this));
  }

  /**
   * Makes what runs the model. It keeps its memory until it is disposed of, or else until it is
   * collected.
   * @throws OctoliteError INVALID_ARGUMENT for a subgraph or signature that the model does not have.
   */
  createInterpreter(model: Model, options: InterpreterOptions = {}): Interpreter {
    const handle = this.engine.createInterpreter(model.handleFor(this), options);
    const interpreter = new Interpreter(this.engine, handle);
    watch(interpreter, 'interpreter', this.engine, handle, this.#leakWarnings);
    return interpreter;
  }
}

/**
 * Loads the library: finds the WebAssembly binary that suits this engine and starts it.
 * @throws OctoliteError WASM_UNAVAILABLE, ABORTED.
 */
export async function load(options: LoadOptions = {}): Promise<Octolite> {
  const loaded = await loadModule(options);
  return new Octolite(new Engine(loaded), options.leakWarnings ?? isDevelopment());
}
