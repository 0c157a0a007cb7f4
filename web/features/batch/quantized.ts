import { OctoliteError } from 'octolite';

/** Why there is nothing to do for a model. */
export function alreadyQuantized(kind: string): OctoliteError {
  return new OctoliteError('ALREADY_QUANTIZED', `its weights are quantized as they came (${kind})`);
}
