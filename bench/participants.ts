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
  // The threads of OpenMP, of TensorFlow and of our kernels. JAX takes as many as the process has processors.
  const threads = String(shared.threads);
  const env = { OMP_NUM_THREADS: threads, TF_NUM_INTRAOP_THREADS: threads, PIXELRNN_THREADS: threads };
  const argument = (mode: ParticipantArgument['mode']) => JSON.stringify({ ...shared, mode });
  if (name === 'ours') {
    const program = join(import.meta.dirname, 'ours', 'participant.ts');
    const args = ['--conditions=@pixelrnn/source', '--import', 'tsx', program, argument('ours')];
    return { name, program: process.execPath, args, env, cwd: root };
  }
  const { framework, mode } = peers[name];
  const file = `${shared.work.model === 'pixelcnn' ? 'pixelcnn' : 'pixelrnn'}_${framework}.py`;
  const args = ['-B', join(peersFolder, file), argument(mode)]; // -B: leaves no __pycache__ in the checkout
  return { name, program: venvPython, args, env };
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
