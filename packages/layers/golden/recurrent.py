"""Golden outputs of the recurrent layers, worked out pixel by pixel from the equations of PixelRNN, sections 3.1 and 3.2,
in double precision and with nothing but the standard library: no skewing, no convolution, no TensorFlow.

    python3 packages/layers/golden/recurrent.py > packages/layers/golden/recurrent.json
"""

import json
import math


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def values(count, seed):
    """A fixed, smooth list of numbers in (-0.5, 0.5)."""
    return [0.5 * math.sin(12.9898 * (i + 1) + 78.233 * seed) for i in range(count)]


def tensor(shape, seed):
    flat = values(math.prod(shape), seed)

    def nest(dimensions, start):
        if len(dimensions) == 1:
            return flat[start : start + dimensions[0]]
        size = math.prod(dimensions[1:])
        return [nest(dimensions[1:], start + i * size) for i in range(dimensions[0])]

    return nest(shape, 0)


def gates(sums, cell, h):
    """The gates o, f, i, g of one pixel, in blocks of h."""
    o, f, i, g = (sums[k * h : (k + 1) * h] for k in range(4))
    cell = [sigmoid(f[m]) * cell[m] + sigmoid(i[m]) * math.tanh(g[m]) for m in range(h)]
    return [sigmoid(o[m]) * math.tanh(cell[m]) for m in range(h)], cell


def allowed(channel_in, map_out, colors):
    """Mask B at the pixel itself."""
    return channel_in % colors <= map_out % colors


def row_lstm(height, width, cin, h, k, colors):
    x = tensor([height, width, cin], 1)
    kernel = tensor([1, k, cin, 4 * h], 2)
    bias = values(4 * h, 3)
    state_kernel = tensor([k, h, 4 * h], 4)
    h0, c0 = values(h, 5), values(h, 6)
    reach = (k - 1) // 2
    hidden = [[None] * width for _ in range(height)]
    cell = [[None] * width for _ in range(height)]
    for r in range(height):
        for c in range(width):
            sums = list(bias)
            for j in range(-reach, 1):  # the pixel and those to its left
                if c + j < 0:
                    continue
                for i in range(cin):
                    for n in range(4 * h):
                        if j < 0 or allowed(i, n % h, colors):
                            sums[n] += x[r][c + j][i] * kernel[0][j + reach][i][n]
            for j in range(-reach, reach + 1):  # the row above, both sides
                if not 0 <= c + j < width:
                    continue
                above = hidden[r - 1][c + j] if r > 0 else h0
                for m in range(h):
                    for n in range(4 * h):
                        sums[n] += above[m] * state_kernel[j + reach][m][n]
            before = cell[r - 1][c] if r > 0 else c0
            hidden[r][c], cell[r][c] = gates(sums, before, h)
    return hidden


def diagonal_bilstm(height, width, cin, h, colors):
    x = tensor([height, width, cin], 1)
    kernel = tensor([1, 1, cin, 8 * h], 2)
    bias = values(8 * h, 3)
    state_kernel = tensor([2, 2, h, 4 * h], 4)
    h0, c0 = tensor([2, h], 5), tensor([2, h], 6)
    maps = []
    for direction in (0, 1):
        step = 1 if direction == 0 else -1  # the pixel before in the row is at c - step
        columns = range(width) if direction == 0 else range(width - 1, -1, -1)
        hidden = [[None] * width for _ in range(height)]
        cell = [[None] * width for _ in range(height)]
        for r in range(height):
            for c in columns:
                sums = bias[4 * h * direction : 4 * h * (direction + 1)]
                for i in range(cin):
                    for n in range(4 * h):
                        if allowed(i, n % h, colors):
                            sums[n] += x[r][c][i] * kernel[0][0][i][4 * h * direction + n]
                inside = 0 <= c - step < width
                beside = hidden[r][c - step] if inside else h0[direction]
                before = cell[r][c - step] if inside else c0[direction]
                above = hidden[r - 1][c] if r > 0 else [0.0] * h
                for m in range(h):
                    for n in range(4 * h):
                        sums[n] += beside[m] * state_kernel[direction][0][m][n]
                        sums[n] += above[m] * state_kernel[direction][1][m][n]
                hidden[r][c], cell[r][c] = gates(sums, before, h)
        maps.append(hidden)
    right, left = maps
    return [
        [[right[r][c][m] + (left[r - 1][c][m] if r > 0 else 0.0) for m in range(h)] for c in range(width)]
        for r in range(height)
    ]


def case(layer, height, width, cin, h, colors, k=None):
    if layer == 'rowLSTM':
        output = row_lstm(height, width, cin, h, k, colors)
    else:
        output = diagonal_bilstm(height, width, cin, h, colors)
    rounded = [round(v, 9) for row in output for pixel in row for v in pixel]
    return {
        'layer': layer, 'height': height, 'width': width, 'cin': cin, 'h': h, 'colors': colors, 'kernelSize': k,
        'output': rounded,
    }  # fmt: skip


if __name__ == "__main__":
    print(
        json.dumps(
            [
                case('rowLSTM', 3, 4, 1, 1, 1, k=3),
                case('rowLSTM', 4, 3, 3, 4, 3, k=3),
                case('rowLSTM', 2, 6, 2, 2, 1, k=5),
                case('diagonalBiLSTM', 3, 4, 1, 1, 1),
                case('diagonalBiLSTM', 4, 3, 3, 4, 3),
                case('diagonalBiLSTM', 5, 2, 4, 5, 3),
            ]
        )
    )
