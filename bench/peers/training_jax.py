"""What the JAX programs share: masked convolutions, the likelihood, and the training step: one jitted function, its state
donated.

The form was chosen by measurement: NHWC, and 1x1 convolutions as products, which XLA computes faster on processors than
its own convolution. XLA takes as many threads as the process has processors.
"""

from collections.abc import Callable, Sequence
from typing import Any

import common
import jax
import jax.numpy as jnp
import numpy as np
from common import WORK
from jax import Array, lax

Layer = Sequence[Array]
First = Callable[[Array, Layer], Any]
Body = Callable[[Any, list[Layer]], Array]

HEAD_MASKS = [common.mask(conv) for conv in common.head_convs()]


def masked_conv(x: Array, layer: Layer, mask: np.ndarray) -> Array:
    kernel, bias = layer
    kernel = kernel * mask
    if kernel.shape[:2] == (1, 1):
        return x @ kernel[0, 0] + bias
    layout = ("NHWC", "HWIO", "NHWC")
    return lax.conv_general_dilated(x, kernel, (1, 1), "SAME", dimension_numbers=layout) + bias


def first_conv(x: Array, layer: Layer) -> Array:
    return masked_conv(x, layer, common.mask(common.first_conv()))


def nats_per_image(
    layers: list[Layer],
    intensities: Array,  # uint8 [B, H, W, C]
    first: First,
    body: Body,
) -> Array:
    x = intensities.astype(jnp.float32) * (2 / (WORK.levels - 1)) - 1
    head = len(layers) - len(HEAD_MASKS)
    x = body(first(x, layers[0]), layers[1:head])
    for layer, mask in zip(layers[head:], HEAD_MASKS, strict=True):
        x = masked_conv(jax.nn.relu(x), layer, mask)
    logits = x  # [B, H, W, colors * levels], or [B, H, W, colors] for two levels
    if WORK.levels == 2:
        nats = jnp.logaddexp(logits, 0) - logits * intensities
    else:
        logits = logits.reshape(*intensities.shape, WORK.levels)
        labels = intensities.astype(jnp.int32)[..., None]
        nats = jax.nn.logsumexp(logits, axis=-1) - jnp.take_along_axis(logits, labels, axis=-1)[..., 0]
    return jnp.sum(nats) / WORK.batch


def serve(body: Body, first: First = first_conv) -> None:
    """Trains on request the network of `first`, `body` and the head.

    `first` takes the image and the first layer's weights, `body` what it gives and its layers' weights, and the head the
    maps that `body` gives.
    """

    def training_step(layers, squares, intensities):
        loss, gradients = jax.value_and_grad(nats_per_image)(layers, intensities, first, body)
        squares = jax.tree.map(lambda s, g: WORK.decay * s + (1 - WORK.decay) * g * g, squares, gradients)
        layers = jax.tree.map(
            lambda p, s, g: p - WORK.learningRate * g / (jnp.sqrt(s) + WORK.epsilon), layers, squares, gradients
        )
        return layers, squares, loss

    step = jax.jit(training_step, donate_argnums=(0, 1))
    layers = jax.tree.map(jnp.array, common.weights())
    squares = jax.tree.map(jnp.zeros_like, layers)
    batch = common.read_batch()

    def run(steps: int) -> float:
        nonlocal layers, squares
        for _ in range(steps):
            # A batch comes from the user's memory at every step: jit takes it over from NumPy.
            layers, squares, loss = step(layers, squares, batch)
        jax.block_until_ready((layers, squares))
        return float(loss)

    common.serve(jax.__version__, sum(weight.size for weight in jax.tree.leaves(layers)), run)
