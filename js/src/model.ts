import { DISPOSE } from './disposable.js';
import { OctoliteError } from './errors.js';
import { unwatch } from './leaks.js';

/** A loaded model; lives in the engine that loaded it until it is disposed of. */
export class Model {
  /** Size of the file. */
  readonly byteLength: number;
  readonly #owner: object;
  readonly #handle: number;
  #release: (() => void) | undefined;

  /** @internal Use loadModel. */
  constructor(owner: object, handle: number, byteLength: number, release: () => void) {
    this.#owner = owner;
    this.#handle = handle;
    this.byteLength = byteLength;
    this.#release = release;
  }

  /** Whether `dispose` was called. */
  get disposed(): boolean {
    return this.#release === undefined;
  }

  /** @internal */
  handleFor(owner: object): number {
    if (this.disposed) throw new OctoliteError('DISPOSED', 'the model was disposed of');
    if (owner !== this.#owner) {
      throw new OctoliteError('INVALID_ARGUMENT', 'the model belongs to another engine', {
        hint: 'load it with the engine that shall use it',
      });
    }
    return this.#handle;
  }

  /** Gives the memory back. Interpreters that were made from it go on working. */
  dispose(): void {
    unwatch(this);
    this.#release?.();
    this.#release = undefined;
  }

  /** As `dispose`, for `using`. */
  [DISPOSE](): void {
    this.dispose();
  }
}
