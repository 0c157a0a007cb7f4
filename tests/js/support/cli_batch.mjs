/**
 * Runs command lines one after the other in one process, which is quicker than a process for each:
 * reads a JSON list of { args, terminal? } from standard input and writes a list of { status, stdout,
 * stderr }. `terminal` is the width of the terminal that both streams are said to be.
 */
import { text } from 'node:stream/consumers';
import { main } from '../../../dist/node/main.js';

function collector(terminal) {
  let collected = '';
  return {
    isTTY: terminal !== undefined,
    columns: terminal,
    write(chunk, done) {
      collected += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('latin1');
      if (typeof done === 'function') done();
      return true;
    },
    collected: () => collected,
  };
}

const finished = [];
for (const { args, terminal } of JSON.parse(await text(process.stdin))) {
  const [stdout, stderr] = [collector(terminal), collector(terminal)];
  const status = await main(args, { stdout, stderr });
  finished.push({ status, stdout: stdout.collected(), stderr: stderr.collected() });
}
process.stdout.write(JSON.stringify(finished));
