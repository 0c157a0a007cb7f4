/** What can be asked of the benchmark of models. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { MODELS } from './describe.mjs';
import { engines } from './engines/index.mjs';

/** `litert,octolite:relaxed` as [{ engine, variant }]. */
function parseEngines(text) {
  return text.split(',').flatMap((entry) => {
    const [engine, variant] = entry.split(':');
    const known = engines[engine]?.variants;
    if (!known || (variant !== undefined && !known.includes(variant))) {
      throw new Error(`there is no engine ${entry}`);
    }
    return (variant === undefined ? known : [variant]).map((name) => ({ engine, variant: name }));
  });
}

export function whole(text, name) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} ${text} is no number`);
  return value;
}

export function parseOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      models: { type: 'string', default: '*,bench/*' },
      folder: { type: 'string', default: MODELS },
      engines: { type: 'string' },
      before: { type: 'string' },
      threads: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '15' },
      'warm-up': { type: 'string', default: '500' },
      node: { type: 'boolean', default: false },
      chromium: { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  });
  const { before } = values;
  const all = Object.keys(engines).filter((name) => name !== 'before' || before !== undefined);
  const specs = parseEngines(values.engines ?? all.join(','));
  if (before === undefined && specs.some(({ engine }) => engine === 'before')) {
    throw new Error('the engine before needs --before');
  }
  return {
    globs: values.models.split(','),
    folder: values.folder,
    specs,
    before: before && resolve(before),
    threads: values.threads.split(',').map((text) => whole(text, 'threads')),
    rounds: whole(values.rounds, 'rounds'),
    warmUpMs: whole(values['warm-up'], 'warm-up'),
    hosts:
      values.node === values.chromium ? ['node', 'chromium'] : [values.node ? 'node' : 'chromium'],
    out: values.out,
  };
}
