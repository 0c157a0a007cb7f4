/** Ranges of weights, channel by channel. */

/** Of each channel, in their order. */
export interface ChannelRanges {
  readonly count: number;
  readonly min: Float64Array;
  readonly max: Float64Array;
  /** Squares of the values and of their errors, summed; no errors without a second model. */
  readonly signal: Float64Array;
  readonly noise: Float64Array;
}

/** Adds the values from one index up to another. */
export interface ChannelSums extends ChannelRanges {
  readonly add: (from: number, to: number) => void;
}

/**
 * @param other The same values after quantizing.
 * @param axis The dimension whose indices are the channels.
 */
export function channelSums(
  values: ArrayLike<number>,
  other: ArrayLike<number> | null,
  shape: readonly number[],
  axis: number,
): ChannelSums {
  const count = shape[axis] ?? 1;
  const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const min = new Float64Array(count).fill(Infinity);
  const max = new Float64Array(count).fill(-Infinity);
  const signal = new Float64Array(count);
  const noise = new Float64Array(count);
  const add = (from: number, to: number): void => {
    let channel = Math.floor(from / inner) % count;
    let left = inner - (from % inner);
    for (let i = from; i < to; ++i) {
      const value = values[i]!;
      if (value < min[channel]!) min[channel] = value;
      if (value > max[channel]!) max[channel] = value;
      signal[channel]! += value * value;
      if (other) noise[channel]! += (value - other[i]!) ** 2;
      if (--left === 0) {
        left = inner;
        if (++channel === count) channel = 0;
      }
    }
  };
  return { count, min, max, signal, noise, add };
}

/** Decibels of a channel; 300 stands for no error at all. */
export function channelSqnr({ signal, noise }: ChannelRanges, channel: number): number {
  const [s, n] = [signal[channel]!, noise[channel]!];
  return n > 0 && s > 0 ? Math.min(10 * Math.log10(s / n), 300) : 300;
}

/** How far a channel goes from 0. */
export function reach({ min, max }: ChannelRanges, channel: number): number {
  return Math.max(-min[channel]!, max[channel]!, 0);
}

export interface Use {
  /** Channels by how far they go, the least first. */
  readonly order: readonly number[];
  /** Of the channel that goes farthest: the range of all, if they shared one. */
  readonly widest: number;
  /** What half of the channels use of that range at most, 0 to 1. */
  readonly medianShare: number;
}

/** How channels differ in what they use of a range that all would share. */
export function useOf(ranges: ChannelRanges): Use {
  const reaches = Float64Array.from({ length: ranges.count }, (_, i) => reach(ranges, i));
  const order = Array.from(reaches.keys()).sort((a, b) => reaches[a]! - reaches[b]! || a - b);
  const widest = reaches[order.at(-1) ?? 0] ?? 0;
  const median = reaches[order[Math.floor((order.length - 1) / 2)] ?? 0] ?? 0;
  return { order, widest, medianShare: widest > 0 ? median / widest : 1 };
}

/** Neighbours in an order, taken together so that there are at most `most` groups. */
export interface ChannelGroup {
  readonly channels: readonly number[];
  readonly low: number;
  readonly high: number;
  readonly meanLow: number;
  readonly meanHigh: number;
}

export function grouped(
  { min, max }: ChannelRanges,
  order: readonly number[],
  most: number,
): ChannelGroup[] {
  const size = Math.max(1, Math.ceil(order.length / most));
  const groups: ChannelGroup[] = [];
  for (let from = 0; from < order.length; from += size) {
    const channels = order.slice(from, from + size);
    const mean = (of: Float64Array): number =>
      channels.reduce((sum, channel) => sum + of[channel]!, 0) / channels.length;
    groups.push({
      channels,
      low: channels.reduce((least, channel) => Math.min(least, min[channel]!), Infinity),
      high: channels.reduce((greatest, channel) => Math.max(greatest, max[channel]!), -Infinity),
      meanLow: mean(min),
      meanHigh: mean(max),
    });
  }
  return groups;
}
