"""PixelRNN's training step in PyTorch, as its users write it; eager, or through torch.compile.

The scans are loops over slices that `unbind` makes at once, each contiguous, so that a step is one product and a few
elementwise operations; both directions of a Diagonal BiLSTM share them.
"""

from collections.abc import Iterator

import common
import numpy as np
import torch
import torch.nn.functional as F
import training_pytorch
from common import WORK
from torch import Tensor, nn
from training_pytorch import MaskedConv2d


def gated(sums: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
    """[..., 4h] and the cell [..., h] -> hidden state and cell."""
    h = WORK.h
    o, f, i = sums[..., : 3 * h].sigmoid().chunk(3, -1)
    cell = torch.addcmul(f * cell, i, sums[..., 3 * h :].tanh())
    return o * cell.tanh(), cell


class RecurrentLayer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        layer = common.recurrent_layer()
        self.input = MaskedConv2d(layer.input)
        h = WORK.h
        self.state = nn.Parameter(torch.empty((3 * h, 4 * h) if WORK.model == "row" else (2, 2 * h, 4 * h)))
        self.initial_hidden = nn.Parameter(torch.empty(layer.initial))
        self.initial_cell = nn.Parameter(torch.empty(layer.initial))
        self.up = MaskedConv2d(layer.up)

    def load(self, weights: Iterator[np.ndarray]) -> None:
        self.input.load(weights)
        for parameter in (self.state, self.initial_hidden, self.initial_cell):
            parameter.copy_(torch.from_numpy(next(weights)).view_as(parameter))
        self.up.load(weights)

    def forward(self, x: Tensor) -> Tensor:  # [B, 2h, H, W]
        hidden = self.scan(self.input(x).permute(0, 2, 3, 1))  # [B, H, W, h]
        return x + self.up(hidden.permute(0, 3, 1, 2))


class RowLSTM(RecurrentLayer):
    def scan(self, sums: Tensor) -> Tensor:  # [B, H, W, 4h]
        batch, height, width, _ = sums.shape
        h = WORK.h
        rows = sums.permute(1, 0, 2, 3).reshape(height, batch * width, 4 * h)
        hidden = self.initial_hidden.expand(batch, width, h)
        cell = self.initial_cell.expand(batch * width, h)
        states = []
        for row in rows.unbind(0):
            padded = F.pad(hidden, (0, 0, 1, 1))
            read = torch.cat((padded[:, :-2], hidden, padded[:, 2:]), 2).view(batch * width, 3 * h)
            state, cell = gated(torch.addmm(row, read, self.state), cell)
            hidden = state.view(batch, width, h)
            states.append(hidden)
        return torch.stack(states, 1)


class DiagonalBiLSTM(RecurrentLayer):
    def scan(self, sums: Tensor) -> Tensor:  # [B, H, W, 8h]
        batch, height, width, _ = sums.shape
        h = WORK.h
        right, left = sums.chunk(2, 3)
        both = skew(torch.stack((right, left.flip(2))))  # [2, B, H, W + H - 1, 4h]
        columns = both.permute(3, 0, 1, 2, 4).reshape(width + height - 1, 2, batch * height, 4 * h)
        initial_hidden, initial_cell = self.initial_hidden.view(2, 1, 1, h), self.initial_cell.view(2, 1, 1, h)
        hidden = initial_hidden.expand(2, batch, height, h).contiguous()
        cell = initial_cell.expand(2, batch, height, h).contiguous()
        waiting = torch.ones(height, height, dtype=torch.bool).triu().view(height, height, 1).unbind(0)
        states = []
        for diagonal, column in enumerate(columns.unbind(0)):
            if 0 < diagonal < height:  # rows that start here or later: the padding has transformed their states
                hidden = torch.where(waiting[diagonal], initial_hidden, hidden)
                cell = torch.where(waiting[diagonal], initial_cell, cell)
            above = F.pad(hidden[:, :, :-1], (0, 0, 1, 0))
            read = torch.cat((hidden, above), 3).view(2, batch * height, 2 * h)
            sums = torch.baddbmm(column, read, self.state).view(2, batch, height, 4 * h)
            hidden, cell = gated(sums, cell)
            states.append(hidden)
        right, left = unskew(torch.stack(states, 3), width)
        return right + F.pad(left.flip(2)[:, :-1], (0, 0, 0, 0, 1, 0))  # the left map one row down


def skew(x: Tensor) -> Tensor:
    """Row r moved right by r, zeros elsewhere: [2, B, H, W, C] -> [2, B, H, W + H - 1, C]"""
    height, width = x.shape[2:4]
    flat = F.pad(x, (0, 0, 0, height)).flatten(2, 3)[:, :, : height * (width + height - 1)]
    return flat.unflatten(2, (height, width + height - 1))


def unskew(x: Tensor, width: int) -> Tensor:
    height = x.shape[2]
    flat = F.pad(x.flatten(2, 3), (0, 0, 0, height))
    return flat.unflatten(2, (height, width + height))[:, :, :, :width]


layer = {"row": RowLSTM, "diagonal": DiagonalBiLSTM}[WORK.model]
training_pytorch.serve(nn.Sequential(*(layer() for _ in range(WORK.layers))))
