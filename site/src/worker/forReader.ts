import { WasmError } from '@pixelrnn/kernels/plan';

const lacking: Record<WasmError['lack'], string> = {
  simd: 'this browser has no WebAssembly with SIMD, in which the models run; a current Chrome, Edge, Firefox or Safari has it',
  memory: 'this browser gives the page too little memory for this model; closing other tabs may help',
};

/** What failed, in words for a reader of the page. */
export function forReader(error: unknown): string {
  if (error instanceof WasmError) return lacking[error.lack];
  return error instanceof Error ? error.message : String(error);
}
