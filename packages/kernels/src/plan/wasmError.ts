/** What a machine lacks for plans to run in WebAssembly. */
export class WasmError extends Error {
  constructor(
    message: string,
    readonly lack: 'simd' | 'memory',
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'WasmError';
  }
}
