export const presetNames = ['smoke', 'cpu', 'paper'] as const;
export type PresetName = (typeof presetNames)[number];
