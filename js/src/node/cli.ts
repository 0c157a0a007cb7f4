#!/usr/bin/env node
import { main } from './main.js';

// A reader that has seen enough ("| head") is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

// Output may still be on its way into a pipe, so the process is left to end by itself.
process.exitCode = await main(process.argv.slice(2));
