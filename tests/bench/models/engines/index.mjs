/**
 * One adapter for each engine:
 *
 *     variants               the builds that there are
 *     threads(variant)       the most threads that a build takes
 *     download(variant, threads)
 *                            the binary that a page loads and its glue, in the engine's package
 *     rivals                 of a peer: by variant, the one of Octolite that it is compared with
 *     load(host, spec)       starts the engine: { facts, heapBytes(), compile(bytes) }
 *     compile(bytes)         makes a .tflite file ready to run:
 *                            { inputs: [{ dtype, shape }], setInputs(arrays), run(), outputs() }
 *
 * What `run` takes of inputs and leaves of outputs stays where the engine has it.
 */
import { litert } from './litert.mjs';
import { before, octolite } from './octolite.mjs';
import { ort } from './ort.mjs';

export const engines = { octolite, before, litert, ort };
