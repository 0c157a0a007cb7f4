/** Symbol.dispose, also where the engine does not have it yet. */
export const DISPOSE: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
