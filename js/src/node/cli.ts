#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { isOctoliteError } from '../errors.js';
import { VERSION } from '../version.js';
import { Context, UsageError, type Command } from './command.js';
import { auto } from './commands/auto.js';
import { bench } from './commands/bench.js';
import { calibrate } from './commands/calibrate.js';
import { compare } from './commands/compare.js';
import { debug } from './commands/debug.js';
import { compress } from './commands/compress.js';
import { evaluate } from './commands/evaluate.js';
import { inspect } from './commands/inspect.js';
import { quantize } from './commands/quantize.js';
import { run } from './commands/run.js';

const COMMANDS: Readonly<Record<string, Command>> = {
  inspect,
  quantize,
  auto,
  compress,
  calibrate,
  run,
  compare,
  debug,
  evaluate,
  bench,
};

const HELP = `Octolite quantizes TensorFlow Lite models and runs them.

Usage: octolite COMMAND ...

${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`)
  .join('\n')}

  octolite COMMAND --help   says more, with examples
  octolite --version

Exit status: 0 done, 1 the input was refused, 2 wrong usage, 130 interrupted.
`;

const DONE = 0;
const REFUSED = 1;
const WRONG_USAGE = 2;
const INTERRUPTED = 130;

/** `--range -1,1` as `--range=-1,1`: parseArgs takes a negative number for an option. */
function joinNegativeNumbers(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const option = joined.at(-1);
    if (/^-\.?\d/.test(arg) && option?.startsWith('--') && !option.includes('=')) {
      joined[joined.length - 1] = `${option}=${arg}`;
    } else {
      joined.push(arg);
    }
  }
  return joined;
}

function parse(command: Command, args: readonly string[]) {
  try {
    return parseArgs({
      args: joinNegativeNumbers(args),
      options: { ...command.options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
  } catch (error) {
    // Node.js explains at length how to pass arguments that begin with a dash.
    throw new UsageError((error as Error).message.split('. ')[0]);
  }
}

async function runCommand(
  name: string,
  command: Command,
  args: readonly string[],
): Promise<number> {
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  let context: Context | undefined;
  let json = false;
  try {
    const { values, positionals } = parse(command, args);
    if (values.help === true) {
      process.stdout.write(`${command.help}\n`);
      return DONE;
    }
    const missing = positionals.length < command.files.length;
    if (missing || (positionals.length > command.files.length && !command.moreFiles)) {
      const wanted = command.files.join(' ');
      throw new UsageError(
        missing
          ? `${name} takes ${wanted}`
          : `${name} takes ${wanted} and no '${positionals[command.files.length]}'`,
      );
    }
    context = new Context(values, positionals, abort.signal);
    json = context.json;
    context.datasetOptions(); // a mistake in them comes before one in a file
    await command.run(context);
    return DONE;
  } catch (error) {
    context?.close();
    if (error instanceof UsageError) {
      process.stderr.write(`octolite: ${error.message}\n`);
      process.stderr.write(`Try 'octolite ${name} --help'.\n`);
      return WRONG_USAGE;
    }
    if (!isOctoliteError(error)) throw error;
    process.stderr.write(`octolite: ${error.message.replaceAll(/\s*\n\s*/g, ' ')}\n`);
    if (json) {
      const { code, message, details } = error;
      process.stdout.write(`${JSON.stringify({ error: { code, message, details } }, null, 2)}\n`);
    }
    return error.code === 'ABORTED' ? INTERRUPTED : REFUSED;
  } finally {
    context?.close();
  }
}

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined) {
    process.stderr.write(HELP);
    return WRONG_USAGE;
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(HELP);
    return DONE;
  }
  if (name === '--version' || name === '-v') {
    process.stdout.write(`${VERSION}\n`);
    return DONE;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    process.stderr.write(`octolite: there is no command '${name}'\nTry 'octolite --help'.\n`);
    return WRONG_USAGE;
  }
  return runCommand(name, command, args);
}

// A reader that has seen enough ("| head") is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

// Output may still be on its way into a pipe, so the process is left to end by itself.
process.exitCode = await main(process.argv.slice(2));
