/** The size of a file that is compressed with gzip. */
export async function gzipSize(file: Blob): Promise<number> {
  const reader = file.stream().pipeThrough(new CompressionStream('gzip')).getReader();
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return size;
    size += value.byteLength;
  }
}
