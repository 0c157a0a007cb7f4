export const IS_NODE: boolean =
  typeof process === 'object' && typeof process.versions?.node === 'string';

/**
 * A module of Node.js itself. The name is a variable to bundlers, which would otherwise look for
 * the module when they build for browsers.
 */
export function importNode<T>(name: string): Promise<T> {
  return import(/* @vite-ignore */ /* webpackIgnore: true */ name) as Promise<T>;
}
