import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * The instruction set extensions of this processor, as the system names them, in alphabetical order.
 *
 * @throws Error where the system does not tell
 */
export function processorFeatures(): string[] {
  const text =
    process.platform === 'darwin'
      ? execFileSync('sysctl', ['machdep.cpu', 'hw.optional'], { encoding: 'utf8' })
      : readFileSync('/proc/cpuinfo', 'utf8');
  const features = process.platform === 'darwin' ? appleFeatures(text) : linuxFeatures(text);
  if (features.length === 0) throw new Error('the system does not list the features of its processor');
  return features;
}

/** From `/proc/cpuinfo`: what all processors listed there can do. */
export function linuxFeatures(text: string): string[] {
  const lists = [...text.matchAll(/^(?:flags|Features)\s*:(.*)$/gm)].map(([, list]) => words(list as string));
  const [first = [], ...others] = lists.map((list) => new Set(list));
  return [...first].filter((feature) => others.every((other) => other.has(feature))).sort();
}

/** From sysctl: Intel's lists of features and Apple's `hw.optional` switches that are on. */
export function appleFeatures(text: string): string[] {
  const lists = [...text.matchAll(/^machdep\.cpu\.\w*features: (.*)$/gm)].flatMap(([, list]) =>
    words((list as string).toLowerCase()),
  );
  const switches = [...text.matchAll(/^hw\.optional\.(\S+): 1$/gm)].map(([, name]) => name as string);
  return [...new Set([...lists, ...switches])].sort();
}

function words(list: string): string[] {
  return list.split(/\s+/).filter(Boolean);
}
