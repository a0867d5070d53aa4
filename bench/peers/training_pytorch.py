"""What the PyTorch programs share: masked convolutions, the likelihood, and the training step.

The form was chosen by measurement: memory format channels_last, so that the softmax runs over adjacent levels; in
torch.compile's case the optimiser is compiled too.
"""

from collections.abc import Iterator

import common
import numpy as np
import sampling_pytorch
import torch
import torch.nn.functional as F
from common import MODE, WORK
from torch import Tensor, nn

torch.set_num_threads(common.THREADS)


class MaskedConv2d(nn.Conv2d):
    def __init__(self, conv: common.Conv) -> None:
        super().__init__(conv.cin, conv.cout, conv.kernel, padding=tuple(side // 2 for side in conv.kernel))
        mask = torch.from_numpy(common.mask(conv)).permute(3, 2, 0, 1)  # OIHW
        self.register_buffer("mask", mask.contiguous())

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.weight * self.mask, self.bias, padding=self.padding)

    def load(self, weights: Iterator[np.ndarray]) -> None:
        """Takes kernel HWIO and bias."""
        self.weight.copy_(torch.from_numpy(next(weights)).permute(3, 2, 0, 1))
        self.bias.copy_(torch.from_numpy(next(weights)))


class Network(nn.Module):
    """First convolution or layer, `body`, head."""

    def __init__(self, body: nn.Sequential, first: nn.Module | None) -> None:
        super().__init__()
        self.first = first or MaskedConv2d(common.first_conv())
        self.body = body
        self.head = nn.ModuleList(map(MaskedConv2d, common.head_convs()))

    def forward(self, x: Tensor) -> Tensor:
        x = self.body(self.first(x))  # [B, 2h, H, W], of a Gated PixelCNN [B, h, H, W]
        for conv in self.head:
            x = conv(F.relu(x))
        return x  # [B, colors * levels, H, W], or [B, colors, H, W] for two levels

    def load(self, weights: Iterator[np.ndarray]) -> None:
        for layer in (self.first, *self.body, *self.head):
            layer.load(weights)


def nats_per_image(model: nn.Module, intensities: Tensor) -> Tensor:  # uint8 [B, H, W, C]
    x = intensities.float() * (2 / (WORK.levels - 1)) - 1
    logits = model(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)  # both in memory as they were
    if WORK.levels == 2:
        nats = F.binary_cross_entropy_with_logits(logits, intensities.float(), reduction="sum")
    else:
        logits = logits.reshape(-1, WORK.levels)
        nats = F.cross_entropy(logits, intensities.flatten().long(), reduction="sum")
    return nats / WORK.batch


def serve(body: nn.Sequential, first: nn.Module | None = None) -> None:
    """Trains the network with this body on request, or draws from it; each of its layers takes its weights by `load`.

    `first` stands in for the first convolution.
    """
    model = Network(body, first)
    with torch.no_grad():
        model.load(weight for layer in common.weights() for weight in layer)
    model = model.to(memory_format=torch.channels_last)
    if MODE == "sample":
        sampling_pytorch.serve(model)
        return
    optimizer = torch.optim.RMSprop(model.parameters(), lr=WORK.learningRate, alpha=WORK.decay, eps=WORK.epsilon)
    loss_function, update = nats_per_image, optimizer.step
    if MODE == "compile":
        loss_function, update = torch.compile(nats_per_image), torch.compile(optimizer.step)
    batch = common.read_batch()

    def run(steps: int) -> float:
        for _ in range(steps):
            intensities = torch.tensor(batch)  # copies: a batch comes from the user's memory at every step
            optimizer.zero_grad(set_to_none=True)
            loss = loss_function(model, intensities)
            loss.backward()
            update()
        return loss.item()

    common.serve(torch.__version__, sum(parameter.numel() for parameter in model.parameters()), run)
