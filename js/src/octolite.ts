import { Engine, toBytes, type InterpreterOptions, type LoadModelOptions } from './engine.js';
import { Interpreter } from './interpreter.js';
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

  /** @internal Use load. */
  constructor(engine: Engine) {
    super();
    this.engine = engine;
  }

  /** What runs, and why. */
  runtimeInfo(): RuntimeInfo {
    return this.engine.runtimeInfo();
  }

  /**
   * Reads and checks a .tflite file. The bytes are copied; the caller's may change afterwards.
   * @throws OctoliteError INVALID_MODEL, UNSUPPORTED_MODEL, OUT_OF_MEMORY.
   */
  loadModel(
    bytes: Uint8Array | ArrayBufferLike | ArrayBufferView,
    options: LoadModelOptions = {},
  ): Model {
    const file = toBytes(bytes);
    const handle = this.engine.loadModel(file, options);
    return new Model(this, handle, file.byteLength, () => this.engine.dispose(handle));
  }

  /** What is in a model. */
  inspect(model: Model): Inspection {
    return this.engine.inspect(model.handleFor(this));
  }

  createInterpreter(model: Model, options: InterpreterOptions = {}): Interpreter {
    const handle = this.engine.createInterpreter(model.handleFor(this), options);
    return new Interpreter(this.engine, handle);
  }
}

/**
 * Loads the library: finds the WebAssembly binary that suits this engine and starts it.
 * @throws OctoliteError WASM_UNAVAILABLE.
 */
export async function load(options: LoadOptions = {}): Promise<Octolite> {
  return new Octolite(new Engine(await loadModule(options)));
}
