import { describe, expect, test } from '@jest/globals';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import {
  decodeImage,
  encodeNpy,
  encodeNpz,
  openDataset,
  parseCsv,
  parseIdx,
  parseNpy,
  parseNpz,
  parseWav,
  readLabels,
  resizeImage,
  type DataFile,
  type DatasetOptions,
  type Sample,
  type TensorDetails,
} from 'octolite';
import { decodeJpeg } from 'octolite/node';
import { crc32, latin1, pngOf, zipOf } from './support/make_files.js';
import { refusal } from './support/errors.js';

function file(name: string, bytes: Uint8Array): DataFile {
  return { name, arrayBuffer: () => Promise.resolve(bytes) };
}

function input(
  shape: number[],
  dtype: TensorDetails['dtype'] = 'float32',
  scale = 0,
  zeroPoint = 0,
) {
  const scales = scale ? [scale] : [];
  const quantization = { scale, zeroPoint, scales, zeroPoints: [zeroPoint], quantizedDimension: 0 };
  return { name: 'image', index: 0, shape, shapeSignature: shape, dtype, quantization };
}

async function samplesOf(
  files: DataFile[],
  details: TensorDetails[],
  options: DatasetOptions = {},
): Promise<Sample[]> {
  const dataset = await openDataset(files, details, options);
  const samples: Sample[] = [];
  for await (const sample of dataset) samples.push(sample);
  expect(samples).toHaveLength(dataset.length);
  return samples;
}

describe('npy', () => {
  test.each([
    new Float32Array([1.5, -2, 3, 4, 5, 6]),
    new Float64Array([1, 2, 3, 4, 5, 6]),
    new Int8Array([-1, 2, 3, 4, 5, 6]),
    new Uint8Array([1, 2, 3, 4, 5, 255]),
    new Int16Array([-300, 2, 3, 4, 5, 6]),
    new Int32Array([-70000, 2, 3, 4, 5, 6]),
    new BigInt64Array([-1n, 2n, 3n, 4n, 5n, 6n]),
  ])('is read as it was written: %p', (data) => {
    expect(parseNpy(encodeNpy(data, [2, 3]))).toEqual({ shape: [2, 3], data });
  });

  test('data begins at a multiple of 64', () => {
    const bytes = encodeNpy(new Uint8Array(1), [1]);
    expect((bytes.length - 1) % 64).toBe(0);
  });

  function npy(descr: string, shape: string, data: number[], fortran = 'False'): Uint8Array {
    const header = `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`;
    return Uint8Array.from([
      ...latin1('\x93NUMPY\x01\x00'),
      header.length & 255,
      header.length >> 8,
      ...latin1(header),
      ...data,
    ]);
  }

  test('big byte order, booleans, scalars and half floats are read', () => {
    expect(parseNpy(npy('>i2', '(2,)', [1, 0, 255, 255])).data).toEqual(new Int16Array([256, -1]));
    expect(parseNpy(npy('|b1', '(2,)', [1, 0])).data).toEqual(new Uint8Array([1, 0]));
    expect(parseNpy(npy('<u4', '()', [7, 0, 0, 0]))).toEqual({
      shape: [],
      data: new Uint32Array([7]),
    });
    // 1.5, the smallest subnormal, -infinity
    expect(parseNpy(npy('<f2', '(3,)', [0, 0x3e, 1, 0, 0, 0xfc])).data).toEqual(
      new Float32Array([1.5, 2 ** -24, -Infinity]),
    );
  });

  test('strings are read, of either kind and byte order', () => {
    const words = ['héllo', '', '😀 ok'];
    expect(parseNpy(encodeNpy(words, [3, 1]))).toEqual({ shape: [3, 1], data: words });
    expect(parseNpy(npy('>U2', '(1,)', [0, 0, 0, 65, 0, 1, 0xf6, 0])).data).toEqual(['A😀']);
    expect(parseNpy(npy('|S3', '(2,)', [65, 0, 0, 0xc3, 0xa9, 66]))).toEqual({
      shape: [2],
      data: ['A', 'éB'],
    });
    // A zero in the middle is part of the string.
    expect(parseNpy(npy('|S3', '(1,)', [65, 0, 66])).data).toEqual(['A\0B']);
  });

  test('complex numbers and booleans are read as they were written', () => {
    const single = { shape: [2], data: new Float32Array([1, 2, 3, -4]) };
    expect(parseNpy(encodeNpy(single.data, [2], 'complex64'))).toEqual({
      ...single,
      dtype: 'complex64',
    });
    const double = { shape: [1, 1], data: new Float64Array([0.1, -0.2]) };
    expect(parseNpy(encodeNpy(double.data, [1, 1], 'complex128'))).toEqual({
      ...double,
      dtype: 'complex128',
    });
    expect(parseNpy(npy('>c8', '(1,)', [0x3f, 0x80, 0, 0, 0x40, 0, 0, 0])).data).toEqual(
      new Float32Array([1, 2]),
    );
    const flags = { shape: [2], data: new Uint8Array([1, 0]) };
    expect(parseNpy(encodeNpy(flags.data, [2], 'bool'))).toEqual({ ...flags, dtype: 'bool' });
  });

  test('what is not understood is refused', async () => {
    const refused = (bytes: Uint8Array) => refusal(() => parseNpy(bytes, 'x.npy'), 'BAD_DATA_FILE');
    await refused(latin1('hello'));
    await refused(npy('<f4', '(2, 2)', new Array<number>(16).fill(0), 'True'));
    await refused(npy('|O', '(1,)', [0]));
    await refused(npy('<c32', '(1,)', new Array<number>(32).fill(0)));
    await refused(npy('<c8', '(1,)', [0, 0, 0, 0]));
    await refused(npy('<U0', '(1000000000,)', []));
    await refused(npy('<U1', '(1,)', [0, 0, 0x11, 0]));
    await refused(npy('<U3', '(2,)', [65, 0, 0, 0]));
    await refused(npy('|S1', '(1,)', [0xff]));
    const { message } = await refused(npy('<f4', '(1000000, 1000000)', [0]));
    expect(message).toContain('x.npy');
    for (let length = 0; length < 12; ++length) {
      await refused(encodeNpy(new Float32Array(4), [4]).subarray(0, length));
    }
  });
});

describe('npz', () => {
  const a = encodeNpy(new Float32Array([1, 2]), [2]);
  const b = encodeNpy(new Int32Array([3]), [1]);

  test('stored and compressed arrays are read', async () => {
    const arrays = await parseNpz(
      zipOf([
        { name: 'a.npy', content: a },
        { name: 'b.npy', content: b, compressed: deflateRawSync(b) },
        { name: 'readme.txt', content: latin1('hello') },
      ]),
    );
    expect([...arrays]).toEqual([
      ['a', { shape: [2], data: new Float32Array([1, 2]) }],
      ['b', { shape: [1], data: new Int32Array([3]) }],
    ]);
  });

  test('arrays of all kinds come back from an archive', async () => {
    const arrays = new Map([
      ['a', { shape: [2], data: new Float32Array([1, 2]) }],
      ['größe/b', { shape: [], data: new BigInt64Array([-3n]) }],
      ['words', { shape: [2, 1], data: ['one', 'two'] }],
      ['z', { shape: [1], data: new Float32Array([1, -1]), dtype: 'complex64' as const }],
      ['none', { shape: [0], data: new Int8Array() }],
    ]);
    const bytes = encodeNpz(arrays);
    expect(await parseNpz(bytes)).toEqual(arrays);
    expect(encodeNpz(Object.fromEntries(arrays))).toEqual(bytes);
    // What another tool makes of the same content, but for the date.
    const content = encodeNpy(new Float32Array([1, 2]), [2]);
    const other = zipOf([{ name: 'a.npy', content }]);
    const own = encodeNpz({ a: { shape: [2], data: new Float32Array([1, 2]) } });
    expect(own).toHaveLength(other.length);
    expect(own.subarray(14, 26)).toEqual(other.subarray(14, 26));
    await refusal(() => encodeNpz({ a: { shape: [3], data: ['x'] } }), 'INVALID_ARGUMENT');
  });

  test('damage is noticed', async () => {
    const wrongCrc = zipOf([
      { name: 'a.npy', content: a, compressed: deflateRawSync(a), crc: crc32(b) },
    ]);
    await refusal(() => parseNpz(wrongCrc), 'BAD_DATA_FILE');
    const whole = zipOf([{ name: 'a.npy', content: a }]);
    await refusal(() => parseNpz(whole.subarray(0, whole.length - 30)), 'BAD_DATA_FILE');
    await refusal(() => parseNpz(zipOf([])), 'BAD_DATA_FILE');
  });
});

describe('idx', () => {
  test('sizes and elements are big-endian', () => {
    expect(parseIdx(Uint8Array.from([0, 0, 0x0b, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 0, 0, 2]))).toEqual({
      shape: [1, 2],
      data: new Int16Array([256, 2]),
    });
  });

  test('a shape that the file does not fill is refused', async () => {
    const bytes = Uint8Array.from([0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255, 1]);
    await refusal(() => parseIdx(bytes), 'BAD_DATA_FILE');
  });
});

describe('csv', () => {
  test.each(['1,2\n3,4\n', 'x,y\r\n1, 2\r\n\r\n3,4', '1;2\n3;4', '1 2\n3\t4'])('%p', (text) => {
    expect(parseCsv(latin1(text))).toEqual({ shape: [2, 2], data: new Float32Array([1, 2, 3, 4]) });
  });

  test('the line of a mistake is named', async () => {
    const { message } = await refusal(
      () => parseCsv(latin1('1,2\n3,x\n'), 'a.csv'),
      'BAD_DATA_FILE',
    );
    expect(message).toBe("line 2 has 'x' where a number belongs (a.csv)");
    await refusal(() => parseCsv(latin1('1,2\n3\n')), 'BAD_DATA_FILE');
    await refusal(() => parseCsv(latin1('name,class\n')), 'BAD_DATA_FILE');
  });
});

describe('wav', () => {
  function wav(format: number[], data: number[]): Uint8Array {
    const size = (n: number) => [n & 255, n >> 8, 0, 0];
    return Uint8Array.from([
      ...latin1('RIFF'),
      ...size(0),
      ...latin1('WAVEjunk'),
      ...size(1),
      9,
      0,
      ...latin1('fmt '),
      ...size(format.length),
      ...format,
      ...latin1('data'),
      ...size(data.length),
      ...data,
    ]);
  }
  const format = (bits: number, channels = 1, coding = 1) => [
    ...[coding, 0, channels, 0, 0x80, 0x3e, 0, 0],
    ...[0, 0, 0, 0, 0, 0, bits, 0],
  ];

  test('8, 16 and 24 bits come out in [-1, 1)', () => {
    expect(parseWav(wav(format(8), [0, 128]))).toEqual({
      sampleRate: 16000,
      channels: 1,
      samples: new Float32Array([-1, 0]),
    });
    expect(parseWav(wav(format(16, 2), [0, 0x80, 0, 0x40])).samples).toEqual(
      new Float32Array([-1, 0.5]),
    );
    expect(parseWav(wav(format(24), [0, 0, 0xc0])).samples).toEqual(new Float32Array([-0.5]));
  });

  test('32 bits, floats and the codings of telephones', () => {
    const samples = (width: number, coding: number, data: number[]) =>
      parseWav(wav(format(width, 1, coding), data)).samples;
    expect(samples(32, 1, [0, 0, 0, 0xc0])).toEqual(new Float32Array([-0.5]));
    expect(samples(32, 3, [0, 0, 0xc0, 0x3f])).toEqual(new Float32Array([1.5]));
    expect(samples(64, 3, [0, 0, 0, 0, 0, 0, 0xf8, 0xbf])).toEqual(new Float32Array([-1.5]));
    // 12 bits lie in the upper part of 16.
    expect(samples(12, 1, [0xf0, 0x7f])).toEqual(new Float32Array([0x7ff0 / 32768]));
    // The ends, the smallest steps and one between, from the tables of ITU-T G.711.
    const telephone = (coding: number, codes: number[]) =>
      Array.from(samples(8, coding, codes), (value) => value * 32768);
    expect(telephone(6, [0x55, 0xd5, 0x2a, 0xaa, 0x80])).toEqual([-8, 8, -32256, 32256, 5504]);
    expect(telephone(7, [0xff, 0xfe, 0x00, 0x80, 0x0f])).toEqual([0, 8, -32124, 32124, -16764]);
  });

  test('the extensible form says the coding at another place', () => {
    const extensible = [...format(16, 1, 0xfffe), 22, 0, 16, 0, 4, 0, 0, 0, 1, 0];
    extensible[1] = 0xff;
    const guid = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
    expect(parseWav(wav([...extensible, ...guid], [0, 0x40])).samples).toEqual(
      new Float32Array([0.5]),
    );
  });

  test('other codings and files without sound are refused', async () => {
    await refusal(() => parseWav(wav(format(16, 1, 85), [0, 0])), 'BAD_DATA_FILE');
    await refusal(() => parseWav(wav(format(16, 0), [0, 0])), 'BAD_DATA_FILE');
    await refusal(() => parseWav(wav(format(16), []).subarray(0, 30)), 'BAD_DATA_FILE');
  });
});

describe('PNG', () => {
  const RED = [255, 0, 0, 255];
  const GRAY = [128, 128, 128, 255];

  test('all filters of a line are undone', async () => {
    const width = 5;
    const pixels = Array.from({ length: width * 5 }, (_, i) => [
      (i * 37) & 255,
      (i * 91) & 255,
      (i * i * 7) & 255,
    ]);
    for (const filter of [0, 1, 2, 3, 4]) {
      const image = await decodeImage(pngOf({ width, height: 5, color: 2, pixels, filter }));
      expect(Array.from(image.data)).toEqual(pixels.flatMap((pixel) => [...pixel, 255]));
    }
  });

  test('palettes, gray, opacity and small depths are expanded', async () => {
    const palette = { palette: [255, 0, 0, 128, 128, 128], transparency: [255, 10] };
    expect(
      Array.from(
        (
          await decodeImage(
            pngOf({ width: 2, height: 1, color: 3, pixels: [[0], [1]], ...palette }),
          )
        ).data,
      ),
    ).toEqual([...RED, 128, 128, 128, 10]);
    const gray = await decodeImage(pngOf({ width: 1, height: 1, color: 0, pixels: [[128]] }));
    expect(Array.from(gray.data)).toEqual(GRAY);
    const alpha = await decodeImage(pngOf({ width: 1, height: 1, color: 4, pixels: [[9, 7]] }));
    expect(Array.from(alpha.data)).toEqual([9, 9, 9, 7]);
    // Eight pixels of one bit, in one byte.
    const bits = await decodeImage(
      pngOf({ width: 8, height: 1, color: 0, depth: 1, lines: [[0b10100000]] }),
    );
    expect(Array.from(bits.data).filter((_, i) => i % 4 === 0)).toEqual([
      255, 0, 255, 0, 0, 0, 0, 0,
    ]);
    const deep = await decodeImage(
      pngOf({ width: 1, height: 1, color: 0, depth: 16, lines: [[200, 99]] }),
    );
    expect(deep.data[0]).toBe(200);
  });

  test('damage is refused', async () => {
    const whole = pngOf({ width: 2, height: 2, color: 0, pixels: [[1], [2], [3], [4]] });
    await refusal(() => decodeImage(whole.subarray(0, 40)), 'BAD_DATA_FILE');
    const short = pngOf({ width: 2, height: 9, color: 0, lines: [[1, 2]] });
    await refusal(() => decodeImage(short), 'BAD_DATA_FILE');
    const bomb = pngOf({ width: 1, height: 1, color: 0, raw: deflateSync(new Uint8Array(1e6)) });
    await refusal(() => decodeImage(bomb), 'BAD_DATA_FILE');
    await refusal(() => decodeImage(latin1('GIF89a')), 'BAD_DATA_FILE');
  });
});

describe('BMP', () => {
  test('rows go upwards and colours are blue, green, red', async () => {
    const header = new Uint8Array(54);
    const view = new DataView(header.buffer);
    header.set(latin1('BM'));
    view.setUint32(10, 54, true);
    view.setUint32(14, 40, true);
    view.setInt32(18, 1, true);
    view.setInt32(22, 2, true);
    view.setUint16(28, 24, true);
    const bytes = Uint8Array.from([...header, 1, 2, 3, 0, 4, 5, 6, 0]);
    const { width, height, data } = await decodeImage(bytes);
    expect([width, height, ...data]).toEqual([1, 2, 6, 5, 4, 255, 3, 2, 1, 255]);
    await refusal(() => decodeImage(bytes.subarray(0, 58)), 'BAD_DATA_FILE');
  });
});

describe('resizing', () => {
  const image = (width: number, height: number, values: number[]) => ({
    width,
    height,
    data: Uint8ClampedArray.from(values.flatMap((value) => [value, value, value, 255])),
  });
  const reds = ({ data }: { data: ArrayLike<number> }) =>
    Array.from(data).filter((_, i) => i % 4 === 0);

  test('shrinking averages', () => {
    const row = image(4, 1, [0, 0, 200, 200]);
    const [left, right] = reds(resizeImage(row, 2, 1, 'stretch'));
    expect(left).toBeGreaterThan(0);
    expect(left! + right!).toBe(200);
  });

  test('growing keeps flat areas flat', () => {
    expect(new Set(reds(resizeImage(image(2, 2, [7, 7, 7, 7]), 5, 5, 'stretch')))).toEqual(
      new Set([7]),
    );
  });

  test('crop takes the middle, pad adds black', () => {
    const row = image(4, 2, [1, 2, 3, 4, 1, 2, 3, 4]);
    expect(reds(resizeImage(row, 2, 2, 'crop'))).toEqual([2, 3, 2, 3]);
    const column = image(1, 1, [9]);
    expect(reds(resizeImage(column, 3, 1, 'pad'))).toEqual([0, 9, 0]);
  });
});

describe('openDataset', () => {
  const pixels = encodeNpy(new Uint8Array([0, 255, 51, 102]), [2, 2]);

  test('cuts an array into samples along its first dimension', async () => {
    const array = encodeNpy(new Float32Array([1, 2, 3, 4, 5, 6, 7, 8]), [2, 2, 2, 1]);
    expect(await samplesOf([file('a.npy', array)], [input([1, 2, 2, 1])])).toEqual([
      new Float32Array([1, 2, 3, 4]),
      new Float32Array([5, 6, 7, 8]),
    ]);
  });

  test('sizes of 1 do not matter, other sizes do', async () => {
    const array = encodeNpy(new Float32Array(12), [2, 2, 3]);
    expect(await samplesOf([file('a.npy', array)], [input([1, 2, 3, 1])])).toHaveLength(2);
    expect(await samplesOf([file('a.npy', array)], [input([1, 2, 2, 3])])).toHaveLength(1);
    const error = await refusal(
      () => samplesOf([file('a.npy', array)], [input([1, 3, 2, 1])]),
      'SHAPE_MISMATCH',
    );
    expect(error.message).toContain('[2, 2, 3]');
    expect(error.message).toContain('[1, 3, 2, 1]');
  });

  test('rows of a table are samples', async () => {
    expect(
      await samplesOf([file('a.csv', latin1('1,2,3,4\n5,6,7,8'))], [input([1, 2, 2, 1])]),
    ).toHaveLength(2);
  });

  test('pixels become 0..1 unless told otherwise, and it says so', async () => {
    const at = (options: DatasetOptions) =>
      samplesOf([file('a.npy', pixels)], [input([1, 2])], options);
    expect(await at({})).toEqual([new Float32Array([0, 1]), new Float32Array([51 / 255, 0.4])]);
    expect((await at({ range: [-1, 1] }))[0]).toEqual(new Float32Array([-1, 1]));
    expect((await at({ mean: [127.5], std: [127.5] }))[0]).toEqual(new Float32Array([-1, 1]));
    expect((await at({ range: [0, 1], mean: [0.5], std: [0.25] }))[0]).toEqual(
      new Float32Array([-2, 2]),
    );
    const told = await openDataset([file('a.npy', pixels)], [input([1, 2])], {});
    expect(told.notes.join()).toContain('0..1');
    const chosen = await openDataset([file('a.npy', pixels)], [input([1, 2])], { range: [0, 1] });
    expect(chosen.notes).toEqual([]);
  });

  test('pixels fill the range of a quantized input', async () => {
    const quantized = input([1, 2], 'int8', 1 / 128, -1);
    expect((await samplesOf([file('a.npy', pixels)], [quantized]))[0]).toEqual(
      new Float32Array([-127 / 128, 1]),
    );
  });

  test('images of the wrong size are refused unless they are to be resized', async () => {
    const image = pngOf({ width: 3, height: 2, color: 0, pixels: [[0], [0], [0], [0], [0], [0]] });
    const details = [input([1, 4, 4, 3])];
    const error = await refusal(() => samplesOf([file('a.png', image)], details), 'SHAPE_MISMATCH');
    expect(error.message).toContain('3 x 2');
    expect(error.message).toContain('4 x 4');
    const [sample] = await samplesOf([file('a.png', image)], details, { resize: 'stretch' });
    expect(sample).toHaveLength(48);
  });

  test('images are laid out as the input wants them', async () => {
    const image = pngOf({ width: 1, height: 1, color: 2, pixels: [[10, 20, 30]] });
    const as = (shape: number[], options: DatasetOptions) =>
      samplesOf([file('a.png', image)], [input(shape)], { range: [0, 255], ...options });
    expect(await as([1, 1, 1, 3], {})).toEqual([new Float32Array([10, 20, 30])]);
    expect(await as([1, 3, 1, 1], { layout: 'NCHW' })).toEqual([new Float32Array([10, 20, 30])]);
    const [gray] = await as([1, 1, 1, 1], {});
    expect((gray as Float32Array)[0]).toBeCloseTo(0.299 * 10 + 0.587 * 20 + 0.114 * 30, 4);
    const [perChannel] = await as([1, 1, 1, 3], { mean: [10, 20, 20], std: [1, 1, 2] });
    expect(perChannel).toEqual(new Float32Array([0, 0, 5]));
    await refusal(() => as([1, 1, 1, 3], { mean: [1, 2] }), 'INVALID_ARGUMENT');
  });

  test('skip and limit go over all files', async () => {
    const one = file('a.npy', encodeNpy(new Float32Array([1, 2, 3]), [3, 1]));
    const two = file('b.npy', encodeNpy(new Float32Array([4, 5, 6]), [3, 1]));
    const at = async (options: DatasetOptions) =>
      (await samplesOf([one, two], [input([1, 1])], options)).map(
        (sample) => (sample as Float32Array)[0],
      );
    expect(await at({})).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await at({ skip: 2, limit: 2 })).toEqual([3, 4]);
    expect(await at({ skip: 4 })).toEqual([5, 6]);
    expect(await at({ skip: 9 })).toEqual([]);
  });

  test('an archive gives every input its array', async () => {
    const details = [
      { ...input([1, 2]), name: 'ids' },
      { ...input([1, 1]), name: 'mask', index: 1 },
    ];
    const ids = encodeNpy(new Float32Array([1, 2, 3, 4]), [2, 2]);
    const mask = encodeNpy(new Float32Array([5, 6]), [2, 1]);
    const both = zipOf([
      { name: 'ids.npy', content: ids },
      { name: 'mask.npy', content: mask },
    ]);
    expect(await samplesOf([file('a.npz', both)], details)).toEqual([
      { ids: new Float32Array([1, 2]), mask: new Float32Array([5]) },
      { ids: new Float32Array([3, 4]), mask: new Float32Array([6]) },
    ]);
    const one = zipOf([{ name: 'ids.npy', content: ids }]);
    await refusal(() => samplesOf([file('a.npz', one)], details), 'BAD_DATA_FILE');
    await refusal(() => samplesOf([file('a.npy', ids)], details), 'BAD_DATA_FILE');
  });

  test('compressed idx files, and files of no known kind', async () => {
    const idx = Uint8Array.from([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 255, 255, 0]);
    expect(await samplesOf([file('t-idx2-ubyte.gz', gzipSync(idx))], [input([1, 2])])).toHaveLength(
      2,
    );
    const unknown = file('a.bin', Uint8Array.from([1, 0, 2, 0, 3]));
    await refusal(() => samplesOf([unknown], [input([1, 2])]), 'BAD_DATA_FILE');
    const damaged = file('t.gz', gzipSync(idx).subarray(0, 20));
    await refusal(() => samplesOf([damaged], [input([1, 2])]), 'BAD_DATA_FILE');
  });
});

describe('readLabels', () => {
  test.each([
    ['npy', encodeNpy(new BigInt64Array([3n, 1n, 2n]), [3, 1])],
    ['idx', Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 3, 3, 1, 2])],
    ['text', latin1('3\n1\n2\n')],
    ['npz', zipOf([{ name: 'y.npy', content: encodeNpy(new Uint8Array([3, 1, 2]), [3]) }])],
  ])('from %s', async (_kind, bytes) => {
    expect(await readLabels(file('labels', bytes))).toEqual(new Int32Array([3, 1, 2]));
    expect(await readLabels(file('labels', bytes), { skip: 1, limit: 1 })).toEqual(
      new Int32Array([1]),
    );
  });

  test('what is no class is refused', async () => {
    await refusal(() => readLabels(file('l', latin1('1\n2.5\n'))), 'BAD_DATA_FILE');
    await refusal(() => readLabels(file('l', latin1('1,2\n3,4\n'))), 'BAD_DATA_FILE');
  });
});

test('images of other kinds are refused by their name', async () => {
  const text = (start: string) => latin1(start.padEnd(32, ' '));
  for (const [start, kind] of [
    ['RIFF....WEBPVP8 ', 'WebP'],
    ['GIF89a', 'GIF'],
    ['....ftypavif', 'AVIF'],
    ['....ftypheic', 'HEIC'],
    ['II*\0', 'TIFF'],
    ['hello', 'this kind of image'],
  ] as const) {
    for (const decode of [decodeImage, decodeJpeg]) {
      const { message } = await refusal(() => decode(text(start), 'a.img'), 'BAD_DATA_FILE');
      expect(message).toContain(`${kind} is not supported here (a.img); make it PNG, JPEG or BMP`);
    }
  }
  const jpeg = await refusal(() => decodeImage(latin1('\xff\xd8\xff\xe0')), 'BAD_DATA_FILE');
  expect(jpeg.message).toContain('JPEG is not supported here (image); make it PNG or BMP');
});

test('arrays of strings, complex numbers and booleans are samples as they are', async () => {
  const words = encodeNpy(['a', 'b', 'c', 'd'], [2, 2]);
  expect(await samplesOf([file('x.npy', words)], [input([1, 2], 'string')])).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
  const numbers = encodeNpy(new Float32Array([1, 2, 3, 4]), [2, 1], 'complex64');
  expect(await samplesOf([file('x.npy', numbers)], [input([1, 1], 'complex64')])).toEqual([
    new Float32Array([1, 2]),
    new Float32Array([3, 4]),
  ]);
  const flags = encodeNpy(new Uint8Array([1, 0]), [1, 2], 'bool');
  expect(await samplesOf([file('x.npy', flags)], [input([1, 2])])).toEqual([
    new Uint8Array([1, 0]),
  ]);
  await refusal(() => readLabels(file('x.npy', words)), 'BAD_DATA_FILE');
  await refusal(() => readLabels(file('x.npy', numbers)), 'BAD_DATA_FILE');
});
