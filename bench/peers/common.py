"""What both peers share: the masks of PixelRNN, the list of convolutions, the batch, and the talk with the bench.

A peer is started with one JSON argument (see bench/work.ts), warms up, prints `{"ready": ...}`, then answers each line
`{"steps": n}` with `{"seconds": ..., "loss": ..., "idleCpuSeconds": ...}` and ends when its input does.
"""

import json
import os
import sys
import time
from typing import Callable, NamedTuple

WARM_UP_STEPS = 3


class Work(NamedTuple):
    height: int
    width: int
    colors: int
    levels: int
    h: int
    blocks: int
    headWidth: int
    batch: int
    learningRate: float
    decay: float
    epsilon: float
    seed: int
    # A file of weights, [kernel HWIO, bias] for each convolution in their order, for tests that compare losses.
    weights: str | None = None


class Conv(NamedTuple):
    cin: int
    cout: int
    kernel: int
    mask: str
    contiguous: bool = False


# The argument is parsed at import, because threads are set before the frameworks load.
ARGUMENT = json.loads(sys.argv[1])
WORK = Work(**ARGUMENT["work"])
THREADS = int(ARGUMENT["threads"])
MODE = ARGUMENT["mode"]
os.environ["OMP_NUM_THREADS"] = str(THREADS)

import numpy as np  # noqa: E402


def first_conv(w: Work) -> Conv:
    return Conv(w.colors, 2 * w.h, 7, "A")


def block_convs(w: Work) -> list[Conv]:
    return [Conv(2 * w.h, w.h, 1, "B"), Conv(w.h, w.h, 3, "B"), Conv(w.h, 2 * w.h, 1, "B")]


def head_convs(w: Work) -> list[Conv]:
    outputs = w.colors * (1 if w.levels == 2 else w.levels)
    return [
        Conv(2 * w.h, w.headWidth, 1, "B"),
        Conv(w.headWidth, w.headWidth, 1, "B"),
        Conv(w.headWidth, outputs, 1, "B", contiguous=True),
    ]


def all_convs(w: Work) -> list[Conv]:
    return [first_conv(w), *(conv for _ in range(w.blocks) for conv in block_convs(w)), *head_convs(w)]


def mask(conv: Conv, colors: int) -> np.ndarray:
    """Zeros and ones [kernel, kernel, cin, cout]; channels belong to colours cyclically, or in contiguous groups."""
    middle = conv.kernel // 2
    ones = np.zeros((conv.kernel, conv.kernel, conv.cin, conv.cout), np.float32)
    ones[:middle] = 1
    ones[middle, :middle] = 1
    cin = np.arange(conv.cin) % colors
    cout = np.arange(conv.cout) * colors // conv.cout if conv.contiguous else np.arange(conv.cout) % colors
    centre = cin[:, None] < cout[None, :] if conv.mask == "A" else cin[:, None] <= cout[None, :]
    ones[middle, middle] = centre
    return ones


def random_batch(w: Work) -> np.ndarray:
    """Intensities, uint8 [B, H, W, C]: the same in every participant."""
    count = w.batch * w.height * w.width * w.colors
    state = w.seed
    values = np.empty(count, np.uint8)
    for i in range(count):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        values[i] = (state >> 16) % w.levels
    return values.reshape(w.batch, w.height, w.width, w.colors)


def given_weights(w: Work) -> list[tuple[np.ndarray, np.ndarray]] | None:
    """Pairs of kernel [kernel, kernel, cin, cout] and bias [cout], or None where the peer draws its own."""
    if w.weights is None:
        return None
    with open(w.weights, encoding="utf8") as file:
        flat = [np.asarray(values, np.float32) for values in json.load(file)]
    pairs = zip(flat[0::2], flat[1::2], all_convs(w), strict=True)
    return [(k.reshape(c.kernel, c.kernel, c.cin, c.cout), b) for k, b, c in pairs]


def serve(version: str, parameters: int, run: Callable[[int], float]) -> None:
    """`run(steps)` does that many training steps, waits until they are done and gives the last loss, nats per image."""
    say = lambda message: print(json.dumps(message), flush=True)  # noqa: E731
    loss = run(1)  # at the initial weights
    run(WARM_UP_STEPS - 1)
    say({"ready": {"version": version, "parameters": parameters, "loss": loss}})
    idle_from = time.process_time()
    for line in sys.stdin:
        idle = time.process_time() - idle_from
        start = time.perf_counter()
        loss = run(int(json.loads(line)["steps"]))
        seconds = time.perf_counter() - start
        cpu = time.process_time() - idle_from - idle
        say({"seconds": seconds, "loss": loss, "idleCpuSeconds": idle, "cpu": cpu})
        idle_from = time.process_time()
