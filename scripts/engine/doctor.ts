import {
  type EngineInfo,
  type EngineSpeed,
  matmulSize,
  readComparison,
  tensorflowInstallation,
} from '@pixelrnn/engine';
import { cacheDir } from '@pixelrnn/files';
import { kernelsInUse, whyComposed } from '@pixelrnn/kernels';
import { verdict } from './chooseEngine.js';

/** What `pnpm engine` prints: a row each. */
export function report(info: EngineInfo, { conv2dGflops, matmulGflops }: EngineSpeed): string {
  const installation = tensorflowInstallation();
  const composed = kernelsInUse() === 'composed' ? whyComposed() : null;
  const rows: [string, string][] = [
    [
      'Engine',
      `${info.engine}, ${plural(info.threads, 'thread')}, ${plural(info.simd, 'float')} a vector register`,
    ],
    ['TensorFlow', info.engine === 'gpu' || info.engine === 'node' ? info.tensorflow : 'not used'],
    ['TensorFlow.js', info.tfjs],
    ['Node', `${process.version}, ${process.platform}-${process.arch}`],
    ['libtensorflow', installation ? installation.libraryDir : "not installed: 'pnpm engine install'"],
    ['Cache', cacheDir()],
    ['Kernels', kernelsInUse() + (composed ? `: ${composed}` : '')],
    ...compared(info, composed !== null),
    ...info.attempts.map(({ engine, loaded, reason }): [string, string] => [
      `Tried ${engine}`,
      loaded ? 'runs' : reason,
    ]),
    ['conv2d', `${conv2dGflops.toFixed(1)} GFLOP/s`],
    [
      'matMul',
      `${matmulGflops.toFixed(1)} GFLOP/s (${matmulSize(info.engine)} x ${matmulSize(info.engine)})`,
    ],
  ];
  return rows.map(([name, value]) => `${name.padEnd(14)} ${value}`).join('\n');
}

/** Where native TensorFlow has no fused kernels: how it trains beside the next engine that has, as it was measured. */
function compared({ engine }: EngineInfo, composed: boolean): [string, string][] {
  const comparison = tensorflowInstallation() ? readComparison() : undefined;
  if (comparison) return [['Compared', verdict(comparison)]];
  if (!composed || (engine !== 'node' && engine !== 'gpu')) return [];
  const rival =
    engine === 'gpu' ? 'the processor, which may train small models' : 'WebAssembly, which may train';
  return [['Compared', `not yet with ${rival} faster: 'pnpm engine install'`]];
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
