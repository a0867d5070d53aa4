import type * as tf from '@tensorflow/tfjs';
import type {
  FusedKernelSet,
  LstmAttributes,
  LstmBackwardAttributes,
  LstmBackwardInputs,
  LstmForwardInputs,
  LstmInputs,
} from '../dispatch/kernelSet.js';
import type { KernelExports } from './sideModule.js';
import type { WasmHeap } from './wasmHeap.js';

const noExecutor = 0;

/** What tells the two layers apart. */
interface Layer {
  operation: string;
  directions: number;
  forward: KernelExports['pixelrnn_row_lstm_forward'];
  forwardWorkspace(lstm: number): number;
  backward: KernelExports['pixelrnn_row_lstm_backward'];
  backwardWorkspace(lstm: number): number;
  /** The fields of the layer's struct before its up-projection; its taps will lie at an address. */
  fields(inputs: LstmInputs, taps: readonly number[], tapsAddress: number): number[];
}

/** Row LSTM and Diagonal BiLSTM: their structs are written for the time of a call. */
export function recurrentLayers(
  heap: WasmHeap,
  kernels: KernelExports,
): Pick<FusedKernelSet, 'rowLSTM' | 'rowLSTMBackward' | 'diagonalBiLSTM' | 'diagonalBiLSTMBackward'> {
  const row: Layer = {
    operation: 'rowLSTM',
    directions: 1,
    forward: kernels.pixelrnn_row_lstm_forward,
    forwardWorkspace: kernels.pixelrnn_row_lstm_forward_workspace,
    backward: kernels.pixelrnn_row_lstm_backward,
    backwardWorkspace: kernels.pixelrnn_row_lstm_backward_workspace,
    fields: ({ x, inputKernel, stateKernel }, taps, tapsAddress) => {
      const [stateWidth, h] = stateKernel.shape as [number, number];
      return [
        ...[...x.shape, h],
        ...[inputKernel.shape[1] as number, taps.length / 2, tapsAddress],
        stateWidth,
      ];
    },
  };
  const diagonal: Layer = {
    operation: 'diagonalBiLSTM',
    directions: 2,
    forward: kernels.pixelrnn_diagonal_bilstm_forward,
    forwardWorkspace: kernels.pixelrnn_diagonal_bilstm_forward_workspace,
    backward: kernels.pixelrnn_diagonal_bilstm_backward,
    backwardWorkspace: kernels.pixelrnn_diagonal_bilstm_backward_workspace,
    fields: ({ x, stateKernel }) => [...x.shape, stateKernel.shape[2] as number],
  };
  return {
    rowLSTM: (inputs, attributes) => run(heap, row, inputs, attributes),
    rowLSTMBackward: (inputs, attributes) => runBackward(heap, row, inputs, attributes),
    diagonalBiLSTM: (inputs, attributes) => run(heap, diagonal, inputs, attributes),
    diagonalBiLSTMBackward: (inputs, attributes) => runBackward(heap, diagonal, inputs, attributes),
  };
}

function run(heap: WasmHeap, layer: Layer, inputs: LstmForwardInputs, attributes: LstmAttributes) {
  const { operation } = layer;
  const map = inputs.x.shape.slice(0, 3);
  const h = inputs.stateKernel.shape[inputs.stateKernel.shape.length - 2] as number;
  const [x, addition] = heap.addresses(inputs.x, inputs.addition) as [number, number];
  const hiddenShape = [...map, h];
  const gatesShape = [...map, 4 * layer.directions * h];
  const { upKernel } = inputs;
  const shapes = upKernel
    ? [[...map, upKernel.shape[3] as number], gatesShape, hiddenShape]
    : [hiddenShape, gatesShape];
  return heap.withOutputs(operation, shapes, ([y, gates, hidden]) => {
    withStructs(heap, layer, operation, inputs, attributes, [], (lstm, parameters) => {
      heap.withSpace(operation, layer.forwardWorkspace(lstm), (workspace) => {
        const outputs = [gates, hidden ?? y, y] as [number, number, number];
        layer.forward(lstm, x, parameters, addition, ...outputs, workspace, noExecutor);
      });
    });
  });
}

function runBackward(
  heap: WasmHeap,
  layer: Layer,
  inputs: LstmBackwardInputs,
  attributes: LstmBackwardAttributes,
): tf.TensorInfo[] {
  const operation = `gradient of ${layer.operation}`;
  const { x, inputKernel, bias, stateKernel, initialHidden, initialCell, upKernel, upBias } = inputs;
  const { additionGradient } = attributes;
  const shapes = [
    ...[x, inputKernel, bias, stateKernel, initialHidden, initialCell],
    ...(upKernel && upBias ? [upKernel, upBias] : []),
    ...(additionGradient ? [inputs.gates] : []),
  ].map(({ shape }) => shape);
  const given = heap.addresses(x, inputs.gates, inputs.hidden, inputs.dy);
  const [xAddress, ...others] = given as [number, number, number, number];
  return heap.withOutputs(operation, shapes, (outputs) => {
    const parameters = outputs.slice(0, 6);
    const [dupKernel = 0, dupBias = 0] = upKernel ? outputs.slice(6) : [];
    const daddition = additionGradient ? (outputs[outputs.length - 1] as number) : 0;
    const all = [...parameters, daddition, dupKernel, dupBias];
    withStructs(heap, layer, operation, inputs, attributes, all, (lstm, parameters, gradients) => {
      heap.withSpace(operation, layer.backwardWorkspace(lstm), (workspace) => {
        layer.backward(lstm, xAddress, parameters, ...others, gradients, workspace, noExecutor);
      });
    });
  });
}

/** Lends `run` the layer's struct, a `pixelrnn_lstm_parameters` and a `pixelrnn_lstm_gradients`. */
function withStructs(
  heap: WasmHeap,
  layer: Layer,
  operation: string,
  inputs: LstmInputs,
  { taps, residual }: LstmAttributes,
  gradients: readonly number[],
  run: (lstm: number, parameters: number, gradients: number) => void,
): void {
  const { inputKernel, inputMask, bias, stateKernel, initialHidden, initialCell } = inputs;
  const parameters = heap.addresses(
    ...[inputKernel, inputMask, bias],
    ...[stateKernel, initialHidden, initialCell],
    ...[inputs.upKernel, inputs.upMask, inputs.upBias],
  );
  const projection = [inputs.upKernel?.shape[3] ?? 0, Number(residual)];
  const size = layer.fields(inputs, taps, 0).length + projection.length;
  const all = 4 * (taps.length + parameters.length + gradients.length + size);
  heap.withSpace(operation, all, (tapsAddress) => {
    const parametersAddress = tapsAddress + 4 * taps.length;
    const gradientsAddress = parametersAddress + 4 * parameters.length;
    const lstm = gradientsAddress + 4 * gradients.length;
    const fields = [...layer.fields(inputs, taps, tapsAddress), ...projection];
    heap.integers(tapsAddress).set([...taps, ...parameters, ...gradients, ...fields]);
    run(lstm, parametersAddress, gradientsAddress);
  });
}
