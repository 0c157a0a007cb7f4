/** Files that are larger than the memory: where their bytes come from, and where they go. */
import { OctoliteError } from './errors.js';

/** A file that is read piece by piece. It must stay as it is meanwhile. */
export interface ByteSource {
  /** In bytes. */
  readonly size: number;
  /**
   * The bytes from `offset` on, which all lie inside; at once, not as a promise. They are copied
   * before the next call, so that one buffer may serve for all.
   */
  read(offset: number, length: number): Uint8Array;
}

/** Takes the bytes of a file one after the other; each chunk is its own to keep. */
export interface ByteSink {
  /** Takes the next bytes, which are its own from then on. */
  write(chunk: Uint8Array): void | Promise<void>;
}

/** Reads into WebAssembly memory; returns what went wrong, or ''. */
export type MemoryReader = (offset: number, address: number, length: number) => string;

/** What FileReaderSync of workers is, where there is one. */
type BlobReader = new () => { readAsArrayBuffer(blob: Blob): ArrayBuffer };

/** As much as is read in one call, so that what is left to collect stays small. */
const PIECE_BYTES = 1 << 20;

/**
 * A source that can be read at once.
 * @throws OctoliteError INVALID_ARGUMENT for a Blob where there is no FileReaderSync.
 */
export function toByteSource(source: Blob | ByteSource): ByteSource {
  const { size, read } = source as Partial<ByteSource>;
  if (typeof size === 'number' && Number.isSafeInteger(size) && size >= 0) {
    if (typeof read === 'function') return source as ByteSource;
    if (typeof Blob === 'function' && source instanceof Blob) {
      const { FileReaderSync } = globalThis as { FileReaderSync?: BlobReader };
      if (!FileReaderSync) {
        throw new OctoliteError('INVALID_ARGUMENT', 'a Blob cannot be read piece by piece here', {
          hint: "in a page use connectWorker of 'octolite/worker', in Node.js openFile of 'octolite/node'",
        });
      }
      const reader = new FileReaderSync();
      return {
        size,
        read: (offset, length) =>
          new Uint8Array(reader.readAsArrayBuffer(source.slice(offset, offset + length))),
      };
    }
  }
  throw new OctoliteError(
    'INVALID_ARGUMENT',
    'the model is given neither as a Blob nor as a source',
    {
      hint: 'a source is {size, read(offset, length)}',
    },
  );
}

/** @param failed Is told of what the source threw. */
export function memoryReader(
  source: ByteSource,
  memory: () => Uint8Array,
  failed: (error: unknown) => void,
): MemoryReader {
  return (offset, address, length) => {
    try {
      for (let done = 0; done < length; done += PIECE_BYTES) {
        const count = Math.min(PIECE_BYTES, length - done);
        const bytes = source.read(offset + done, count);
        if (bytes.byteLength !== count) {
          throw new OctoliteError(
            'INVALID_ARGUMENT',
            `the source gave ${bytes.byteLength} bytes for ${count} at ${offset + done}`,
            { hint: 'the file must not change while it is read' },
          );
        }
        memory().set(bytes, address + done);
      }
      return '';
    } catch (error) {
      failed(error);
      return 'the source cannot be read';
    }
  };
}

/** A sink of either kind as one. */
export interface Output {
  write(chunk: Uint8Array): Promise<void>;
  close(): Promise<void>;
  abort(reason: unknown): Promise<void>;
}

/** @throws OctoliteError INVALID_ARGUMENT. */
export function openSink(sink: WritableStream<Uint8Array> | ByteSink): Output {
  if (typeof WritableStream === 'function' && sink instanceof WritableStream) {
    const writer = sink.getWriter();
    return {
      async write(chunk) {
        await writer.ready;
        await writer.write(chunk);
      },
      close: () => writer.close(),
      abort: (reason) => writer.abort(reason).catch(() => undefined),
    };
  }
  const { write } = sink as Partial<ByteSink>;
  if (typeof write !== 'function') {
    throw new OctoliteError('INVALID_ARGUMENT', 'there is nowhere to write to', {
      hint: 'give a WritableStream or {write(chunk)}',
    });
  }
  return {
    write: async (chunk) => (sink as ByteSink).write(chunk),
    close: () => Promise.resolve(),
    abort: () => Promise.resolve(),
  };
}
