import { expect, test } from '@jest/globals';
import { saveToFolder } from '../../../web/features/batch/folder.js';
import { uniqueNames } from '../../../web/features/batch/names.js';
import { zip } from '../../../web/features/batch/zip.js';

test('files of one name get numbers', () => {
  expect(uniqueNames(['a.tflite', 'b.tflite', 'a.tflite', 'a', 'a', 'a.tflite'])).toEqual([
    'a.tflite',
    'b.tflite',
    'a (2).tflite',
    'a',
    'a (2)',
    'a (3).tflite',
  ]);
});

test('an archive holds every file whole', async () => {
  const bytes = Uint8Array.from({ length: 3_000_000 }, (_, i) => i % 251);
  const packed = Buffer.from(
    await (
      await zip([
        { name: 'large.bin', bytes },
        { name: 'small.txt', bytes: Buffer.from('hello') },
      ])
    ).arrayBuffer(),
  );
  expect(packed.readUInt32LE(0)).toBe(0x04034b50);
  expect(packed.includes(Buffer.from(bytes))).toBe(true);
  expect(packed.includes('hello')).toBe(true);
  expect(packed.readUInt16LE(packed.length - 22 + 10)).toBe(2);
});

test('a folder gets each file whole, or not at all; a question that is dismissed changes nothing', async () => {
  const notes: string[] = [];
  const full = new Set(['b.tflite']);
  const writableOf = (name: string) => ({
    write: ({ length }: Uint8Array) => {
      if (full.has(name)) return Promise.reject(new Error('the disk is full'));
      return Promise.resolve(notes.push(`${name} ${length}`));
    },
    close: () => Promise.resolve(notes.push('closed')),
    abort: () => Promise.resolve(notes.push('aborted')),
  });
  const picker = {
    getFileHandle: (name: string) =>
      Promise.resolve({ createWritable: () => Promise.resolve(writableOf(name)) }),
  };
  const files = ['a.tflite', 'b.tflite', 'c.tflite'].map((name, index) => ({
    name,
    bytes: new Uint8Array(index + 1),
  }));
  const page = globalThis as { showDirectoryPicker?: unknown };
  try {
    page.showDirectoryPicker = () => Promise.resolve(picker);
    await expect(saveToFolder(files)).rejects.toThrow('the disk is full');
    expect(notes.splice(0)).toEqual(['a.tflite 1', 'closed', 'aborted']);
    full.clear();
    await expect(saveToFolder(files)).resolves.toBe(true);
    expect(notes.splice(0)).toHaveLength(6);
    page.showDirectoryPicker = () => Promise.reject(new DOMException('', 'AbortError'));
    await expect(saveToFolder(files)).resolves.toBe(false);
    page.showDirectoryPicker = () => Promise.reject(new DOMException('', 'NotAllowedError'));
    await expect(saveToFolder(files)).rejects.toThrow(DOMException);
    expect(notes).toEqual([]);
  } finally {
    delete page.showDirectoryPicker;
  }
});
