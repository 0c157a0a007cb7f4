import { OctoliteError } from '../errors.js';

/** Rates between which sounds are resampled, in Hz. */
const LOWEST_RATE = 100;
const HIGHEST_RATE = 1_000_000;
/** Of the result: 2 GB. */
const MOST_SAMPLES = 2 ** 29;

// The filter is J. O. Smith's ("Digital Audio Resampling", CCRMA): a windowed sinc, looked up in a
// table with linear interpolation. The Kaiser window's beta is for 80 dB of attenuation, which
// Kaiser's formula gives this length for when the transition takes the upper 8 % of the band.
const ZEROS = 64;
const BETA = 7.857;
const ROLLOFF = 0.96;
/** Entries of the table between two zeros; the interpolation then errs by less than -100 dB. */
const DENSITY = 512;

let table: Float64Array | undefined;

/** The modified Bessel function of order 0. */
function bessel0(x: number): number {
  let [term, sum] = [1, 1];
  for (let k = 1; term > 1e-12 * sum; ++k) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** The right half of the filter, from 0 to the last zero, and one entry more. */
function filterTable(): Float64Array {
  return Float64Array.from({ length: ZEROS * DENSITY + 2 }, (_, i) => {
    const at = i / DENSITY;
    const share = at / ZEROS;
    if (share >= 1) return 0;
    const sinc = at === 0 ? 1 : Math.sin(Math.PI * at) / (Math.PI * at);
    return (sinc * bessel0(BETA * Math.sqrt(1 - share * share))) / bessel0(BETA);
  });
}

function checkRate(rate: number): void {
  if (rate >= LOWEST_RATE && rate <= HIGHEST_RATE) return;
  throw new OctoliteError('INVALID_ARGUMENT', `a sound cannot be resampled at ${rate} Hz`, {
    hint: `rates are ${LOWEST_RATE} to ${HIGHEST_RATE} Hz`,
  });
}

/**
 * A sound at another rate, by a band-limited filter: what the new rate cannot hold is at least 80 dB
 * down, what is below 92 % of either band is as it was to 0.01 dB. Silence is taken to be before and
 * after it.
 * @param samples Of one channel.
 * @returns ceil(samples.length * to / from) samples, of which the first is at the same moment.
 * @throws OctoliteError INVALID_ARGUMENT for rates outside 100 Hz to 1 MHz.
 */
export function resampleSound(samples: Float32Array, from: number, to: number): Float32Array {
  checkRate(from);
  checkRate(to);
  if (from === to) return samples.slice();
  const length = Math.ceil((samples.length * to) / from);
  if (length > MOST_SAMPLES) {
    throw new OctoliteError('INVALID_ARGUMENT', `${length} samples are too many for one sound`);
  }
  table ??= filterTable();
  const filter = table;
  // Of the filter's zeros per sample of the source.
  const density = ROLLOFF * Math.min(1, to / from);
  const reach = ZEROS / density;
  const step = density * DENSITY;
  const result = new Float32Array(length);
  for (let i = 0; i < length; ++i) {
    const middle = (i * from) / to;
    const first = Math.max(0, Math.ceil(middle - reach));
    const last = Math.min(samples.length - 1, Math.floor(middle + reach));
    let sum = 0;
    for (let j = first; j <= last; ++j) {
      const at = (j < middle ? middle - j : j - middle) * step;
      // No entry is so far out that 32 bits do not hold its number.
      const entry = at | 0;
      const low = filter[entry]!;
      sum += samples[j]! * (low + (at - entry) * (filter[entry + 1]! - low));
    }
    result[i] = sum * density;
  }
  return result;
}
