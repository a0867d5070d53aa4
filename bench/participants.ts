import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from './participant.js';
import type { ParticipantArgument } from './protocol.js';
import type { ParticipantName, PeerName } from './report.js';
import { peersFolder, venvPython, whyNoPeers } from './venv.js';

const root = join(import.meta.dirname, '..');

/** All but the mode of the participant. */
export type SharedArgument = Omit<ParticipantArgument, 'mode'>;

export const peerNames: readonly PeerName[] = ['pytorch', 'torchCompile', 'jax'];

const peers = {
  pytorch: { framework: 'pytorch', mode: 'eager' },
  torchCompile: { framework: 'pytorch', mode: 'compile' },
  jax: { framework: 'jax', mode: 'jit' },
} as const;

/** How a participant is started. */
export function participantCommand(name: ParticipantName, shared: SharedArgument): Command {
  if (name === 'ours') {
    const program = join(import.meta.dirname, 'ours', 'participant.ts');
    const argument = JSON.stringify({ ...shared, mode: 'ours' });
    const args = ['--conditions=@pixelrnn/source', '--import', 'tsx', program, argument];
    return { name, program: process.execPath, args, env: threadsOf(shared), cwd: root };
  }
  const { framework, mode } = peers[name];
  return pythonPeer(name, framework, shared, mode);
}

/** PyTorch's loop that draws images; a step is one colour of one pixel. */
export const samplingPeer = (shared: SharedArgument): Command =>
  pythonPeer('pytorch', 'pytorch', shared, 'sample');

function pythonPeer(
  name: string,
  framework: 'pytorch' | 'jax',
  shared: SharedArgument,
  mode: ParticipantArgument['mode'],
): Command {
  const { model } = shared.work;
  const program = model === 'row' || model === 'diagonal' ? 'pixelrnn' : model;
  const file = `${program}_${framework}.py`;
  // -B: leaves no __pycache__ in the checkout
  const args = ['-B', join(peersFolder, file), JSON.stringify({ ...shared, mode })];
  return { name, program: venvPython, args, env: threadsOf(shared) };
}

/** The threads of OpenMP, of TensorFlow and of our kernels. JAX takes as many as the process has processors. */
export function threadsOf({ threads }: SharedArgument): Record<string, string> {
  const count = String(threads);
  return { OMP_NUM_THREADS: count, TF_NUM_INTRAOP_THREADS: count, PIXELRNN_THREADS: count };
}

/** Peers that cannot be asked here, and why, in one sentence each. */
export function missingPeers(): Map<PeerName, string> {
  const none = whyNoPeers();
  if (none) return new Map(peerNames.map((name) => [name, none]));
  const missing = new Map<PeerName, string>();
  const compiler = process.env.CXX ?? (process.platform === 'darwin' ? 'clang++' : 'g++');
  if (spawnSync(compiler, ['--version'], { stdio: 'ignore' }).status !== 0) {
    missing.set(
      'torchCompile',
      `torch.compile needs a C++ compiler: install ${compiler}, or name one in CXX.`,
    );
  }
  return missing;
}
