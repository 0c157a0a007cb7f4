// node stream_memory.mjs MODEL OUT [RECIPE]: quantizes a file piece by piece, and prints what the whole
// process took at most beyond what it had with the library loaded.
import { closeSync, openSync, writeSync } from 'node:fs';
import { load } from '../../../dist/index.js';
import { openFile } from '../../../dist/node/index.js';

const [model, out, recipe = 'dynamic_wi8_afp32'] = process.argv.slice(2);
const octolite = await load();
const source = openFile(model);
const target = openSync(out, 'w');
const start = process.memoryUsage();
let most = start.rss;
const look = () => {
  most = Math.max(most, process.memoryUsage.rss());
};
const begin = performance.now();
const report = await octolite.quantizeStream(
  {
    size: source.size,
    read(offset, length) {
      look();
      return source.read(offset, length);
    },
  },
  {
    write(chunk) {
      look();
      writeSync(target, chunk);
    },
  },
  { recipe },
);
const seconds = (performance.now() - begin) / 1000;
closeSync(target);
source.close();
console.log(
  JSON.stringify({
    growth: most - start.rss,
    peak: most,
    seconds,
    bytesBefore: report.bytesBefore,
    bytesAfter: report.bytesAfter,
  }),
);
