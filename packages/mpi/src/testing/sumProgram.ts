// One of several ranks: prints, on each, what every way of talking gives.
import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { openCommunicator } from '../openCommunicator.js';
import { sumOverRanks, throughHost } from '../sumOverRanks.js';

const communicator = await openCommunicator();
await loadEngine({ quiet: true });
const { rank, size } = communicator;
const values = [
  tf.tensor2d([
    [rank, 10],
    [20, 30],
  ]),
  tf.scalar(rank + 1),
  tf.zeros([0, 3]),
];
const numbers = (tensors: tf.Tensor[]) => tensors.map((tensor) => [tensor.shape, [...tensor.dataSync()]]);
const { numTensors } = tf.memory();
const weight = (rank + 1) / size;
const [inPlace, onHost] = [
  sumOverRanks(communicator, values, weight),
  throughHost(communicator, values, weight),
];
const found = {
  inPlace: numbers(inPlace),
  onHost: numbers(onHost),
  left: tf.memory().numTensors - numTensors - inPlace.length - onHost.length,
  agreed: communicator.agree(1 << rank),
  broadcast: [...communicator.broadcast(rank === 0 ? Uint8Array.of(7, 8, 9) : undefined)],
  gathered: communicator.gather(new Uint8Array(rank).fill(rank)).map((bytes) => [...bytes]),
  again: (await openCommunicator()) === communicator,
};
communicator.barrier();
console.log(JSON.stringify({ rank, found }));
