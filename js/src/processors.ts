import { importNode, IS_NODE } from './node_import.js';

/** What 'auto' asks for at most: what more gain is little, for memory and heat. */
const MOST_BY_DEFAULT = 4;

/** How many threads or workers 'auto' stands for on this machine. */
export async function automaticCount(): Promise<number> {
  const processors = IS_NODE
    ? (await importNode<typeof import('node:os')>('node:os')).availableParallelism()
    : navigator.hardwareConcurrency;
  return Math.min(processors, MOST_BY_DEFAULT);
}
