// So that the types hold in projects whose own `lib` does not have it.
/// <reference lib="esnext.disposable" preserve="true" />
/** Symbol.dispose, also where the engine does not have it yet. */
export const DISPOSE: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
