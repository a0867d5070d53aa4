"""PixelRNN's training step in JAX, as its users write it: `lax.scan` over the rows or the diagonals.

The input-to-state convolution of a Row LSTM is a product over the two columns that its mask leaves, which XLA computes
faster on processors than its own convolution.
"""

import common
import jax
import jax.numpy as jnp
import training_jax
from common import WORK
from jax import Array, lax
from training_jax import Layer, masked_conv

LAYER = common.recurrent_layer()
INPUT_MASK, UP_MASK = common.mask(LAYER.input), common.mask(LAYER.up)


def gated(sums: Array, cell: Array) -> tuple[Array, Array]:
    """[..., 4h] and the cell [..., h] -> hidden state and cell."""
    o, f, i, g = jnp.split(sums, 4, -1)
    cell = jax.nn.sigmoid(f) * cell + jax.nn.sigmoid(i) * jnp.tanh(g)
    return jax.nn.sigmoid(o) * jnp.tanh(cell), cell


def row_lstm(x: Array, kernel: Array, bias: Array, state: Array, hidden: Array, cell: Array) -> Array:
    batch, _, width, maps = x.shape
    h = WORK.h
    live = (kernel * INPUT_MASK)[0, :2].reshape(2 * maps, 4 * h)
    left = jnp.pad(x, ((0, 0), (0, 0), (1, 0), (0, 0)))[:, :, :-1]
    sums = jnp.concatenate((left, x), -1) @ live + bias  # [B, H, W, 4h]
    matrix = state.reshape(3 * h, 4 * h)

    def step(before, row):  # [B, W, 4h]
        hidden, cell = before
        padded = jnp.pad(hidden, ((0, 0), (1, 1), (0, 0)))
        read = jnp.concatenate((padded[:, :-2], hidden, padded[:, 2:]), -1).reshape(batch * width, 3 * h)
        hidden, cell = gated(row + (read @ matrix).reshape(row.shape), cell)
        return (hidden, cell), hidden

    initial = tuple(jnp.broadcast_to(vector, (batch, width, h)) for vector in (hidden, cell))
    _, states = lax.scan(step, initial, sums.transpose(1, 0, 2, 3))
    return states.transpose(1, 0, 2, 3)  # [B, H, W, h]


def diagonal_bilstm(x: Array, kernel: Array, bias: Array, state: Array, hidden: Array, cell: Array) -> Array:
    batch, height, width, _ = x.shape
    h = WORK.h
    sums = x @ (kernel * INPUT_MASK)[0, 0] + bias  # [B, H, W, 8h]
    right, left = jnp.split(sums, 2, -1)
    columns = skew(jnp.stack((right, left[:, :, ::-1]))).transpose(3, 0, 1, 2, 4)  # [W + H - 1, 2, B, H, 4h]
    matrices = state.reshape(2, 2 * h, 4 * h)
    initial = tuple(
        jnp.broadcast_to(vector[:, None, None], (2, batch, height, h)) for vector in (hidden, cell)
    )
    diagonals = jnp.arange(height + width - 1)
    waiting = (jnp.arange(height) >= diagonals[:, None])[..., None]  # rows that start here or later

    def step(before, diagonal):
        column, waiting = diagonal
        # The padding has transformed the states of rows that have not started.
        hidden, cell = (jnp.where(waiting, first, now) for first, now in zip(initial, before, strict=True))
        above = jnp.pad(hidden[:, :, :-1], ((0, 0), (0, 0), (1, 0), (0, 0)))
        read = jnp.concatenate((hidden, above), -1).reshape(2, batch * height, 2 * h)
        hidden, cell = gated(column + (read @ matrices).reshape(column.shape), cell)
        return (hidden, cell), hidden

    _, states = lax.scan(step, initial, (columns, waiting))
    right, left = unskew(states.transpose(1, 2, 3, 0, 4), width)  # [B, H, W, h] each
    return right + jnp.pad(left[:, :-1, ::-1], ((0, 0), (1, 0), (0, 0), (0, 0)))  # the left map one row down


def skew(x: Array) -> Array:
    """Row r moved right by r, zeros elsewhere: [2, B, H, W, C] -> [2, B, H, W + H - 1, C]"""
    two, batch, height, width, maps = x.shape
    flat = jnp.pad(x, ((0, 0), (0, 0), (0, 0), (0, height), (0, 0))).reshape(two, batch, -1, maps)
    length = width + height - 1
    return flat[:, :, : height * length].reshape(two, batch, height, length, maps)


def unskew(x: Array, width: int) -> Array:
    two, batch, height, _, maps = x.shape
    flat = jnp.pad(x.reshape(two, batch, -1, maps), ((0, 0), (0, 0), (0, height), (0, 0)))
    return flat.reshape(two, batch, height, width + height, maps)[:, :, :, :width]


def recurrent_layers(x: Array, layers: list[Layer]) -> Array:  # [B, H, W, 2h]
    scan = {"row": row_lstm, "diagonal": diagonal_bilstm}[WORK.model]
    for *weights, up_kernel, up_bias in layers:
        x = x + masked_conv(scan(x, *weights), (up_kernel, up_bias), UP_MASK)
    return x


training_jax.serve(recurrent_layers)
