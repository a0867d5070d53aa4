"""PixelCNN's training step in PyTorch, as its users write it; eager, or through torch.compile."""

from collections.abc import Iterator

import common
import numpy as np
import torch.nn.functional as F
import training_pytorch
from common import WORK
from torch import Tensor, nn
from training_pytorch import MaskedConv2d


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.down, self.conv, self.up = map(MaskedConv2d, common.block_convs())

    def forward(self, x: Tensor) -> Tensor:  # [B, 2h, H, W]
        y = F.relu(self.down(F.relu(x)))  # [B, h, H, W]
        y = F.relu(self.conv(y))
        return x + self.up(y)

    def load(self, weights: Iterator[np.ndarray]) -> None:
        for conv in (self.down, self.conv, self.up):
            conv.load(weights)


training_pytorch.serve(nn.Sequential(*(Block() for _ in range(WORK.blocks))))
