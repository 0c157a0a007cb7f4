import type { Command } from '../command.js';
import { auto } from './auto.js';
import { bench } from './bench.js';
import { calibrate } from './calibrate.js';
import { compare } from './compare.js';
import { completion } from './completion.js';
import { compress } from './compress.js';
import { debug } from './debug.js';
import { doctor } from './doctor.js';
import { evaluate } from './evaluate.js';
import { inspect } from './inspect.js';
import { quantize } from './quantize.js';
import { run } from './run.js';
import { serve } from './serve.js';

/** All commands, in the order of the help. */
export const COMMANDS: Readonly<Record<string, Command<object>>> = {
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
  doctor,
  serve,
  completion,
};
