import type { PlanMap } from '@pixelrnn/kernels';
import { colorOfChannel } from '../mask/mask.js';

/** The colour that a map's channel belongs to; -1 where channels belong to none. */
export function colorOf({ channels, groups }: PlanMap, colors: number, channel: number): number {
  return groups === 'all' ? -1 : colorOfChannel(channel, channels, colors, groups);
}
