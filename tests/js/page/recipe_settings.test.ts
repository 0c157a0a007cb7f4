import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { load, openDataset, parseRecipe, resolveRecipe } from 'octolite';
import {
  CHOICES,
  PASSES,
  reasonAgainst,
  reasonAgainstPass,
  settle,
} from '../../../web/features/recipe/limits.js';
import {
  presetOf,
  PRESETS,
  WITH_DATA,
  WITHOUT_DATA,
  type PresetName,
} from '../../../web/features/recipe/presets.js';
import { recipeName, regexOfScope, rulesOf } from '../../../web/features/recipe/rules.js';
import {
  DEFAULTS,
  needsCalibration,
  toQuantizeOptions,
  type RecipeSettings,
} from '../../../web/features/recipe/settings.js';

const SAMPLE = new URL('../../../examples/sample-model/', import.meta.url);
const presetNames = Object.keys(PRESETS) as PresetName[];

/** A settled recipe. */
function make(part: Partial<RecipeSettings>): RecipeSettings {
  return settle({ ...DEFAULTS, ...part });
}

async function openSample() {
  const octolite = await load();
  const model = octolite.loadModel(readFileSync(new URL('shapes.tflite', SAMPLE)));
  const name = 'calibration-images-idx4-ubyte.gz';
  const file = new File([readFileSync(new URL(name, SAMPLE))], name);
  const { inputs } = octolite.inspect(model);
  return { octolite, model, calibration: await openDataset([file], inputs, { limit: 8 }) };
}

describe('presets', () => {
  test('each is told from the others, and known again', () => {
    expect([...WITH_DATA, ...WITHOUT_DATA].sort()).toEqual([...presetNames].sort());
    for (const name of presetNames) expect(presetOf(PRESETS[name])).toBe(name);
    expect(PRESETS.balanced).toBe(DEFAULTS);
  });

  test('exceptions leave a preset what it is; anything else does not', () => {
    const override = { scope: 'x;', operation: 'ADD', precision: 'float' } as const;
    expect(presetOf({ ...DEFAULTS, overrides: [override], ranges: { x: [0, 1] } })).toBe(
      'balanced',
    );
    expect(presetOf({ ...DEFAULTS, prune: 0.1 })).toBeNull();
    expect(presetOf({ ...DEFAULTS, rules: rulesOf(DEFAULTS) })).toBeNull();
    const { recover } = PRESETS.accurate;
    expect(presetOf({ ...PRESETS.accurate, recover: recover.toReversed() })).toBe('accurate');
    expect(presetOf({ ...PRESETS.accurate, recover: recover.slice(1) })).toBeNull();
  });

  test('those without data need none, the others do', () => {
    for (const name of WITH_DATA) expect(needsCalibration(PRESETS[name])).toBe(true);
    for (const name of WITHOUT_DATA) expect(needsCalibration(PRESETS[name])).toBe(false);
  });

  test.each(presetNames)('%s is settled, and the library takes it', async (name) => {
    const preset = PRESETS[name];
    expect(settle(preset)).toEqual(preset);
    const { octolite, model, calibration } = await openSample();
    try {
      const options = toQuantizeOptions(preset);
      const { bytes, report } = await octolite.quantize(model, {
        ...options,
        ...(needsCalibration(preset) && { calibration }),
      });
      expect(bytes.length).toBeLessThan(report.bytesBefore * 0.6);
      expect(report.misfits ?? []).toEqual([]);
      const made = octolite.loadModel(bytes);
      const { inputs, outputs } = octolite.inspect(made);
      expect([inputs[0]!.dtype, outputs[0]!.dtype]).toEqual([preset.inputType, preset.outputType]);
      made.dispose();
    } finally {
      model.dispose();
    }
  });
});

describe('rules', () => {
  test('of all operators: bits, scales and clipping as set', () => {
    const settings = make({ method: 'dynamic', weightBits: 4, granularity: 'BLOCKWISE_64' });
    expect(recipeName(settings)).toBe('dynamic_wi4_afp32');
    const [rule] = rulesOf({ ...settings, clipping: 'octav' });
    expect(rule!.algorithm_key).toBe('OCTAV');
    expect(rule!.op_config!.weight_tensor_config).toMatchObject({
      num_bits: 4,
      granularity: 'BLOCKWISE_64',
    });
    // The library clips int4 where it is not told otherwise.
    expect(rulesOf(make({ weightBits: 4 }))[0]!.algorithm_key).toBe('min_max_uniform_quantize');
  });

  test('an exception is of one operator alone, however its tensors are called', () => {
    const scope = 'a.b/c[1](x)|^$*+?{2}\\d-é;z;';
    const settings = make({
      overrides: [
        { scope, operation: 'CONV_2D', precision: 'float' },
        { scope: 'wide;', operation: 'CONV_2D', precision: 'int16' },
      ],
    });
    const operator = (name: string, itsScope: string) => ({ name, scope: itsScope });
    const operators = [
      operator('CONV_2D', scope),
      operator('CONV_2D', `x${scope}`),
      operator('CONV_2D', `${scope}y;`),
      operator('ADD', scope),
      operator('CONV_2D', 'wide;'),
    ];
    const model = { subgraphs: [{ operators }] } as unknown as Parameters<typeof resolveRecipe>[1];
    const [plans] = resolveRecipe(rulesOf(settings), model).operators;
    expect(plans!.map(({ mode, activations }) => [mode, activations.bits])).toEqual([
      ['float', 8],
      ['static', 8],
      ['static', 8],
      ['static', 8],
      ['static', 16],
    ]);
    expect(new RegExp(regexOfScope(scope)).test(scope)).toBe(true);
  });

  test('16 bits for one operator of a recipe that needs no data need it', () => {
    const overrides = [{ scope: 'x;', operation: 'ADD', precision: 'int16' }] as const;
    for (const method of CHOICES.method) {
      const settings = make({ method, overrides });
      expect(needsCalibration(settings)).toBe(true);
      const [, rule] = rulesOf(settings);
      expect(rule!.op_config!.activation_tensor_config!.num_bits).toBe(16);
    }
  });

  test('they are those of the LiteRT Quantizer: written and read again', () => {
    for (const name of presetNames) {
      const rules = rulesOf(PRESETS[name]);
      expect(parseRecipe(JSON.stringify(rules))).toEqual(rules);
    }
  });
});

describe('options', () => {
  test('only what is asked for reaches the library', () => {
    expect(Object.keys(toQuantizeOptions(PRESETS.float16))).toEqual(['recipe']);
    expect(toQuantizeOptions(make({ observer: 'percentile', percentile: 99 }))).toMatchObject({
      observer: 'percentile',
      percentile: 99,
    });
    const all = make({ target: 'tflite-micro', cluster: 64, microCompress: true, prune: 0.25 });
    expect(toQuantizeOptions({ ...all, recover: ['bias'] })).toMatchObject({
      target: 'tflite-micro',
      cluster: 64,
      microCompression: true,
      prune: 0.25,
      recover: ['bias'],
    });
  });

  test('what does not go together is settled, and says why it is not on offer', () => {
    expect(make({ method: 'float16', weightBits: 4, clipping: 'mse', recover: ['bias'] })).toEqual({
      ...DEFAULTS,
      method: 'float16',
    });
    expect(make({ method: 'dynamic', observer: 'mse', inputType: 'int8' })).toEqual({
      ...DEFAULTS,
      method: 'dynamic',
    });
    expect(make({ target: 'edgetpu', activationBits: 16, weightBits: 4 })).toEqual({
      ...DEFAULTS,
      target: 'edgetpu',
    });
    expect(make({ target: 'npu-per-tensor' }).granularity).toBe('TENSORWISE');
    expect(make({ method: 'dynamic', target: 'tflite-micro' }).target).toBe('litert');
    expect(make({ prune: 0.5, recover: PASSES }).recover).toEqual(['equalize', 'smooth', 'bias']);
    expect(reasonAgainstPass(make({ prune: 0.5 }), 'rounding')).toBe('roundingPruned');
    expect(reasonAgainst(DEFAULTS, 'weightBits', 2)).toBe('twoBits');
    expect(reasonAgainst(DEFAULTS, 'granularity', 'BLOCKWISE_32')).toBe('blocks');
    expect(reasonAgainst(DEFAULTS, 'microCompress', true)).toBe('microTarget');
  });

  /** Every settled combination of what decides most. */
  function* combinations(): Generator<RecipeSettings> {
    for (const method of CHOICES.method) {
      for (const target of CHOICES.target) {
        for (const weightBits of CHOICES.weightBits) {
          for (const granularity of CHOICES.granularity) {
            for (const activationBits of CHOICES.activationBits) {
              yield make({ method, target, weightBits, granularity, activationBits });
            }
          }
        }
      }
    }
  }

  test('every combination settles for good, and the library takes its rules', () => {
    const seen = new Set<string>();
    for (const settings of combinations()) {
      expect(settle(settings)).toBe(settings);
      seen.add(JSON.stringify(settings));
      expect(() => parseRecipe(JSON.stringify(rulesOf(settings)))).not.toThrow();
    }
    expect(seen.size).toBeGreaterThan(30);
  });

  test('what is on offer fits the target: no operator of the sample is left out', async () => {
    const { octolite, model, calibration } = await openSample();
    const statistics = await octolite.calibrate(model, calibration);
    const tried = new Set<string>();
    try {
      for (const settings of combinations()) {
        const key = JSON.stringify(settings);
        if (tried.has(key)) continue;
        tried.add(key);
        const options = { ...toQuantizeOptions(settings), calibration: statistics };
        const { report } = await octolite.quantize(model, options);
        expect(report.misfits ?? []).toEqual([]);
        expect(report.bytesAfter).toBeLessThan(report.bytesBefore);
      }
    } finally {
      model.dispose();
    }
  });
});
