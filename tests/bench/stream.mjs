// node tests/bench/stream.mjs [GIGABYTES] [RECIPE ...]: quantizes a model that is larger than the memory
// it takes, and says how long that took and what the process grew by. Needs dist/ and room on the disk.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeLargeModel } from '../js/support/large_model.mjs';

const [gigabytes = '1', ...given] = process.argv.slice(2);
const recipes =
  given.length > 0 ? given : ['dynamic_wi8_afp32', 'weight_only_wi8_afp32', 'float16'];
const script = fileURLToPath(new URL('../js/support/stream_memory.mjs', import.meta.url));
const WIDTH = 4096;
const MB = 1e6;

const folder = mkdtempSync(join(tmpdir(), 'octolite-stream-'));
try {
  const model = join(folder, 'model.tflite');
  const layers = Math.max(1, Math.floor((Number(gigabytes) * 1e9) / (4 * WIDTH * WIDTH)));
  writeLargeModel(model, { layers, width: WIDTH });
  for (const recipe of recipes) {
    const text = execFileSync(
      process.execPath,
      [script, model, join(folder, 'out.tflite'), recipe],
      {
        encoding: 'utf8',
      },
    );
    const { growth, peak, seconds, bytesBefore, bytesAfter } = JSON.parse(text);
    const speed = bytesBefore / MB / seconds;
    console.log(
      `${recipe}: ${(bytesBefore / MB).toFixed(0)} MB to ${(bytesAfter / MB).toFixed(0)} MB in ` +
        `${seconds.toFixed(1)} s (${speed.toFixed(0)} MB/s), grew by ${(growth / MB).toFixed(0)} MB, ` +
        `peak ${(peak / MB).toFixed(0)} MB`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
