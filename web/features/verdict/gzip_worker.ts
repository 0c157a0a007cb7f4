/** The script of a worker of its own: compresses a file with gzip and says what size that gives. */
async function gzipSize(file: Blob): Promise<number> {
  const reader = file.stream().pipeThrough(new CompressionStream('gzip')).getReader();
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return size;
    size += value.byteLength;
  }
}

addEventListener('message', ({ data }: MessageEvent<Blob>) => {
  void gzipSize(data).then((size) => postMessage(size));
});

export {};
