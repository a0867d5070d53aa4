import type * as tf from '@tensorflow/tfjs';
import { countOf, type TensorflowOps } from '../native/tensorflowBackend.js';
import { type CallMemory, withMemory } from '../wasm/callMemory.js';
import { type Address, type Kernels, structs } from '../wasm/kernelsHeader.js';
import type { WasmHeap } from '../wasm/wasmHeap.js';

// Row LSTM and Diagonal BiLSTM differ in shapes and in the functions that they call. Their tensors are in the order of
// kernels.h everywhere: x and the parameters, then the addition or what the backward pass reads; and the gradients.

type Parameter = keyof typeof structs.pixelrnn_lstm_parameters;
type Gradient = keyof typeof structs.pixelrnn_lstm_gradients;

const lstmParameters = Object.keys(structs.pixelrnn_lstm_parameters) as Parameter[];
/** What a recurrent layer has gradients for, in the order in which the backward kernel gives them. */
export const lstmGradients = Object.keys(structs.pixelrnn_lstm_gradients) as Gradient[];

/** Shaped as in `RowLSTMInputs` and `DiagonalBiLSTMInputs`; of the up-projection all three or none. */
type LstmInputs = { x: tf.TensorInfo } & Record<Exclude<Parameter, `up${string}`>, tf.TensorInfo> &
  Partial<Record<Extract<Parameter, `up${string}`>, tf.TensorInfo>>;
type LstmForwardInputs = LstmInputs & { addition?: tf.TensorInfo };
type LstmBackwardInputs = LstmInputs & {
  gates: tf.TensorInfo;
  /** The hidden map, given with an up-projection. */
  hidden?: tf.TensorInfo;
  dy: tf.TensorInfo;
};

type LstmAttributes = {
  /** Row and column of each live tap of the input kernel, flattened. */
  taps: number[];
  residual: boolean;
};
type LstmBackwardAttributes = LstmAttributes & { additionGradient: boolean };

/** y, the activated gates, and with an up-projection the hidden map. */
type Forward = (inputs: LstmForwardInputs, attributes: LstmAttributes) => tf.TensorInfo[];
/** The gradients of {@link lstmGradients} that there are, of the addition if asked for. */
type Backward = (inputs: LstmBackwardInputs, attributes: LstmBackwardAttributes) => tf.TensorInfo[];

export interface LstmKernels {
  rowLSTM: Forward;
  rowLSTMBackward: Backward;
  diagonalBiLSTM: Forward;
  diagonalBiLSTMBackward: Backward;
}

export function nativeLstm(ops: TensorflowOps): LstmKernels {
  const tensors = (inputs: LstmInputs) => [inputs.x, ...lstmParameters.map((name) => inputs[name])];
  const counts = ({ upKernel }: LstmInputs, residual: boolean, additions: number) => ({
    projections: countOf(upKernel),
    additions,
    residual,
  });
  const forward =
    (name: string, own: (attributes: LstmAttributes) => object): Forward =>
    (inputs, attributes) => {
      const all = { ...own(attributes), ...counts(inputs, attributes.residual, countOf(inputs.addition)) };
      return ops.run(name, all, [...tensors(inputs), inputs.addition], inputs.upKernel ? 3 : 2);
    };
  const backward =
    (name: string, own: (attributes: LstmAttributes) => object): Backward =>
    (inputs, attributes) => {
      const { gates, hidden, dy } = inputs;
      const additions = Number(attributes.additionGradient);
      const all = { ...own(attributes), ...counts(inputs, attributes.residual, additions) };
      const outputs = (inputs.upKernel ? 8 : 6) + additions;
      return ops.run(name, all, [...tensors(inputs), gates, hidden, dy], outputs);
    };
  const taps = (attributes: LstmAttributes) => ({ taps: attributes.taps });
  const none = () => ({});
  return {
    rowLSTM: forward('rowLSTM', taps),
    rowLSTMBackward: backward('rowLSTMBackward', taps),
    diagonalBiLSTM: forward('diagonalBiLSTM', none),
    diagonalBiLSTMBackward: backward('diagonalBiLSTMBackward', none),
  };
}

/** What tells the two layers apart on the WASM heap. */
interface WasmLayer {
  operation: string;
  directions: number;
  functions: 'pixelrnn_row_lstm' | 'pixelrnn_diagonal_bilstm';
  struct(memory: CallMemory, inputs: LstmInputs, attributes: LstmAttributes): Address;
}

const row: WasmLayer = {
  operation: 'rowLSTM',
  directions: 1,
  functions: 'pixelrnn_row_lstm',
  struct(memory, inputs, { taps, residual }) {
    const [stateWidth, hidden] = inputs.stateKernel.shape as [number, number];
    return memory.struct('pixelrnn_row_lstm', {
      ...sizesOf(inputs),
      hidden,
      kernelWidth: inputs.inputKernel.shape[1] as number,
      tapCount: taps.length / 2,
      taps: memory.list(taps),
      stateWidth,
      up: projection(inputs, residual),
    });
  },
};

const diagonal: WasmLayer = {
  operation: 'diagonalBiLSTM',
  directions: 2,
  functions: 'pixelrnn_diagonal_bilstm',
  struct(memory, inputs, { residual }) {
    const hidden = inputs.stateKernel.shape[2] as number;
    const up = projection(inputs, residual);
    return memory.struct('pixelrnn_diagonal_bilstm', { ...sizesOf(inputs), hidden, up });
  },
};

function sizesOf({ x }: LstmInputs) {
  const [batch, height, width, cin] = x.shape as [number, number, number, number];
  return { batch, height, width, cin };
}

function projection({ upKernel }: LstmInputs, residual: boolean) {
  return { channels: upKernel?.shape[3] ?? 0, residual };
}

export function wasmLstm(heap: WasmHeap, kernels: Kernels): LstmKernels {
  const parametersOf = ({ upKernel, upMask, upBias, ...inputs }: LstmInputs) => {
    const { inputKernel, inputMask, bias, stateKernel, initialHidden, initialCell } = inputs;
    const needed = { inputKernel, inputMask, bias, stateKernel, initialHidden, initialCell };
    return heap.addresses({ ...needed, upKernel, upMask, upBias });
  };
  const forward =
    (layer: WasmLayer): Forward =>
    (inputs, attributes) =>
      withMemory(heap, layer.operation, (memory) => {
        const lstm = layer.struct(memory, inputs, attributes);
        const map = inputs.x.shape.slice(0, 3);
        const h = inputs.stateKernel.shape[inputs.stateKernel.shape.length - 2] as number;
        const { upKernel } = inputs;
        const shapes = {
          y: [...map, upKernel ? (upKernel.shape[3] as number) : h],
          gates: [...map, 4 * layer.directions * h],
          hidden: upKernel && [...map, h],
        };
        return memory.outputs(shapes, ({ y, gates, hidden }) => {
          kernels[`${layer.functions}_forward`]({
            lstm,
            ...heap.addresses({ x: inputs.x, addition: inputs.addition }),
            parameters: memory.struct('pixelrnn_lstm_parameters', parametersOf(inputs)),
            gates,
            hidden: upKernel ? hidden : y,
            y,
            workspace: memory.space(kernels[`${layer.functions}_forward_workspace`]({ lstm })),
          });
        });
      });
  const backward =
    (layer: WasmLayer): Backward =>
    (inputs, attributes) =>
      withMemory(heap, `gradient of ${layer.operation}`, (memory) => {
        const lstm = layer.struct(memory, inputs, attributes);
        const { x, gates, hidden, dy } = inputs;
        // The gates' sums are what the addition is added to.
        const like = { ...inputs, addition: attributes.additionGradient ? gates : undefined };
        const shapes = Object.fromEntries(lstmGradients.map((name) => [name, like[name]?.shape]));
        return memory.outputs(shapes as Record<Gradient, number[] | undefined>, (gradients) => {
          kernels[`${layer.functions}_backward`]({
            lstm,
            ...heap.addresses({ x, gates, hidden, dy }),
            parameters: memory.struct('pixelrnn_lstm_parameters', parametersOf(inputs)),
            gradients: memory.struct('pixelrnn_lstm_gradients', gradients),
            workspace: memory.space(kernels[`${layer.functions}_backward_workspace`]({ lstm })),
          });
        });
      });
  return {
    rowLSTM: forward(row),
    rowLSTMBackward: backward(row),
    diagonalBiLSTM: forward(diagonal),
    diagonalBiLSTMBackward: backward(diagonal),
  };
}
