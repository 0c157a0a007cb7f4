/**
 * One adapter for each engine:
 *
 *     variants               the builds that there are
 *     threads(variant)       the most threads that a build takes
 *     rivals                 of a peer: by variant, the one of Octolite that it is compared with
 *     load(host, spec)       starts the engine: { facts, heapBytes(), compile(bytes) }
 *     compile(bytes)         makes a .tflite file ready to run:
 *                            { inputs: [{ dtype, shape }], setInputs(arrays), run(), outputs() }
 */
import { litert } from './litert.mjs';
import { octolite } from './octolite.mjs';
import { ort } from './ort.mjs';

export const engines = { octolite, litert, ort };
