import { expect, test } from '@jest/globals';
import { DEFAULTS } from '../../../web/features/recipe/settings.js';
import { fileNameOf } from '../../../web/features/run/file_name.js';
import { stagesOf } from '../../../web/features/run/plan_stages.js';

test('a file is called after what was done', () => {
  const named = (change: Partial<typeof DEFAULTS>) =>
    fileNameOf('net.TFLITE', { ...DEFAULTS, ...change });
  expect(named({})).toBe('net_int8.tflite');
  expect(named({ activationBits: 16 })).toBe('net_int16x8.tflite');
  expect(named({ weightBits: 4 })).toBe('net_int8x4.tflite');
  expect(named({ method: 'dynamic' })).toBe('net_dynamic_int8.tflite');
  expect(named({ method: 'weight_only', weightBits: 4 })).toBe('net_weight_only_int4.tflite');
  expect(named({ method: 'float16' })).toBe('net_float16.tflite');
});

test('stages: calibration is kept where the quantizer does not look at samples itself', () => {
  const told = (change: Partial<typeof DEFAULTS>, isCalibrated = true, hasLabels = false) =>
    stagesOf({ ...DEFAULTS, ...change }, hasLabels, isCalibrated).map(
      ({ stage, isKept }) => `${stage}${isKept ? ' (kept)' : ''}`,
    );
  expect(told({}, false)).toEqual(['calibrate', 'quantize', 'compare', 'benchmark']);
  expect(told({})[0]).toBe('calibrate (kept)');
  expect(told({ prune: 0.5 })[0]).toBe('calibrate');
  expect(told({ recover: ['bias'] })).toEqual([
    'calibrate',
    'quantize',
    'recover',
    'compare',
    'benchmark',
  ]);
  expect(told({ method: 'dynamic' }, true, true)).toEqual([
    'quantize',
    'compare',
    'evaluate',
    'benchmark',
  ]);
});
