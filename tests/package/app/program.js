// What main.js is in a page, in Node.js and its like.
import { readFile } from 'node:fs/promises';
import { runEverywhere } from './run.js';

console.log(JSON.stringify(await runEverywhere(await readFile('model.tflite'))));
