// Writes the models of the goldens into a folder, one file each: the seed corpus of the fuzzers.
//   node tests/fuzz/seeds.mjs FOLDER
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const goldens = join(dirname(fileURLToPath(import.meta.url)), '../golden');
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node tests/fuzz/seeds.mjs FOLDER');
mkdirSync(folder, { recursive: true });

/** Calls `found(name, model)` for every case of a file, whose layout tests/golden/README.md gives. */
function forEachModel(data, found) {
  let at = 8;
  const number = (bytes) => {
    const value = data.readUIntLE(at, bytes);
    at += bytes;
    return value;
  };
  const take = (bytes) => data.subarray(at, (at += bytes));
  const tensor = (isOutput) => {
    number(1);
    take(4 * number(1));
    const bytes = number(4);
    const same = !isOutput || number(1) === 1;
    take(same ? bytes : 2 * bytes);
  };
  take(number(2));
  for (let cases = number(4); cases > 0; cases -= 1) {
    const name = take(number(2)).toString();
    number(1);
    found(name, take(number(4)));
    for (let inputs = number(1); inputs > 0; inputs -= 1) tensor(false);
    for (let outputs = number(1); outputs > 0; outputs -= 1) tensor(true);
  }
}

let count = 0;
for (const file of readdirSync(goldens).filter((name) => name.endsWith('.bin'))) {
  forEachModel(readFileSync(join(goldens, file)), (name, model) => {
    writeFileSync(join(folder, `${file.slice(0, -4)}-${name}`), model);
    count += 1;
  });
}
console.log(`${count} models`);
