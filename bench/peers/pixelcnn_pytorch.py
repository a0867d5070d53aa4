"""PixelCNN's training step in PyTorch, as its users write it; eager, or through torch.compile.

The form was chosen by measurement: memory format channels_last, so that the softmax runs over adjacent levels; in
torch.compile's case the optimiser is compiled too.
"""

import common
import torch
import torch.nn.functional as F
from common import MODE, WORK
from torch import Tensor, nn

torch.set_num_threads(common.THREADS)


class MaskedConv2d(nn.Conv2d):
    def __init__(self, conv: common.Conv) -> None:
        super().__init__(conv.cin, conv.cout, conv.kernel, padding=conv.kernel // 2)
        mask = torch.from_numpy(common.mask(conv)).permute(3, 2, 0, 1)  # OIHW
        self.register_buffer("mask", mask.contiguous())

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.weight * self.mask, self.bias, padding=self.padding)


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.down, self.conv, self.up = map(MaskedConv2d, common.block_convs())

    def forward(self, x: Tensor) -> Tensor:  # [B, 2h, H, W]
        y = F.relu(self.down(F.relu(x)))  # [B, h, H, W]
        y = F.relu(self.conv(y))
        return x + self.up(y)


class PixelCNN(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = MaskedConv2d(common.first_conv())
        self.blocks = nn.Sequential(*(Block() for _ in range(WORK.blocks)))
        self.head = nn.ModuleList(map(MaskedConv2d, common.head_convs()))

    def forward(self, x: Tensor) -> Tensor:
        x = self.blocks(self.first(x))
        for conv in self.head:
            x = conv(F.relu(x))
        return x  # [B, colors * levels, H, W], or [B, colors, H, W] for two levels


def nats_per_image(model: nn.Module, intensities: Tensor) -> Tensor:  # uint8 [B, H, W, C]
    x = intensities.float() * (2 / (WORK.levels - 1)) - 1
    logits = model(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)  # both in memory as they were
    if WORK.levels == 2:
        nats = F.binary_cross_entropy_with_logits(logits, intensities.float(), reduction="sum")
    else:
        logits = logits.reshape(-1, WORK.levels)
        nats = F.cross_entropy(logits, intensities.flatten().long(), reduction="sum")
    return nats / WORK.batch


def load_weights(model: nn.Module) -> None:
    weights = common.given_weights()
    if weights is None:
        return
    convs = [module for module in model.modules() if isinstance(module, MaskedConv2d)]
    with torch.no_grad():
        for conv, (kernel, bias) in zip(convs, weights, strict=True):
            conv.weight.copy_(torch.from_numpy(kernel).permute(3, 2, 0, 1))
            conv.bias.copy_(torch.from_numpy(bias))


torch.manual_seed(WORK.seed)
model = PixelCNN()
load_weights(model)
model = model.to(memory_format=torch.channels_last)
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
