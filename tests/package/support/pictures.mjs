// Pictures of the sample sets as files of their own.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseIdx } from 'octolite';
import { root } from '../../../scripts/lib/process.mjs';

const sample = join(root, 'examples/sample-model');

export const labelNames = (await readFile(join(sample, 'labels.txt'), 'utf8')).trim().split('\n');

/**
 * The first `count` pictures of a set.
 * @returns {Promise<{ label: string, width: number, height: number, rgb: Uint8Array }[]>}
 */
export async function pictures(set, count) {
  const read = async (name) => parseIdx(gunzipSync(await readFile(join(sample, name))), name);
  const { data, shape } = await read(`${set}-images-idx4-ubyte.gz`);
  const labels = (await read(`${set}-labels-idx1-ubyte.gz`)).data;
  const [, height, width, channels] = shape;
  const size = height * width * channels;
  return Array.from({ length: count }, (_, i) => ({
    label: labelNames[labels[i]],
    width,
    height,
    rgb: data.slice(i * size, (i + 1) * size),
  }));
}

/** A picture as an uncompressed BMP file. */
export function bmpOf({ width, height, rgb }) {
  const stride = (width * 3 + 3) & ~3;
  const bytes = Buffer.alloc(54 + stride * height);
  bytes.write('BM', 'latin1');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(-height, 22); // The first line is the top one.
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  for (let y = 0; y < height; ++y) {
    for (let x = 0; x < width; ++x) {
      const [red, green, blue] = rgb.subarray(3 * (y * width + x));
      bytes.set([blue, green, red], 54 + y * stride + 3 * x);
    }
  }
  return bytes;
}
