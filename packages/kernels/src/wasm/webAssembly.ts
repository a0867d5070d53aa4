// The part of WebAssembly's interface that is used here: its types come with the DOM's, which Node code does without.

export interface Memory {
  readonly buffer: ArrayBuffer;
}

type Constructor<Arguments extends unknown[], Instance> = new (...args: Arguments) => Instance;

interface Interface {
  Module: Constructor<[bytes: Uint8Array], object> & {
    customSections(module: object, name: string): ArrayBuffer[];
  };
  Instance: Constructor<[module: object, imports: object], { readonly exports: object }>;
  Global: Constructor<[type: { value: 'i32'; mutable: boolean }, value: number], object>;
  Table: Constructor<[type: { element: 'anyfunc'; initial: number }], object>;
  Memory: Constructor<[type: { initial: number }], Memory>;
}

/** The host's WebAssembly, in Node and browsers alike. */
export const webAssembly = (globalThis as unknown as { WebAssembly: Interface }).WebAssembly;
