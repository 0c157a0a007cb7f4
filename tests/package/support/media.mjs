// What Chromium's camera sees.

/**
 * A film of one picture in the YUV4MPEG2 format, 640 x 480: the picture fills the middle square.
 * @param {{ width: number, height: number, rgb: Uint8Array }} picture A square one.
 */
export function filmOf({ width, rgb }) {
  const [across, down] = [640, 480];
  const left = (across - down) / 2;
  const grey = [128, 128, 128];
  const at = (x, y) => {
    const column = Math.floor(((x - left) * width) / down);
    if (column < 0 || column >= width) return grey;
    const start = 3 * (Math.floor((y * width) / down) * width + column);
    return rgb.subarray(start, start + 3);
  };
  // ITU-R BT.601, 16 to 235; colours at half the resolution.
  const plane = (step, [base, red, green, blue]) => {
    const bytes = Buffer.alloc((across / step) * (down / step));
    for (let i = 0; i < bytes.length; ++i) {
      const row = Math.floor(i / (across / step));
      const [r, g, b] = at((i % (across / step)) * step, row * step);
      bytes[i] = Math.round(base + (red * r + green * g + blue * b) / 256);
    }
    return bytes;
  };
  const frame = Buffer.concat([
    Buffer.from('FRAME\n'),
    plane(1, [16, 65.738, 129.057, 25.064]),
    plane(2, [128, -37.945, -74.494, 112.439]),
    plane(2, [128, 112.439, -94.154, -18.285]),
  ]);
  const header = Buffer.from(`YUV4MPEG2 W${across} H${down} F30:1 Ip A1:1 C420\n`);
  return Buffer.concat([header, frame, frame]);
}
