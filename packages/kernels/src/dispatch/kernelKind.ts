/** Fused: `native` is the TensorFlow custom ops, `wasm` the module on the WASM backend's heap. */
export type KernelKind = 'native' | 'wasm' | 'composed';

/** Why there are no fused kernels: a phrase that ends an error sentence, without a full stop. */
export interface Unavailable {
  unavailable: string;
  /** Whether an install or a repair would bring them. */
  repairable?: boolean;
}
