"""Gated PixelCNN's training step in PyTorch, as its users write it; eager, or through torch.compile.

The stacks' kernels are cropped, not masked: zeros are added above and to the left of the maps only.
"""

from collections.abc import Iterator

import common
import numpy as np
import torch.nn.functional as F
import training_pytorch
from common import WORK
from torch import Tensor, nn
from training_pytorch import MaskedConv2d

Stacks = tuple[Tensor, Tensor]  # vertical and horizontal maps, [B, h, H, W] each


def gated(sums: Tensor) -> Tensor:
    """[B, 2h, H, W] -> [B, h, H, W]"""
    f, g = sums.chunk(2, 1)
    return f.tanh() * g.sigmoid()


class GatedLayer(nn.Module):
    def __init__(self, first: bool = False) -> None:
        super().__init__()
        layer = common.gated_layer(first)
        self.first = first
        rows, columns = layer.vertical.kernel
        self.above = (columns // 2, columns // 2, rows - 1, 0)
        self.left = (layer.horizontal.kernel[1] - 1, 0, 0, 0)
        self.vertical, self.link = (nn.Conv2d(c.cin, c.cout, c.kernel) for c in (layer.vertical, layer.link))
        self.horizontal = MaskedConv2d(layer.horizontal)
        self.horizontal.padding = (0, 0)
        self.output = MaskedConv2d(layer.output)

    def forward(self, maps: Tensor | Stacks) -> Stacks:
        v, h = (maps, maps) if isinstance(maps, Tensor) else maps
        below = self.vertical(F.pad(v, self.above))  # [B, 2h, H, W]
        linked = self.link(F.pad(below[:, :, :-1], (0, 0, 1, 0)))  # of the row above
        y = self.output(gated(self.horizontal(F.pad(h, self.left)) + linked))
        return gated(below), y if self.first else y + h

    def load(self, weights: Iterator[np.ndarray]) -> None:
        for conv in (self.vertical, self.link, self.horizontal, self.output):
            MaskedConv2d.load(conv, weights)


class HorizontalMaps(nn.Module):
    """What the head reads."""

    def forward(self, maps: Stacks) -> Tensor:
        return maps[1]

    def load(self, weights: Iterator[np.ndarray]) -> None:
        pass


layers = [GatedLayer() for _ in range(WORK.layers)]
training_pytorch.serve(nn.Sequential(*layers, HorizontalMaps()), first=GatedLayer(first=True))
