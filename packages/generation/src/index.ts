export { type SamplingOptions, sample } from './ancestralSampling.js';
