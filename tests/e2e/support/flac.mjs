/** A FLAC file of one frame without compression, for browsers to decode. */

/** The remainder of a polynomial division, the highest bit first. */
function crc(bytes, bits, polynomial) {
  const top = 2 ** (bits - 1);
  const mask = 2 ** bits - 1;
  let remainder = 0;
  for (const byte of bytes) {
    remainder ^= byte << (bits - 8);
    for (let i = 0; i < 8; ++i) {
      remainder = (remainder & top ? (remainder << 1) ^ polynomial : remainder << 1) & mask;
    }
  }
  return remainder;
}

const u16 = (value) => [(value >> 8) & 255, value & 255];

/** @param {number[][]} channels Of up to 65536 numbers of 16 bits each. */
export function flacOf(channels, sampleRate) {
  const length = channels[0].length;
  const info = [
    ...u16(length),
    ...u16(length),
    ...[0, 0, 0, 0, 0, 0],
    // 20 bits of the rate, 3 of the channels, 5 of the depth, 36 of the length.
    ...u16(sampleRate >> 4),
    ((sampleRate & 15) << 4) | ((channels.length - 1) << 1),
    15 << 4,
    ...[0, 0, ...u16(length)],
    ...Array(16).fill(0),
  ];
  const header = [0xff, 0xf8, 0x70, ((channels.length - 1) << 4) | 8, 0, ...u16(length - 1)];
  const frame = [...header, crc(header, 8, 0x07)];
  for (const channel of channels) frame.push(2, ...channel.flatMap((value) => u16(value)));
  const sound = [...frame, ...u16(crc(frame, 16, 0x8005))];
  return Uint8Array.from([...Buffer.from('fLaC'), 0x80, 0, 0, info.length, ...info, ...sound]);
}
