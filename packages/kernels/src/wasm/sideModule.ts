import { kernelsBase64 } from './module.js';
import { type Memory, webAssembly } from './webAssembly.js';

type Address = number;

/** The functions of `cpp/kernels.h`, pointers as addresses; the executor is always null, 0. */
export interface KernelExports {
  pixelrnn_conv_forward_workspace(conv: Address): number;
  pixelrnn_conv_forward(
    conv: Address,
    x: Address,
    kernel: Address,
    mask: Address,
    bias: Address,
    residual: Address,
    y: Address,
    workspace: Address,
    executor: 0,
  ): void;
  pixelrnn_conv_backward_workspace(conv: Address): number;
  pixelrnn_conv_backward(
    conv: Address,
    x: Address,
    kernel: Address,
    mask: Address,
    y: Address,
    dy: Address,
    dx: Address,
    dkernel: Address,
    dbias: Address,
    workspace: Address,
    executor: 0,
  ): void;
  pixelrnn_chain_maps(chain: Address): number;
  pixelrnn_chain_forward_workspace(chain: Address): number;
  pixelrnn_chain_forward(
    chain: Address,
    x: Address,
    kernels: Address,
    masks: Address,
    biases: Address,
    maps: Address,
    y: Address,
    workspace: Address,
    executor: 0,
  ): void;
  pixelrnn_chain_backward_workspace(chain: Address): number;
  pixelrnn_chain_backward(
    chain: Address,
    x: Address,
    kernels: Address,
    masks: Address,
    maps: Address,
    dy: Address,
    dx: Address,
    dkernels: Address,
    dbiases: Address,
    workspace: Address,
    executor: 0,
  ): void;
  pixelrnn_gated_conv_forward_workspace(conv: Address): number;
  pixelrnn_gated_conv_forward(
    conv: Address,
    x: Address,
    kernel: Address,
    mask: Address,
    bias: Address,
    vector: Address,
    map: Address,
    halves: Address,
    y: Address,
    workspace: Address,
    executor: 0,
  ): void;
  pixelrnn_gated_conv_backward_workspace(conv: Address): number;
  pixelrnn_gated_conv_backward(
    conv: Address,
    x: Address,
    kernel: Address,
    mask: Address,
    halves: Address,
    dy: Address,
    dx: Address,
    dkernel: Address,
    dbias: Address,
    dvector: Address,
    dmap: Address,
    workspace: Address,
    executor: 0,
  ): void;
  pixelrnn_row_lstm_forward_workspace(lstm: Address): number;
  pixelrnn_row_lstm_forward: LstmForward;
  pixelrnn_row_lstm_backward_workspace(lstm: Address): number;
  pixelrnn_row_lstm_backward: LstmBackward;
  pixelrnn_diagonal_bilstm_forward_workspace(lstm: Address): number;
  pixelrnn_diagonal_bilstm_forward: LstmForward;
  pixelrnn_diagonal_bilstm_backward_workspace(lstm: Address): number;
  pixelrnn_diagonal_bilstm_backward: LstmBackward;
  pixelrnn_softmax_cross_entropy_forward(
    batch: number,
    perImage: number,
    levels: number,
    logits: Address,
    labels: Address,
    nats: Address,
    normaliser: Address,
    executor: 0,
  ): number;
  pixelrnn_softmax_cross_entropy_backward(
    batch: number,
    perImage: number,
    levels: number,
    logits: Address,
    labels: Address,
    normaliser: Address,
    dnats: Address,
    dlogits: Address,
    executor: 0,
  ): void;
  pixelrnn_bernoulli_cross_entropy_forward(
    batch: number,
    perImage: number,
    logits: Address,
    labels: Address,
    nats: Address,
    executor: 0,
  ): number;
  pixelrnn_bernoulli_cross_entropy_backward(
    batch: number,
    perImage: number,
    logits: Address,
    labels: Address,
    dnats: Address,
    dlogits: Address,
    executor: 0,
  ): void;
  pixelrnn_rmsprop(
    count: number,
    rate: number,
    decay: number,
    epsilon: number,
    gradient: Address,
    parameter: Address,
    square: Address,
    newParameter: Address,
    newSquare: Address,
  ): void;
  pixelrnn_adam(
    count: number,
    rate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    step: number,
    gradient: Address,
    parameter: Address,
    mean: Address,
    square: Address,
    newParameter: Address,
    newMean: Address,
    newSquare: Address,
  ): void;
}

type LstmForward = (
  lstm: Address,
  x: Address,
  parameters: Address,
  addition: Address,
  gates: Address,
  hidden: Address,
  y: Address,
  workspace: Address,
  executor: 0,
) => void;

type LstmBackward = (
  lstm: Address,
  x: Address,
  parameters: Address,
  gates: Address,
  hidden: Address,
  dy: Address,
  gradients: Address,
  workspace: Address,
  executor: 0,
) => void;

/** A heap that the module may live on. */
export interface Heap {
  readonly memory: Memory;
  /** Address of `bytes` new bytes, or throws. */
  allocate(bytes: number): Address;
}

const stackBytes = 256 * 1024;

/** Starts the kernels on a heap, where they take a stack and their constants; both stay as long as the heap. */
export function startKernels(heap: Heap): KernelExports {
  const { Module, Instance, Global, Table } = webAssembly;
  const bytes = Uint8Array.from(atob(kernelsBase64), (character) => character.charCodeAt(0));
  const module = new Module(bytes);
  const [section] = Module.customSections(module, 'dylink.0');
  if (!section) throw new Error('the embedded WebAssembly is not a side module');
  const needs = readNeeds(new Uint8Array(section));
  const stack = allocateAligned(heap, stackBytes);
  const base = allocateAligned(heap, needs.memory);
  new Uint8Array(heap.memory.buffer, base, needs.memory).fill(0);
  const constant = (value: number) => new Global({ value: 'i32', mutable: false }, value);
  const { exports } = new Instance(module, {
    env: {
      memory: heap.memory,
      __stack_pointer: new Global({ value: 'i32', mutable: true }, stack + stackBytes),
      __memory_base: constant(base),
      __table_base: constant(0),
      __indirect_function_table: new Table({ element: 'anyfunc', initial: needs.table }),
    },
  });
  return exports as KernelExports;
}

const alignment = 64;

function allocateAligned(heap: Heap, bytes: number): Address {
  return aligned(heap.allocate(bytes + alignment));
}

/** The next address that is a multiple of 64. Addresses reach 2^32, so no bit operations. */
export function aligned(address: Address): Address {
  return Math.ceil(address / alignment) * alignment;
}

/** What a side module states in its section's first part: bytes of static data, entries of the function table. */
function readNeeds(section: Uint8Array): { memory: number; table: number } {
  const memoryPart = 1;
  if (section[0] !== memoryPart) throw new Error('the embedded WebAssembly does not state its memory');
  let position = 1;
  const readNumber = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = section[position++] as number;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  readNumber(); // length of the part
  const memory = readNumber();
  readNumber(); // alignment of the memory: 64 bytes are enough for any
  return { memory, table: readNumber() };
}
