import { describe, expect, test } from '@jest/globals';
import { encodeNpy, encodeNpz, parseWav, type TensorDetails } from 'octolite';
import { assignInputs } from '../../../web/features/data/assign.js';
import { classCounts, parseClassText } from '../../../web/features/data/class_names.js';
import { parseTable } from '../../../web/features/data/csv_table.js';
import { frameOfSound } from '../../../web/features/data/frames.js';
import {
  classesOfFolders,
  classesOfParts,
  labelFolders,
  namesOfFolders,
} from '../../../web/features/data/labelling.js';
import { histogram, outline, statsOf } from '../../../web/features/data/look.js';
import { isSettled, movesShown } from '../../../web/features/data/moves.js';
import { openSet } from '../../../web/features/data/opened_set.js';
import { DEFAULT_PREPROCESSING } from '../../../web/features/data/preprocess.js';
import type { SetRecipe } from '../../../web/features/data/protocol.js';
import { encodeWav } from '../../../web/features/data/wav_file.js';
import { isData, isText, kindOf } from '../../../web/lib/file_kind.js';

function input(name: string, shape: readonly number[], dtype = 'float32'): TensorDetails {
  const quantization = { scale: 0, zeroPoint: 0, scales: [], zeroPoints: [], dimension: 0 };
  return { name, index: 0, shape, shapeSignature: shape, dtype, quantization } as never;
}

function file(name: string, content: string | Uint8Array): File {
  return new File([content as Uint8Array<ArrayBuffer>], name);
}

async function opened(
  files: readonly File[],
  inputs: readonly TensorDetails[],
  more: Partial<SetRecipe & { kind: 'files' }> = {},
) {
  const recipe: SetRecipe = {
    kind: 'files',
    files: files.map((_, index) => index),
    inputs,
    preprocessing: DEFAULT_PREPROCESSING,
    labelColumns: {},
    assigned: {},
    ...more,
  };
  return openSet(recipe, (number) => files[number]!);
}

describe('text about classes', () => {
  test.each([
    ['2\n0\n1\n', { kind: 'classes', classes: Int32Array.of(2, 0, 1) }],
    ['label\r\n2\r\n0\r\n', { kind: 'classes', classes: Int32Array.of(2, 0) }],
    ['cat\ndog\n', { kind: 'names', names: ['cat', 'dog'] }],
    ['0 cat\n1 house cat\n', { kind: 'names', names: ['cat', 'house cat'] }],
    ['0: cat\n1: dog\n', { kind: 'names', names: ['cat', 'dog'] }],
    ['1 cat\n2 dog\n', { kind: 'names', names: ['1 cat', '2 dog'] }],
    ['cat\n\ndog\n', { kind: 'names', names: ['cat', '', 'dog'] }],
    ['\n', null],
  ])('%j', (text, expected) => {
    expect(parseClassText(text)).toEqual(expected);
  });
});

describe('csv', () => {
  test('a column of labels is found by its name, by words, or by whole numbers', () => {
    expect(parseTable('a,b,label\n1,2,1\n3,4,0\n', 'x.csv', 2)).toMatchObject({
      columns: ['a', 'b', 'label'],
      rows: 2,
      values: Float32Array.of(1, 2, 3, 4),
      labelColumn: 2,
      classes: Int32Array.of(1, 0),
      classNames: null,
    });
    expect(parseTable('dog,1,2\ncat,3,4\ndog,5,6', 'x.csv', 2)).toMatchObject({
      hasHeader: false,
      labelColumn: 0,
      classes: Int32Array.of(1, 0, 1),
      classNames: ['cat', 'dog'],
    });
    expect(parseTable('0.5;1;3\n0.25;2;1', 'x.csv', 2)).toMatchObject({
      labelColumn: 2,
      classes: Int32Array.of(3, 1),
    });
  });

  test('rows as long as the input have no label unless the user says so', () => {
    expect(parseTable('1,2\n3,4', 'x.csv', 2).labelColumn).toBeNull();
    expect(parseTable('1,2\n3,4', 'x.csv', 1, 1)).toMatchObject({
      values: Float32Array.of(1, 3),
      classes: Int32Array.of(2, 4),
    });
    expect(parseTable('1,2\n3,4', 'x.csv', 1, null).values).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  test('what is no number is told with its line', () => {
    expect(() => parseTable('1,2\n\n3,x', 'x.csv', 2)).toThrow("line 3 has 'x' where a number");
    expect(() => parseTable('1,2\n3', 'x.csv', 2)).toThrow('line 2 has 1 values');
    expect(() => parseTable('', 'x.csv', 2)).toThrow('no numbers');
    expect(() => parseTable('a,b\n', 'x.csv', 2)).toThrow('no numbers');
  });
});

describe('folders as classes', () => {
  test('only where they tell files apart', () => {
    expect(labelFolders(['b', 'a', 'b'])).toEqual(['a', 'b']);
    expect(labelFolders(['10', '9'])).toEqual(['9', '10']);
    expect(labelFolders(['a', 'a'])).toEqual([]);
    expect(labelFolders(['a', 'b', ''])).toEqual([]);
  });

  test('sorted, by number, or by the names of the classes', () => {
    expect(classesOfFolders(['cat', 'dog'], null)).toEqual({ cat: 0, dog: 1 });
    expect(classesOfFolders(['3', '7'], null)).toEqual({ 3: 3, 7: 7 });
    expect(classesOfFolders(['cat', 'dog'], ['Dog', 'bird', 'cat'])).toEqual({ cat: 2, dog: 0 });
    expect(classesOfFolders(['cat', 'cow'], ['dog', 'cat'])).toEqual({ cat: 0, cow: 1 });
    expect(namesOfFolders({ cat: 2, dog: 0 })).toEqual(['dog', '1', 'cat']);
  });

  test('every sample has a class, or none is labelled', () => {
    const parts = [
      { count: 2, classes: null, folder: 'dog' },
      { count: 2, classes: Int32Array.of(4, 5), folder: '' },
    ];
    expect(classesOfParts(parts, { dog: 1 })).toEqual([1, 1, 4, 5]);
    expect(classesOfParts(parts, null)).toBeNull();
    expect(classesOfParts([], { dog: 1 })).toBeNull();
  });
});

describe('files as samples', () => {
  test('bad ones are told, and the good ones stay in their order', async () => {
    const npy = (value: number, shape = [1, 2]): Uint8Array =>
      encodeNpy(new Float32Array(shape[0]! * shape[1]!).fill(value), shape);
    const files = [
      file('a.npy', npy(1)),
      file('words.npy', 'This is no array.'),
      file('b.npy', npy(2, [3, 2])),
      file('long.npy', npy(2, [1, 5])),
      file('empty.png', ''),
    ];
    const set = await opened(files, [input('x', [1, 2])]);
    expect(set.count).toBe(4);
    expect(set.facts.map(({ count }) => count)).toEqual([1, 0, 3, 0, 0]);
    expect(set.facts.map(({ refusal }) => refusal?.code ?? null)).toEqual([
      null,
      'BAD_DATA_FILE',
      null,
      'SHAPE_MISMATCH',
      'BAD_DATA_FILE',
    ]);
    expect(await set.at(0).sample()).toEqual(Float32Array.of(1, 1));
    expect(set.at(3).file).toBe(2);
    expect(await set.at(3).sample()).toEqual(Float32Array.of(2, 2));
    expect(() => set.at(4)).toThrow('no sample 4');
  });

  test('pictures are refused at once where the input takes none', async () => {
    const png = file('a.png', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0));
    const { facts } = await opened([png], [input('x', [1, 2])]);
    expect(facts[0]!.refusal?.code).toBe('SHAPE_MISMATCH');
  });

  test('sounds are resampled, cut into windows by the hop, and filled with silence', async () => {
    const sound = Float32Array.from({ length: 100 }, (_, index) => index / 100);
    const wave = file('a.wav', encodeWav(sound, 8000));
    const window = [input('x', [1, 40])];
    const [whole, hopping, faster, short] = await Promise.all([
      opened([wave], window),
      opened([wave], window, { preprocessing: { ...DEFAULT_PREPROCESSING, hop: 20 } }),
      opened([wave], window, { preprocessing: { ...DEFAULT_PREPROCESSING, sampleRate: 16000 } }),
      opened([wave], [input('x', [1, 120])]),
    ]);
    expect([whole.count, hopping.count, faster.count, short.count]).toEqual([2, 4, 5, 1]);
    expect(await whole.at(1).sample()).toEqual(sound.slice(40, 80));
    expect(await hopping.at(3).sample()).toEqual(sound.slice(60, 100));
    const filled = (await short.at(0).sample()) as Float32Array;
    expect(filled.slice(0, 100)).toEqual(sound);
    expect(filled.slice(100)).toEqual(new Float32Array(20));
    expect(short.notes.join()).toContain('silence');
    expect(whole.facts[0]!.detail).toBe('8000 Hz, 0.01 s');
  });

  test('a csv brings its labels along', async () => {
    const table = file('a.csv', 'x,y,label\n1,2,cat\n3,4,ant\n');
    const set = await opened([table], [input('x', [1, 2])]);
    expect(set.facts[0]!.refusal).toBeNull();
    expect(set.facts[0]).toMatchObject({
      count: 2,
      columns: ['x', 'y', 'label'],
      classes: Int32Array.of(1, 0),
      classNames: ['ant', 'cat'],
    });
    expect(await set.at(1).sample()).toEqual(Float32Array.of(3, 4));
  });

  test('several inputs: one file each by name, or an .npz for all', async () => {
    const inputs = [input('image', [1, 2]), input('age:0', [1, 1])];
    const images = file('images.npy', encodeNpy(Float32Array.of(1, 2, 3, 4), [2, 2]));
    const ages = file('age.npy', encodeNpy(Float32Array.of(8, 9), [2, 1]));
    const both = await opened([ages, images], inputs);
    expect(both.facts.map(({ feeds }) => feeds)).toEqual([['age:0'], ['image']]);
    expect(both.count).toBe(2);
    expect(await both.at(1).sample()).toEqual({
      image: Float32Array.of(3, 4),
      'age:0': Float32Array.of(9),
    });
    const npz = encodeNpz({
      image: { shape: [1, 2], data: Float32Array.of(5, 6) },
      'age:0': { shape: [1, 1], data: Float32Array.of(7) },
    });
    const archive = await opened([file('all.npz', npz)], inputs);
    expect(await archive.at(0).sample()).toEqual({
      image: Float32Array.of(5, 6),
      'age:0': Float32Array.of(7),
    });
    await expect(opened([images], inputs)).rejects.toThrow('2 for image, 0 for age:0');
  });

  test('files find their inputs by name, else in order; the user has the last word', () => {
    const inputs = [{ name: 'serving_default_left:0' }, { name: 'serving_default_right:0' }];
    const names = (files: string[], said: (string | undefined)[] = []) =>
      assignInputs(files, inputs, said).map((name) => name?.slice(16, 17));
    expect(names(['right.npy', 'left.npy'])).toEqual(['r', 'l']);
    expect(names(['1.npy', '2.npy'])).toEqual(['l', 'r']);
    expect(names(['p.npy', 'left.npy'])).toEqual(['r', 'l']);
    expect(names(['left.npy'], ['serving_default_right:0'])).toEqual(['r']);
  });

  test('random ones are the same for the same seed, and in their range', async () => {
    const recipe = {
      kind: 'random',
      layout: 'NHWC',
      inputs: [input('x', [1, 50])],
      count: 3,
      seed: 5,
      min: 2,
      max: 3,
    } as const;
    const never = (): never => {
      throw new Error('no file is read');
    };
    const read = async (index: number) =>
      ((await (await openSet(recipe, never)).at(index).sample()) as Float32Array[])[0]!;
    const [first, again, second] = [await read(0), await read(0), await read(1)];
    expect(first).toEqual(again);
    expect(first).not.toEqual(second);
    expect(Math.min(...first)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...first)).toBeLessThan(3);
  });
});

test('what is recorded is a WAVE file without loss', () => {
  const samples = Float32Array.of(0, 0.25, -1, 0.1);
  expect(parseWav(encodeWav(samples, 44100))).toEqual({ sampleRate: 44100, channels: 1, samples });
});

test.each([
  [48000, 16000],
  [44100, 16000],
  [16000, 16000],
  [8000, 22050],
])('what is heard at %i Hz is an input of its length at %i Hz', async (sampleRate, inputRate) => {
  const length = 1001;
  const samples = new Float32Array(Math.ceil((length * sampleRate) / inputRate) + 1).fill(0.5);
  const { sample, wave } = await frameOfSound({ samples, sampleRate, length, inputRate });
  expect(sample).toHaveLength(length);
  expect((sample as Float32Array)[500]).toBeCloseTo(0.5, 2);
  expect(wave).toHaveLength(640);
});

test('kinds by name', () => {
  const kinds = [
    'a.JPG',
    'b.mp3',
    'c.npy',
    'labels.txt',
    'train-labels-idx1-ubyte.gz',
    'classes.csv',
  ];
  expect(kinds.map((name) => kindOf({ name, type: '' }))).toEqual([
    'picture',
    'sound',
    'array',
    'labels',
    'labels',
    'labels',
  ]);
  expect(kindOf({ name: 'label_1.png', type: '' })).toBe('picture');
});

test('data is known by its name, a model and text about classes are not', () => {
  const are = (names: string[]) => names.map((name) => isData({ name, type: '' }));
  expect(are(['a.npz', 'cat.webp', 'labels.txt', 't10k-labels-idx1-ubyte.gz'])).not.toContain(
    false,
  );
  expect(are(['m.tflite', 'label_image.tflite', 'coco.txt', 'idx1.bin'])).not.toContain(true);
});

test.each([
  ['cat\ndog\n', true],
  ['猫\n狗\n'.repeat(1000), true],
  ['', false],
  ['\x1c\0\0\0TFL3', false],
  ['abcdTFL3 and so on', false],
  [Uint8Array.of(0xff, 0xfe, 0x41), false],
])('text, by what is in it: %#', async (content, expected) => {
  expect(await isText(file('coco', content))).toBe(expected);
});

test('what is called a model is not looked at as text', async () => {
  expect(await isText(file('half.tflite', 'cat\ndog\n'))).toBe(false);
});

test.each([
  [[[1, 16]], '', [16]],
  [[[1, 84, 8400]], '', [8400, 84, 8396, 8395, 80, 79]],
  [[[1, 257, 257, 21]], '', [21, 257]],
  [[[1]], '', []],
  [
    [
      [1, 10, 4],
      [1, 10],
    ],
    'TFLite_Detection_PostProcess',
    null,
  ],
])('classes that outputs of %j tell apart', (shapes, operator, expected) => {
  const found = classCounts({
    outputs: shapes.map((shape) => input('', shape)),
    subgraphs: [{ operators: [{ name: operator }] }],
  } as never);
  expect(found && [...found]).toEqual(expected);
});

test('figures of values', () => {
  const values = Float32Array.of(0, 1, 2, 3, 4, 5);
  const stats = statsOf(values);
  expect(stats).toEqual({ min: 0, max: 5, mean: 2.5 });
  expect(statsOf(values, 1, 3)).toEqual({ min: 1, max: 4, mean: 2.5 });
  const counts = histogram(values, stats);
  expect(counts.reduce((sum, count) => sum + count)).toBe(6);
  expect([counts[0], counts.at(-1)]).toEqual([1, 1]);
  expect(outline(values, 2)).toEqual([
    [0, 2],
    [3, 5],
  ]);
});

test('settled: the last quarter of the samples changed nothing', () => {
  const seen = (samples: number, stableAfter: number) =>
    isSettled({ samples, stableAfter, lastMove: 0 });
  expect(seen(256, 37)).toBe(true);
  expect(seen(256, 200)).toBe(false);
  expect(seen(10, 5)).toBe(false);
});

test('a long calibration is shown in 256 bars, and no far move is lost', () => {
  const moves = Array.from({ length: 1000 }, (_, index) => ({
    sample: index + 1,
    by: index === 777 ? 1 : 0.001,
  }));
  const shown = movesShown(moves);
  expect(shown.length).toBe(256);
  expect(shown).toContainEqual({ sample: 778, by: 1 });
});
