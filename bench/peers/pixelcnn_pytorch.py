"""PixelCNN's training step in PyTorch, as its users write it; eager, or through torch.compile."""

import common
from common import MODE, THREADS, WORK

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import os
CL = os.environ.get("X_CL", "1") == "1"
FOREACH = {"": None, "0": False, "1": True}[os.environ.get("X_FOREACH", "")]
COMPILEOPT = os.environ.get("X_COPT", "0") == "1"
CMODE = os.environ.get("X_CMODE", None)
torch.set_num_threads(THREADS)


class MaskedConv2d(nn.Conv2d):
    def __init__(self, conv: common.Conv) -> None:
        super().__init__(conv.cin, conv.cout, conv.kernel, padding=conv.kernel // 2)
        ones = torch.from_numpy(common.mask(conv, WORK.colors)).permute(3, 2, 0, 1)  # OIHW
        self.register_buffer("mask", ones.contiguous())

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.weight * self.mask, self.bias, padding=self.padding)


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.down, self.conv, self.up = map(MaskedConv2d, common.block_convs(WORK))

    def forward(self, x: Tensor) -> Tensor:  # [B, 2h, H, W]
        y = F.relu(self.down(F.relu(x)))
        y = F.relu(self.conv(y))
        return x + self.up(y)


class PixelCNN(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = MaskedConv2d(common.first_conv(WORK))
        self.blocks = nn.Sequential(*(Block() for _ in range(WORK.blocks)))
        self.head = nn.ModuleList(map(MaskedConv2d, common.head_convs(WORK)))

    def forward(self, x: Tensor) -> Tensor:
        x = self.blocks(self.first(x))
        for conv in self.head:
            x = conv(F.relu(x))
        return x  # [B, colors * levels, H, W]


def nats_per_image(model: nn.Module, intensities: Tensor) -> Tensor:  # uint8 [B, H, W, C]
    x = intensities.float() * (2 / (WORK.levels - 1)) - 1
    x = x.permute(0, 3, 1, 2)  # channels_last
    if not CL: x = x.contiguous()
    logits = model(x)
    if WORK.levels == 2:
        logits = logits.permute(0, 2, 3, 1)  # [B, H, W, C]
        nats = F.binary_cross_entropy_with_logits(logits, intensities.float(), reduction="sum")
    elif CL:
        logits = logits.permute(0, 2, 3, 1)  # [B, H, W, C * levels]
        nats = F.cross_entropy(logits.reshape(-1, WORK.levels), intensities.flatten().long(), reduction="sum")
    else:
        logits = logits.view(WORK.batch, WORK.colors, WORK.levels, WORK.height, WORK.width).transpose(1, 2)
        nats = F.cross_entropy(logits, intensities.permute(0, 3, 1, 2).long(), reduction="sum")
    return nats / WORK.batch


torch.manual_seed(WORK.seed)
model = PixelCNN()
weights = common.given_weights(WORK)
if weights is not None:
    with torch.no_grad():
        for conv, (kernel, bias) in zip((m for m in model.modules() if isinstance(m, MaskedConv2d)), weights, strict=True):
            conv.weight.copy_(torch.from_numpy(kernel).permute(3, 2, 0, 1))
            conv.bias.copy_(torch.from_numpy(bias))
if CL: model = model.to(memory_format=torch.channels_last)
optimizer = torch.optim.RMSprop(
    model.parameters(), lr=WORK.learningRate, alpha=WORK.decay, eps=WORK.epsilon, foreach=FOREACH
)
loss_function = torch.compile(nats_per_image, mode=CMODE) if MODE == "compile" else nats_per_image
opt_step = torch.compile(optimizer.step) if COMPILEOPT else optimizer.step
batch = common.random_batch(WORK)


def run(steps: int) -> float:
    loss = torch.tensor(float("nan"))
    for _ in range(steps):
        intensities = torch.tensor(batch)  # a copy: a new batch comes from memory at every step
        optimizer.zero_grad(set_to_none=True)
        loss = loss_function(model, intensities)
        loss.backward()
        opt_step()
    return loss.item()


common.serve(torch.__version__, sum(p.numel() for p in model.parameters()), run)
