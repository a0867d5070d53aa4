"""PixelCNN's training step in JAX, as its users write it: one jitted function, its state donated.

The form was chosen by measurement: NHWC, and 1x1 convolutions as products, which XLA computes faster on processors than
its own convolution. XLA takes as many threads as the process has processors.
"""

import common
import jax
import jax.numpy as jnp
import numpy as np
from common import WORK
from jax import Array, lax

MASKS = [common.mask(conv) for conv in common.all_convs()]  # HWIO

Parameters = list[tuple[Array, Array]]


def masked_conv(x: Array, parameters: tuple[Array, Array], mask: np.ndarray) -> Array:
    kernel, bias = parameters
    kernel = kernel * mask
    if kernel.shape[:2] == (1, 1):
        return x @ kernel[0, 0] + bias
    layout = ("NHWC", "HWIO", "NHWC")
    return lax.conv_general_dilated(x, kernel, (1, 1), "SAME", dimension_numbers=layout) + bias


def pixelcnn(parameters: Parameters, x: Array) -> Array:
    layers = iter(zip(parameters, MASKS, strict=True))
    x = masked_conv(x, *next(layers))  # [B, H, W, 2h]
    for _ in range(WORK.blocks):
        y = jax.nn.relu(masked_conv(jax.nn.relu(x), *next(layers)))  # [B, H, W, h]
        y = jax.nn.relu(masked_conv(y, *next(layers)))
        x = x + masked_conv(y, *next(layers))
    for layer in layers:
        x = masked_conv(jax.nn.relu(x), *layer)
    return x  # [B, H, W, colors * levels], or [B, H, W, colors] for two levels


def nats_per_image(parameters: Parameters, intensities: Array) -> Array:  # uint8 [B, H, W, C]
    x = intensities.astype(jnp.float32) * (2 / (WORK.levels - 1)) - 1
    logits = pixelcnn(parameters, x)
    if WORK.levels == 2:
        nats = jnp.logaddexp(logits, 0) - logits * intensities
    else:
        logits = logits.reshape(*intensities.shape, WORK.levels)
        labels = intensities.astype(jnp.int32)[..., None]
        nats = jax.nn.logsumexp(logits, axis=-1) - jnp.take_along_axis(logits, labels, axis=-1)[..., 0]
    return jnp.sum(nats) / WORK.batch


def training_step(
    parameters: Parameters, squares: Parameters, intensities: Array
) -> tuple[Parameters, Parameters, Array]:
    loss, gradients = jax.value_and_grad(nats_per_image)(parameters, intensities)
    squares = jax.tree.map(lambda s, g: WORK.decay * s + (1 - WORK.decay) * g * g, squares, gradients)
    parameters = jax.tree.map(
        lambda p, s, g: p - WORK.learningRate * g / (jnp.sqrt(s) + WORK.epsilon), parameters, squares, gradients
    )
    return parameters, squares, loss


def initial_parameters() -> Parameters:
    weights = common.given_weights()
    if weights is not None:
        return [(jnp.array(kernel), jnp.array(bias)) for kernel, bias in weights]
    convs = common.all_convs()
    keys = jax.random.split(jax.random.key(WORK.seed), len(convs))
    glorot = jax.nn.initializers.glorot_uniform()
    return [
        (glorot(key, (conv.kernel, conv.kernel, conv.cin, conv.cout)), jnp.zeros(conv.cout))
        for key, conv in zip(keys, convs, strict=True)
    ]


step = jax.jit(training_step, donate_argnums=(0, 1))
parameters = initial_parameters()
squares = jax.tree.map(jnp.zeros_like, parameters)
batch = common.read_batch()


def run(steps: int) -> float:
    global parameters, squares
    for _ in range(steps):
        # A batch comes from the user's memory at every step: jit takes it over from NumPy.
        parameters, squares, loss = step(parameters, squares, batch)
    jax.block_until_ready((parameters, squares))
    return float(loss)


common.serve(jax.__version__, sum(parameter.size for parameter in jax.tree.leaves(parameters)), run)
