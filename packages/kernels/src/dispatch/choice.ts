import * as tf from '@tensorflow/tfjs';
import { environmentVariable, nativeKernels } from '#native';
import { composedKernels } from '../composed/kernelSet.js';
import type { FusedKernelSet, KernelSet } from '../fused/kernelSets.js';
import { wasmKernels } from '../wasm/kernels.js';
import type { KernelKind, Unavailable } from './kernelKind.js';

/** `auto`: fused kernels where the backend has them, else composed ones. The others force one kind. */
export type KernelChoice = 'auto' | 'fused' | 'composed';

const choices: readonly string[] = ['auto', 'fused', 'composed'];
const variable = 'PIXELRNN_KERNELS';

let forced: KernelChoice | undefined;
const fusedSets = new WeakMap<tf.KernelBackend, FusedKernelSet | Unavailable>();

/**
 * Chooses the kernels of all later operations, over the environment variable PIXELRNN_KERNELS.
 *
 * @throws Error if `fused` is asked for and the current backend has no fused kernels; the choice is then unchanged
 */
export function setKernels(choice: KernelChoice): void {
  checkChoice('setKernels', choice);
  if (choice === 'fused' && tf.getBackend()) fusedOrThrow(tf.backend());
  forced = choice;
}

/**
 * The kernels that run on TensorFlow.js' current backend: `native` (TensorFlow custom ops), `wasm` (a module on the
 * WASM backend's heap) or `composed` (TensorFlow.js operations).
 *
 * @throws Error if fused kernels are forced and the backend has none
 */
export function kernelsInUse(): KernelKind {
  return kernelsOf(tf.backend()).kind;
}

/** Why the current backend has no fused kernels, in one sentence; null where it has them. */
export function whyComposed(): string | null {
  const fused = fusedKernels(tf.backend());
  return 'unavailable' in fused ? sentence(fused) : null;
}

/** What to tell a user whose operations are slow for want of an install, else null. */
export function slownessWarning(): string | null {
  if (choiceInForce() !== 'auto') return null;
  const fused = fusedKernels(tf.backend());
  if (!('unavailable' in fused && fused.repairable)) return null;
  return `${sentence(fused)} Composed ones run instead, several times slower.`;
}

/** The kernels that the choice in force gives a backend, which must be the current one. */
export function kernelsOf(backend: tf.KernelBackend): KernelSet {
  const choice = choiceInForce();
  if (choice === 'composed') return composedKernels;
  if (choice === 'fused') return fusedOrThrow(backend);
  const fused = fusedKernels(backend);
  return 'unavailable' in fused ? composedKernels : fused;
}

function choiceInForce(): KernelChoice {
  const choice = forced ?? (environmentVariable(variable) || 'auto');
  checkChoice(variable, choice);
  return choice;
}

function checkChoice(source: string, choice: string): asserts choice is KernelChoice {
  if (!choices.includes(choice)) {
    throw new Error(`${source}: expected one of ${choices.join(', ')}, got ${JSON.stringify(choice)}`);
  }
}

/**
 * The fused kernels of the current backend, whatever the choice in force.
 *
 * @throws Error if it has none
 */
export function fusedOrThrow(backend: tf.KernelBackend): FusedKernelSet {
  const fused = fusedKernels(backend);
  if ('unavailable' in fused) {
    throw new Error(
      `Fused kernels were asked for. ${sentence(fused)} Use 'auto' (or unset ${variable}) to go on without them.`,
    );
  }
  return fused;
}

function sentence({ unavailable }: Unavailable): string {
  return `The backend '${tf.getBackend()}' has no fused kernels: ${unavailable}.`;
}

function fusedKernels(backend: tf.KernelBackend): FusedKernelSet | Unavailable {
  let fused = fusedSets.get(backend);
  if (!fused) {
    fused = loadFusedKernels(backend);
    fusedSets.set(backend, fused);
  }
  return fused;
}

function loadFusedKernels(backend: tf.KernelBackend): FusedKernelSet | Unavailable {
  switch (tf.getBackend()) {
    case 'tensorflow':
      return nativeKernels(backend);
    case 'wasm':
      return wasmKernels(backend);
    default:
      return { unavailable: 'none are written for it' };
  }
}
