"""Gated PixelCNN's training step in JAX, as its users write it.

The horizontal stack's convolution is a product over the columns that its kernel reads, which XLA computes faster on
processors than its own convolution.
"""

import common
import jax
import jax.numpy as jnp
import numpy as np
import training_jax
from jax import Array, lax
from training_jax import Layer, masked_conv

Stacks = tuple[Array, Array]  # vertical and horizontal maps, [B, H, W, h] each

FIRST_MASK, MASK = (common.mask(common.gated_layer(first).horizontal) for first in (True, False))
OUTPUT_MASK = common.mask(common.gated_layer().output)


def gated(sums: Array) -> Array:
    """[B, H, W, 2h] -> [B, H, W, h]"""
    f, g = jnp.split(sums, 2, -1)
    return jnp.tanh(f) * jax.nn.sigmoid(g)


def vertical_conv(v: Array, kernel: Array, bias: Array) -> Array:
    rows, columns = kernel.shape[:2]
    padding = ((rows - 1, 0), (columns // 2, columns // 2))
    layout = ("NHWC", "HWIO", "NHWC")
    return lax.conv_general_dilated(v, kernel, (1, 1), padding, dimension_numbers=layout) + bias


def horizontal_conv(h: Array, kernel: Array, bias: Array, mask: np.ndarray) -> Array:
    _, columns, maps, sums = kernel.shape
    width = h.shape[2]
    padded = jnp.pad(h, ((0, 0), (0, 0), (columns - 1, 0), (0, 0)))
    read = jnp.concatenate([padded[:, :, column : column + width] for column in range(columns)], -1)
    return read @ (kernel * mask).reshape(columns * maps, sums) + bias


def gated_layer(v: Array, h: Array, layer: Layer, mask: np.ndarray) -> Stacks:
    vertical, link, horizontal, output = (layer[i : i + 2] for i in range(0, 8, 2))
    below = vertical_conv(v, *vertical)  # [B, H, W, 2h]
    above = jnp.pad(below[:, :-1], ((0, 0), (1, 0), (0, 0), (0, 0)))
    linked = above @ link[0][0, 0] + link[1]
    y = masked_conv(gated(horizontal_conv(h, *horizontal, mask) + linked), output, OUTPUT_MASK)
    return gated(below), y


def first_layer(x: Array, layer: Layer) -> Stacks:
    return gated_layer(x, x, layer, FIRST_MASK)


def gated_layers(maps: Stacks, layers: list[Layer]) -> Array:  # [B, H, W, h]
    v, h = maps
    for layer in layers:
        v, y = gated_layer(v, h, layer, MASK)
        h = h + y
    return h


training_jax.serve(gated_layers, first_layer)
