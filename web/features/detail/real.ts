/** Real numbers of tensors as the page prints them: 0.02353, −1.5, 1.2e-7. */
export function formatReal(value: number, digits = 4): string {
  if (value === 0) return '0';
  if (!Number.isFinite(value)) return String(value).replace('-', '−');
  return String(Number(value.toPrecision(digits))).replace(/^-/, '−');
}

/** Labels of axes: ticks are round numbers already. */
export function formatTick(value: number): string {
  return formatReal(value, 6);
}

/** Counts in little room: 1 200 000 is "1.2M". */
export function formatShortCount(count: number): string {
  if (count < 1e3) return formatReal(count, 3);
  if (count < 1e6) return `${formatReal(count / 1e3, 3)}k`;
  if (count < 1e9) return `${formatReal(count / 1e6, 3)}M`;
  return `${formatReal(count / 1e9, 3)}G`;
}
