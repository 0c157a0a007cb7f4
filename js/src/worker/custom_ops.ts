import { OctoliteError } from '../errors.js';

/** Custom operators cannot be sent to a worker; it imports them. */
export interface WorkerCustomOps {
  /**
   * The address of a module whose default export are the custom operators, as CustomOps has them:
   * `new URL('./operators.js', import.meta.url)`.
   */
  customOps?: string | URL | undefined;
}

/** A URL object cannot be cloned, and the worker has another place in the file tree. */
export function withAddress<T extends WorkerCustomOps>(options: T): T {
  const { customOps } = options;
  if (customOps === undefined) return options;
  const address = String(customOps);
  const base = (globalThis as { location?: { href?: string } }).location?.href;
  if (URL.canParse(address, base)) return { ...options, customOps: new URL(address, base).href };
  throw new OctoliteError('INVALID_ARGUMENT', `customOps is not the address of a module`, {
    hint: "a worker imports custom operators: give new URL('./operators.js', import.meta.url)",
  });
}
