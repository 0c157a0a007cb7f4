/**
 * What lives in WebAssembly memory is given back by dispose(). Where that was forgotten, it is given
 * back when JavaScript collects the object, which may be late, as the collector does not see how
 * large it is; so a warning says where it was made.
 */

/** What can be told to free a handle. */
export interface Owner {
  dispose(handle: number): void | Promise<void>;
  /** Whether it is gone, and everything in it. */
  readonly stopped?: boolean;
}

interface Watched {
  /** Weak: an owner that is collected too has given back everything. */
  readonly owner: WeakRef<Owner>;
  readonly handle: number;
  readonly what: 'model' | 'interpreter';
  /** A stack; undefined: nobody is warned. */
  readonly madeAt: string | undefined;
}

const lost = ({ owner, handle, what, madeAt }: Watched): void => {
  const found = owner.deref();
  if (!found || found.stopped) return;
  // A worker that stops meanwhile frees everything.
  found.dispose(handle)?.catch(() => undefined);
  if (madeAt !== undefined) warn(what, madeAt);
};

/** Some engines at the network's edge have none. */
const registry =
  typeof FinalizationRegistry === 'function' ? new FinalizationRegistry(lost) : undefined;

/** Places that were warned of: a loop leaks many times at one. */
const warned = new Set<string>();

function warn(what: Watched['what'], madeAt: string): void {
  const place = madeAt.split('\n', 1)[0]!;
  if (warned.has(place)) return;
  warned.add(place);
  console.warn(
    `octolite: this ${what} was collected without dispose(), until when it kept its memory. ` +
      `Call dispose(), or declare it with 'using'. Made:\n${madeAt}`,
  );
}

/** The frames of the caller's caller and of those above it. */
function stackOfCaller(): string {
  const frames = new Error().stack?.split('\n') ?? [];
  const isHead = frames[0]?.startsWith('Error') ?? false;
  return frames.slice(isHead ? 4 : 3).join('\n');
}

/** Frees the handle when `target` is collected. To be called by the method that makes it. */
export function watch(
  target: object,
  what: Watched['what'],
  owner: Owner,
  handle: number,
  warns: boolean,
): void {
  const madeAt = warns ? stackOfCaller() : undefined;
  registry?.register(target, { owner: new WeakRef(owner), handle, what, madeAt }, target);
}

/** For what was disposed of. */
export function unwatch(target: object): void {
  registry?.unregister(target);
}

/** Whether this is a program in development: what bundlers and Node.js say, or a local page. */
export function isDevelopment(): boolean {
  try {
    return process.env.NODE_ENV !== 'production';
  } catch {
    const { location } = globalThis as { location?: { hostname?: string } };
    return ['localhost', '127.0.0.1', '[::1]'].includes(location?.hostname ?? '');
  }
}
