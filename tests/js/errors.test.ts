import { describe, expect, test } from '@jest/globals';
import { ERROR_CODES, isOctoliteError, OctoliteError } from 'octolite';

describe('OctoliteError', () => {
  test('says what, where and what to do in one line', () => {
    const error = new OctoliteError('SHAPE_MISMATCH', 'the array is too short', {
      file: 'a.npy',
      operator: 3,
      operatorName: 'CONV_2D',
      tensor: 7,
      tensorName: 'conv/weights',
      subgraph: 2,
      byteOffset: 64,
      hint: 'make it longer',
    });
    expect(error.message).toBe(
      "the array is too short (a.npy, operator 3 CONV_2D, tensor 7 'conv/weights', subgraph 2, " +
        'byte 64); make it longer',
    );
    expect(error.details.what).toBe('the array is too short');
  });

  test('leaves out what does not apply', () => {
    expect(new OctoliteError('INTERNAL', 'no').message).toBe('no');
    expect(new OctoliteError('INTERNAL', 'no', { subgraph: 0 }).message).toBe('no');
  });

  test('has frozen codes and details', () => {
    expect(Object.isFrozen(ERROR_CODES)).toBe(true);
    expect(Object.isFrozen(new OctoliteError('INTERNAL', 'no').details)).toBe(true);
    expect(new Set(ERROR_CODES).size).toBe(ERROR_CODES.length);
  });

  test('is recognized by its form', () => {
    expect(isOctoliteError(new OctoliteError('ABORTED', 'stopped'))).toBe(true);
    expect(isOctoliteError(Object.assign(new Error('x'), { name: 'OctoliteError' }))).toBe(false);
    expect(isOctoliteError(new Error('x'))).toBe(false);
    expect(isOctoliteError(undefined)).toBe(false);
  });
});
