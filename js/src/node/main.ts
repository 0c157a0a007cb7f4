import { parseArgs } from 'node:util';
import { isOctoliteError } from '../errors.js';
import { VERSION } from '../version.js';
import { Context, STANDARD_OUTPUT, UsageError, type Command, type Streams } from './command.js';
import { COMMANDS } from './commands/index.js';
import { commandHelp, groupsOf, mainHelp } from './help.js';
import { render } from './lines.js';
import { parseConfig } from './options.js';
import { removeUnfinished } from './output_file.js';
import type { ErrorResult } from './results.js';
import { lookOf, styled } from './terminal.js';

const DONE = 0;
const REFUSED = 1;
const WRONG_USAGE = 2;

/** Signals that end a command, with its exit status: 128 and the signal's number. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

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

function parse(command: Command<object>, args: readonly string[]) {
  try {
    return parseArgs({
      args: joinNegativeNumbers(args),
      options: parseConfig(groupsOf(command)),
      allowPositionals: true,
    });
  } catch (error) {
    // Node.js explains at length how to pass arguments that begin with a dash.
    throw new UsageError((error as Error).message.split('. ')[0]);
  }
}

function checkArguments(name: string, command: Command<object>, given: readonly string[]): void {
  const { args, moreArgs } = command;
  const wanted = args.map((arg) => arg.name).join(' ');
  if (given.length < args.length) throw new UsageError(`${name} takes ${wanted}`);
  if (given.length > args.length && !moreArgs) {
    const extra = `'${given[args.length]}'`;
    throw new UsageError(`${name} takes ${wanted ? `${wanted} and no ${extra}` : `no ${extra}`}`);
  }
}

/** Signals as an abort: once asks the task to end, twice ends the process. */
function listenForSignals(): { signal: AbortSignal; status: () => number; stop: () => void } {
  const abort = new AbortController();
  let status: number = SIGNALS.SIGINT;
  const listeners = Object.entries(SIGNALS).map(([name, number]) => {
    const listener = (): void => {
      if (abort.signal.aborted) {
        removeUnfinished();
        process.exit(number);
      }
      status = number;
      abort.abort();
    };
    process.on(name, listener);
    return { name, listener };
  });
  return {
    signal: abort.signal,
    status: () => status,
    stop: () => {
      for (const { name, listener } of listeners) process.off(name, listener);
    },
  };
}

async function runCommand(
  name: string,
  command: Command<object>,
  args: readonly string[],
  streams: Streams,
): Promise<number> {
  const { stdout, stderr } = streams;
  const signals = listenForSignals();
  let context: Context | undefined;
  try {
    const { values, positionals } = parse(command, args);
    if (values.help === true) {
      stdout.write(`${commandHelp(name, command, lookOf(stdout))}\n`);
      return DONE;
    }
    checkArguments(name, command, positionals);
    context = new Context(values, positionals, signals.signal, streams);
    context.datasetOptions(); // a mistake in them comes before one in a file
    const outcome = await command.run(context);
    if (!outcome) return DONE;
    context.close(true);
    // A file may be on standard output; what is said of it is then beside it.
    const place = values.output === STANDARD_OUTPUT ? stderr : stdout;
    const text = context.json
      ? JSON.stringify(outcome.json, plain, 2)
      : render(outcome.lines, lookOf(place)).join('\n');
    place.write(`${text}\n`);
    return outcome.status ?? DONE;
  } catch (error) {
    context?.close(false);
    const says = styled('octolite:', 'red', lookOf(stderr));
    if (error instanceof UsageError) {
      stderr.write(`${says} ${error.message}\nTry 'octolite ${name} --help'.\n`);
      return WRONG_USAGE;
    }
    if (!isOctoliteError(error)) throw error;
    stderr.write(`${says} ${error.message.replaceAll(/\s*\n\s*/g, ' ')}\n`);
    if (context?.json) {
      const { code, message, details } = error;
      const result: ErrorResult = { error: { code, message, details } };
      stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    }
    return error.code === 'ABORTED' ? signals.status() : REFUSED;
  } finally {
    await context?.end();
    signals.stop();
  }
}

/** JSON has neither 64-bit integers nor infinities. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' && !Number.isFinite(value) ? null : value;
}

/**
 * Runs a command line.
 * @param args What follows `octolite`.
 * @returns The exit status.
 */
export async function main(
  [name, ...args]: readonly string[],
  streams: Streams = process,
): Promise<number> {
  const { stdout, stderr } = streams;
  const help = (stream: NodeJS.WriteStream): void => {
    stream.write(`${mainHelp(COMMANDS, lookOf(stream))}\n`);
  };
  if (name === undefined) {
    help(stderr);
    return WRONG_USAGE;
  }
  if (name === '--help' || name === '-h') {
    help(stdout);
    return DONE;
  }
  if (name === 'help') {
    if (args.length > 0) return main([args[0]!, '--help'], streams);
    help(stdout);
    return DONE;
  }
  if (name === '--version' || name === '-v') {
    stdout.write(`${VERSION}\n`);
    return DONE;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    const says = styled('octolite:', 'red', lookOf(stderr));
    stderr.write(`${says} there is no command '${name}'\nTry 'octolite --help'.\n`);
    return WRONG_USAGE;
  }
  return runCommand(name, command, args, streams);
}
