export { randomSample, randomSamples, seededRandom } from './random.js';
