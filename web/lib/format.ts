/**
 * Numbers as the page prints them, in every language alike: one unit per kind of quantity, three
 * significant digits.
 */
import { translated } from './language.js';

const words = translated({
  en: { exact: 'exact', scalar: 'scalar', comma: ', ' },
  zh: { exact: '完全一致', scalar: '标量', comma: '、' },
});

const kCount = new Intl.NumberFormat('en');

function threeDigits(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 100) return value.toFixed(0);
  if (magnitude >= 10) return value.toFixed(1);
  return value.toFixed(2);
}

/** 1536 -> "1.50 KiB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${threeDigits(bytes / 1024)} KiB`;
  return `${threeDigits(bytes / (1024 * 1024))} MiB`;
}

/** 1.318 -> "1.32 ms"; several are joined by a dash and share the digits of the first. */
export function formatMilliseconds(...milliseconds: [number, ...number[]]): string {
  const [first] = milliseconds;
  const digits = first < 1 ? 3 : first < 10 ? 2 : first < 100 ? 1 : 0;
  return `${milliseconds.map((each) => each.toFixed(digits)).join('–')} ms`;
}

/** The library stands in 300 dB for "no error at all". */
export function formatDecibels(decibels: number): string {
  if (decibels >= 300) return words.value.exact;
  return `${decibels.toFixed(1)} dB`;
}

/** 3.6 -> "3.6×", 12.3 -> "12×". */
export function formatRatio(ratio: number): string {
  return `${ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(1)}×`;
}

export function formatCount(count: number): string {
  return kCount.format(count);
}

export function formatPercent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** Multiply-adds: 41234567 -> "41.2 M". */
export function formatMultiplyAdds(count: number): string {
  if (count <= 0) return '–';
  if (count < 1e3) return `${count}`;
  if (count < 1e6) return `${threeDigits(count / 1e3)} k`;
  if (count < 1e9) return `${threeDigits(count / 1e6)} M`;
  return `${threeDigits(count / 1e9)} G`;
}

/** [-1, 32, 32, 3] -> "? × 32 × 32 × 3"; a scalar has no dimensions. */
export function formatShape(shape: readonly number[]): string {
  if (shape.length === 0) return words.value.scalar;
  return shape.map((dimension) => (dimension < 0 ? '?' : String(dimension))).join(' × ');
}

/** "a, b, c", with the comma of the language. */
export function formatList(items: readonly string[]): string {
  return items.join(words.value.comma);
}

/** For English words: "1 sample", "2 samples". Chinese has no plural: `${formatCount(count)} 个样本`. */
export function plural(count: number, singular: string, many = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : many}`;
}
