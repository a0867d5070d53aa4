"""What the peers share: the layers of a work, their masks and weights, the batch, and the talk with the bench.

A peer is started with one JSON argument (`ParticipantArgument` in bench/protocol.ts). It warms up, prints
`{"ready": ...}`, then answers each line `{"steps": n}`, and ends when its input does.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

WARM_UP_STEPS = 3


class Work(NamedTuple):
    model: str  # "pixelcnn", "row", "diagonal" or "gated"
    height: int
    width: int
    colors: int
    levels: int
    h: int
    headWidth: int
    batch: int
    learningRate: float
    decay: float
    epsilon: float
    seed: int
    blocks: int = 0  # of a PixelCNN
    layers: int = 0  # of a PixelRNN, or of a Gated PixelCNN after its first


class Conv(NamedTuple):
    cin: int
    cout: int
    kernel: tuple[int, int]
    mask: str
    contiguous: bool = False
    gates: int = 1
    cropped: bool = False  # the pixel itself is the last of the kernel, not its middle

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """Shapes of the kernel and the bias."""
        return [(*self.kernel, self.cin, self.cout), (self.cout,)]


class Recurrent(NamedTuple):
    """A Row LSTM or Diagonal BiLSTM with its up-projection; gates in the order o, f, i, g."""

    input: Conv
    state: tuple[int, ...]
    initial: tuple[int, ...]
    up: Conv

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """Shapes of the input kernel, its bias, the state kernel, the initial hidden state and cell, the up kernel, its bias."""
        return [*self.input.shapes, self.state, self.initial, self.initial, *self.up.shapes]


class Gated(NamedTuple):
    """A layer of Gated PixelCNN; the vertical stack and the link have no mask."""

    vertical: Conv
    link: Conv
    horizontal: Conv
    output: Conv

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """Shapes of the kernel and the bias of each."""
        return [shape for conv in self for shape in conv.shapes]


ARGUMENT = json.loads(sys.argv[1])
WORK = Work(**ARGUMENT["work"])
THREADS: int = ARGUMENT["threads"]
MODE: str = ARGUMENT["mode"]


def first_conv() -> Conv:
    return Conv(WORK.colors, 2 * WORK.h, (7, 7), "A")


def block_convs() -> list[Conv]:
    h = WORK.h
    return [Conv(2 * h, h, (1, 1), "B"), Conv(h, h, (3, 3), "B"), Conv(h, 2 * h, (1, 1), "B")]


def recurrent_layer() -> Recurrent:
    h = WORK.h
    up = Conv(h, 2 * h, (1, 1), "B")
    if WORK.model == "row":
        return Recurrent(Conv(2 * h, 4 * h, (1, 3), "B", gates=4), (3, h, 4 * h), (h,), up)
    # The first index of the state and the first half of the gates belong to the scan to the right, the second to the left.
    return Recurrent(Conv(2 * h, 8 * h, (1, 1), "B", gates=8), (2, 2, h, 4 * h), (2, h), up)


def gated_layer(first: bool = False) -> Gated:
    h = WORK.h
    cin, kernel, kind = (WORK.colors, 7, "A") if first else (h, 3, "B")
    half = (kernel + 1) // 2
    return Gated(
        Conv(cin, 2 * h, (half, kernel), kind, cropped=True),
        Conv(2 * h, 2 * h, (1, 1), kind),
        Conv(cin, 2 * h, (1, half), kind, gates=2, cropped=True),
        Conv(h, h, (1, 1), "B"),
    )


def head_convs() -> list[Conv]:
    width = WORK.headWidth
    features = WORK.h if WORK.model == "gated" else 2 * WORK.h
    outputs = WORK.colors * (1 if WORK.levels == 2 else WORK.levels)
    return [
        Conv(features, width, (1, 1), "B"),
        Conv(width, width, (1, 1), "B"),
        Conv(width, outputs, (1, 1), "B", contiguous=True),
    ]


def all_layers() -> list[Conv | Recurrent | Gated]:
    if WORK.model == "gated":
        return [gated_layer(first=True), *[gated_layer()] * WORK.layers, *head_convs()]
    blocks = [conv for _ in range(WORK.blocks) for conv in block_convs()]
    return [first_conv(), *blocks, *[recurrent_layer()] * WORK.layers, *head_convs()]


def mask(conv: Conv) -> np.ndarray:
    """Zeros and ones [height, width, cin, cout]; maps belong to colours cyclically in each gate, or in contiguous groups."""
    row, column = (side - 1 if conv.cropped else side // 2 for side in conv.kernel)
    live = np.zeros((*conv.kernel, conv.cin, conv.cout), np.float32)
    live[:row] = 1
    live[row, :column] = 1
    inputs = np.arange(conv.cin)[:, None] % WORK.colors
    outputs = np.arange(conv.cout)[None, :] % (conv.cout // conv.gates)
    outputs = outputs * WORK.colors // conv.cout if conv.contiguous else outputs % WORK.colors
    live[row, column] = inputs < outputs if conv.mask == "A" else inputs <= outputs
    return live


def read_batch() -> np.ndarray:
    """Intensities, uint8 [batch, height, width, colors]: the same in every participant."""
    return np.fromfile(ARGUMENT["images"], np.uint8).reshape(WORK.batch, WORK.height, WORK.width, WORK.colors)


def weights() -> list[list[np.ndarray]]:
    """Weights of each layer, in the order of its `shapes`: the given ones, else Glorot's with zeros for the vectors."""
    if "weights" not in ARGUMENT:
        rng = np.random.default_rng(WORK.seed)
        return [[initial_weight(rng, shape) for shape in layer.shapes] for layer in all_layers()]
    with open(ARGUMENT["weights"], encoding="utf8") as file:
        flat = iter(json.load(file))
    given = [
        [np.asarray(next(flat), np.float32).reshape(shape) for shape in layer.shapes] for layer in all_layers()
    ]
    if next(flat, None) is not None:
        raise ValueError("more weights were given than the model has")
    return given


def initial_weight(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    if len(shape) < 3:
        return np.zeros(shape, np.float32)
    fans = np.prod(shape[:-2]) * (shape[-2] + shape[-1])
    limit = np.sqrt(6 / fans)
    return rng.uniform(-limit, limit, shape).astype(np.float32)


def say(message: dict) -> None:
    print(json.dumps(message), flush=True)


def serve(version: str, parameters: int, run: Callable[[int], float]) -> None:
    """`run(steps)` does that many training steps, waits for them and gives the last one's loss, nats per image."""
    loss = run(1)
    run(WARM_UP_STEPS - 1)
    say({"ready": {"version": version, "parameters": parameters, "loss": loss}})
    idle_from = time.process_time()
    for line in sys.stdin:
        idle = time.process_time() - idle_from
        start = time.perf_counter()
        loss = run(json.loads(line)["steps"])
        seconds = time.perf_counter() - start
        say({"seconds": seconds, "loss": loss, "idleCpuSeconds": idle})
        idle_from = time.process_time()
