"""PixelCNN's training step in JAX, as its users write it: one jitted function, buffers donated."""

import common
from common import WORK

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

import os
LAYOUT = os.environ.get("X_LAYOUT", "NHWC")
DOT = os.environ.get("X_DOT", "0") == "1"
ONEHOT = os.environ.get("X_ONEHOT", "0") == "1"

CONVS = common.all_convs(WORK)
MASKS = [common.mask(conv, WORK.colors) for conv in CONVS]  # HWIO
dn = (LAYOUT, "HWIO", LAYOUT)
CH = LAYOUT.index("C")


def initial(conv, key):
    limit = (6 / (conv.kernel**2 * (conv.cin + conv.cout))) ** 0.5
    shape = (conv.kernel, conv.kernel, conv.cin, conv.cout)
    return jax.random.uniform(key, shape, jnp.float32, -limit, limit), jnp.zeros(conv.cout)


def masked_conv(x, parameters, mask):
    kernel, bias = parameters
    if DOT and kernel.shape[0] == 1:
        return x @ (kernel * mask)[0, 0] + bias
    b = bias if LAYOUT == "NHWC" else bias[:, None, None]
    return lax.conv_general_dilated(x, kernel * mask, (1, 1), "SAME", dimension_numbers=dn) + b


def pixelcnn(parameters, x):
    layers = iter(zip(parameters, MASKS, strict=True))
    x = masked_conv(x, *next(layers))
    for _ in range(WORK.blocks):
        y = jax.nn.relu(masked_conv(jax.nn.relu(x), *next(layers)))
        y = jax.nn.relu(masked_conv(y, *next(layers)))
        x = x + masked_conv(y, *next(layers))
    for layer in layers:
        x = masked_conv(jax.nn.relu(x), *layer)
    return x


def nats_per_image(parameters, intensities):  # uint8 [B, H, W, C]
    x = intensities.astype(jnp.float32) * (2 / (WORK.levels - 1)) - 1
    if LAYOUT == "NCHW":
        x = x.transpose(0, 3, 1, 2)
    logits = pixelcnn(parameters, x)
    if WORK.levels == 2:
        if LAYOUT == "NCHW":
            logits = logits.transpose(0, 2, 3, 1)
        return jnp.sum(jnp.logaddexp(logits, 0) - logits * intensities) / WORK.batch
    labels = intensities.astype(jnp.int32)
    if LAYOUT == "NCHW":
        B, _, H, W = logits.shape
        logits = logits.reshape(B, WORK.colors, WORK.levels, H, W)
        labels = labels.transpose(0, 3, 1, 2)
        ax = 2
    else:
        logits = logits.reshape(*intensities.shape, WORK.levels)
        ax = -1
    if ONEHOT:
        oh = jnp.expand_dims(labels, ax) == lax.broadcasted_iota(jnp.int32, logits.shape, ax % 5)
        true = jnp.sum(jnp.where(oh, logits, 0), axis=ax)
    else:
        true = jnp.take_along_axis(logits, jnp.expand_dims(labels, ax), axis=ax).squeeze(ax)
    return jnp.sum(jax.nn.logsumexp(logits, axis=ax) - true) / WORK.batch


def step(parameters, squares, intensities):
    loss, gradients = jax.value_and_grad(nats_per_image)(parameters, intensities)
    squares = jax.tree.map(lambda s, g: WORK.decay * s + (1 - WORK.decay) * g * g, squares, gradients)
    parameters = jax.tree.map(
        lambda p, s, g: p - WORK.learningRate * g / (jnp.sqrt(s) + WORK.epsilon), parameters, squares, gradients
    )
    return parameters, squares, loss


step = jax.jit(step, donate_argnums=(0, 1))
weights = common.given_weights(WORK)
parameters = (
    [(jnp.array(k), jnp.array(b)) for k, b in weights] if weights is not None
    else [initial(conv, key) for conv, key in zip(CONVS, jax.random.split(jax.random.key(WORK.seed), len(CONVS)))]
)
squares = jax.tree.map(jnp.zeros_like, parameters)
batch = common.random_batch(WORK)


def run(steps: int) -> float:
    global parameters, squares
    loss = float("nan")
    for _ in range(steps):
        parameters, squares, loss = step(parameters, squares, batch.copy())
    jax.block_until_ready(parameters)
    return float(loss)


common.serve(jax.__version__, sum(p.size for p in jax.tree.leaves(parameters)), run)
