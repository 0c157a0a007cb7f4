// The audio front end: a second of sound as 49 x 10 mel-frequency cepstral coefficients, as the
// keyword spotter of MLPerf Tiny was trained on. Plain JavaScript, for Node.js and pages alike.

export const SAMPLE_RATE = 16000;
/** What the model listens to at a time: one second. */
export const CLIP_SAMPLES = SAMPLE_RATE;

const FRAME = 480; // 30 ms
const STEP = 320; // 20 ms
const FRAMES = 1 + Math.floor((CLIP_SAMPLES - FRAME) / STEP);
const FFT = 512;
const BANDS = 40;
const COEFFICIENTS = 10;
const [LOWEST_HZ, HIGHEST_HZ] = [20, 4000];

const table = (length, value) => Float64Array.from({ length }, (_, i) => value(i));

const WINDOW = table(FRAME, (i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / FRAME));
const COS = table(FFT / 2, (i) => Math.cos((2 * Math.PI * i) / FFT));
const SIN = table(FFT / 2, (i) => -Math.sin((2 * Math.PI * i) / FFT));
const MEL_BANDS = melBands();
const DCT = Array.from({ length: COEFFICIENTS }, (_, k) =>
  table(BANDS, (n) => Math.sqrt(2 / BANDS) * Math.cos((Math.PI / BANDS) * (n + 0.5) * k)),
);

/** Triangles on the mel scale: for each band, the weights of the bins of the spectrum. */
function melBands() {
  const mel = (hz) => 1127 * Math.log(1 + hz / 700);
  const [low, high] = [mel(LOWEST_HZ), mel(HIGHEST_HZ)];
  const edge = (i) => low + ((high - low) * i) / (BANDS + 1);
  return Array.from({ length: BANDS }, (_, band) => {
    const [left, middle, right] = [edge(band), edge(band + 1), edge(band + 2)];
    return table(FFT / 2 + 1, (bin) => {
      const at = mel((bin * SAMPLE_RATE) / FFT);
      return Math.max(0, Math.min((at - left) / (middle - left), (right - at) / (right - middle)));
    });
  });
}

/** In place, radix 2. */
function fft(real, imaginary) {
  const n = real.length;
  for (let i = 1, j = 0; i < n; ++i) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) [real[i], real[j]] = [real[j], real[i]]; // The imaginary parts are still all 0.
  }
  for (let half = 1; half < n; half *= 2) {
    const stride = FFT / (2 * half);
    for (let start = 0; start < n; start += 2 * half) {
      for (let k = 0; k < half; ++k) {
        const [a, b] = [start + k, start + k + half];
        const [c, s] = [COS[k * stride], SIN[k * stride]];
        const re = real[b] * c - imaginary[b] * s;
        const im = real[b] * s + imaginary[b] * c;
        real[b] = real[a] - re;
        imaginary[b] = imaginary[a] - im;
        real[a] += re;
        imaginary[a] += im;
      }
    }
  }
}

/**
 * @param {Float32Array} clip One second of mono sound at 16 kHz, in -1..1.
 * @returns {Float32Array} The model's input, [49, 10, 1].
 */
export function mfcc(clip) {
  if (clip.length !== CLIP_SAMPLES) {
    throw new RangeError(`a clip has ${CLIP_SAMPLES} samples, not ${clip.length}`);
  }
  // As in training: the loudest sample is 1. What is nearly silent is left so.
  const loudest = clip.reduce((most, value) => Math.max(most, value), 1e-3);
  const result = new Float32Array(FRAMES * COEFFICIENTS);
  const real = new Float64Array(FFT);
  const imaginary = new Float64Array(FFT);
  const bands = new Float64Array(BANDS);
  for (let frame = 0; frame < FRAMES; ++frame) {
    real.fill(0);
    imaginary.fill(0);
    for (let i = 0; i < FRAME; ++i) real[i] = (clip[frame * STEP + i] / loudest) * WINDOW[i];
    fft(real, imaginary);
    for (let band = 0; band < BANDS; ++band) {
      let energy = 0;
      MEL_BANDS[band].forEach((weight, bin) => {
        if (weight > 0) energy += weight * Math.hypot(real[bin], imaginary[bin]);
      });
      bands[band] = Math.log(energy + 1e-6);
    }
    for (let k = 0; k < COEFFICIENTS; ++k) {
      let sum = 0;
      for (let band = 0; band < BANDS; ++band) sum += DCT[k][band] * bands[band];
      result[frame * COEFFICIENTS + k] = sum;
    }
  }
  return result;
}
