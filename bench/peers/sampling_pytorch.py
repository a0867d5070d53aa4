"""Ancestral sampling in PyTorch, as public implementations do it: the whole network for every colour of every pixel."""

import common
import torch
from common import WORK
from torch import Tensor, nn


def serve(model: nn.Module) -> None:
    """Draws the batch's images position by position, on request so many; after the last pixel it begins again."""
    model.eval()
    shape = (WORK.batch, WORK.colors, WORK.height, WORK.width)
    pixels = torch.zeros(shape).to(memory_format=torch.channels_last)
    position = 0

    @torch.inference_mode()
    def run(positions: int) -> float:
        nonlocal position
        for _ in range(positions):
            pixel, color = divmod(position, WORK.colors)
            row, column = divmod(pixel, WORK.width)
            value = draw(model(pixels), row, column, color)
            pixels[:, color, row, column] = value * (2 / (WORK.levels - 1)) - 1
            position = (position + 1) % (WORK.height * WORK.width * WORK.colors)
        return pixels.mean().item()

    parameters = sum(parameter.numel() for parameter in model.parameters())
    common.serve(torch.__version__, parameters, run)


def draw(logits: Tensor, row: int, column: int, color: int) -> Tensor:
    if WORK.levels == 2:
        return torch.bernoulli(logits[:, color, row, column].sigmoid())
    own = logits[:, color * WORK.levels : (color + 1) * WORK.levels, row, column]
    return torch.multinomial(own.softmax(1), 1)[:, 0].float()
