// Samples from a source of your own. What the library takes is any iterable, so that a generator is
// all that is needed: it reads, preprocesses and yields one sample at a time.
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { parseIdx, seededRandom } from 'octolite';

/**
 * Pictures of a gzip-compressed idx file, each as it is and once in another light.
 * @param {URL} file
 * @param {{ from?: number, to?: number, seed?: number }} [part] Which pictures, by number.
 * @yields {Float32Array} RGB in 0..1, [40, 40, 3].
 */
export async function* pictures(file, { from = 0, to = Infinity, seed = 1 } = {}) {
  const { data, shape } = parseIdx(await promisify(gunzip)(await readFile(file)));
  const [count, ...picture] = shape;
  const size = picture.reduce((product, length) => product * length, 1);
  const random = seededRandom(seed);
  for (let i = from; i < Math.min(to, count); ++i) {
    const pixels = data.subarray(i * size, (i + 1) * size);
    yield Float32Array.from(pixels, (value) => value / 255);
    // What cameras will see and the set does not have: calibration should know the range of it.
    const gain = 0.6 + 0.8 * random();
    yield Float32Array.from(pixels, (value) => Math.min(1, (gain * value) / 255));
  }
}
