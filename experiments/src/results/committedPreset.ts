import type { PresetName } from '../experiment.js';

/** The preset of the committed results. */
export const committedPreset: PresetName = 'cpu';
