"""What both peers share: the list of convolutions, their masks, the batch, and the talk with the bench.

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


class Conv(NamedTuple):
    cin: int
    cout: int
    kernel: int
    mask: str
    contiguous: bool = False


ARGUMENT = json.loads(sys.argv[1])
WORK = Work(**ARGUMENT["work"])
THREADS: int = ARGUMENT["threads"]
MODE: str = ARGUMENT["mode"]


def first_conv() -> Conv:
    return Conv(WORK.colors, 2 * WORK.h, 7, "A")


def block_convs() -> list[Conv]:
    h = WORK.h
    return [Conv(2 * h, h, 1, "B"), Conv(h, h, 3, "B"), Conv(h, 2 * h, 1, "B")]


def head_convs() -> list[Conv]:
    width = WORK.headWidth
    outputs = WORK.colors * (1 if WORK.levels == 2 else WORK.levels)
    return [Conv(2 * WORK.h, width, 1, "B"), Conv(width, width, 1, "B"), Conv(width, outputs, 1, "B", True)]


def all_convs() -> list[Conv]:
    blocks = [conv for _ in range(WORK.blocks) for conv in block_convs()]
    return [first_conv(), *blocks, *head_convs()]


def mask(conv: Conv) -> np.ndarray:
    """Zeros and ones [kernel, kernel, cin, cout]; channels belong to colours cyclically, or in contiguous groups."""
    middle = conv.kernel // 2
    live = np.zeros((conv.kernel, conv.kernel, conv.cin, conv.cout), np.float32)
    live[:middle] = 1
    live[middle, :middle] = 1
    inputs = np.arange(conv.cin)[:, None] % WORK.colors
    outputs = np.arange(conv.cout)[None, :]
    outputs = outputs * WORK.colors // conv.cout if conv.contiguous else outputs % WORK.colors
    live[middle, middle] = inputs < outputs if conv.mask == "A" else inputs <= outputs
    return live


def read_batch() -> np.ndarray:
    """Intensities, uint8 [batch, height, width, colors]: the same in every participant."""
    return np.fromfile(ARGUMENT["images"], np.uint8).reshape(WORK.batch, WORK.height, WORK.width, WORK.colors)


def given_weights() -> list[tuple[np.ndarray, np.ndarray]] | None:
    """Kernel [kernel, kernel, cin, cout] and bias [cout] of each convolution; None where the peer draws its own."""
    if "weights" not in ARGUMENT:
        return None
    with open(ARGUMENT["weights"], encoding="utf8") as file:
        flat = [np.asarray(values, np.float32) for values in json.load(file)]
    return [
        (kernel.reshape(conv.kernel, conv.kernel, conv.cin, conv.cout), bias)
        for conv, kernel, bias in zip(all_convs(), flat[0::2], flat[1::2], strict=True)
    ]


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
