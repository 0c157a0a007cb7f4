// A worker of the app itself, with the library in it.
import { load } from 'octolite';
import { run } from './run.js';

addEventListener('message', async ({ data }) => {
  postMessage(await run(await load(), data));
});
