import { OctoliteError } from '../errors.js';

/** Refuses a data file. */
export function badFile(file: string, what: string, hint?: string): never {
  throw new OctoliteError('BAD_DATA_FILE', what, { file, ...(hint !== undefined && { hint }) });
}
