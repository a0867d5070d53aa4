"""Golden outputs of the gated layer, worked out pixel by pixel from Conditional Image Generation with PixelCNN Decoders,
equations 2, 4 and 5 and Figure 2, in double precision and with nothing but the standard library: no convolution, no shift.

    python3 packages/layers/golden/gated.py > packages/layers/golden/gated.json
"""

import json
import math

from recurrent import allowed, sigmoid, tensor, values


def gate(sums, p):
    return [math.tanh(sums[m]) * sigmoid(sums[p + m]) for m in range(p)]


def gated_layer(height, width, above, left, p, n, mask, colors, m, c):
    """`above`, `left`: channels of the inputs v and h; `m`, `c`: numbers of the vector and maps of the map."""
    v, h = tensor([height, width, above], 1), tensor([height, width, left], 2)
    vector, plane = values(m, 3), tensor([height, width, c], 4)
    rows, columns = -(-n // 2), -(-n // 2)
    shapes = [
        [rows, n, above, 2 * p],
        [2 * p],
        [1, 1, 2 * p, 2 * p],
        [2 * p],
        [1, columns, left, 2 * p],
        [2 * p],
        [1, 1, p, p],
        [p],
        [m, 4 * p],
        [c, 4 * p],
    ]
    vertical, vertical_bias, link, link_bias, horizontal, horizontal_bias, output, output_bias, of_vector, of_map = (
        tensor(shape, i + 5) for i, shape in enumerate(shapes)
    )

    def condition(r, x, s):
        """What both conditions add to sum `s` of the 4p, vertical ones first."""
        sums = sum(vector[i] * of_vector[i][s] for i in range(m))
        return sums + sum(plane[r][x][i] * of_map[i][s] for i in range(c))

    def vertical_sums(r, x):
        sums = [vertical_bias[s] + condition(r, x, s) for s in range(2 * p)]
        for i in range(rows):
            for j in range(n):
                row, column = r - (rows - 1) + i, x - n // 2 + j
                if row < 0 or not 0 <= column < width:
                    continue
                for channel in range(above):
                    for s in range(2 * p):
                        sums[s] += v[row][column][channel] * vertical[i][j][channel][s]
        return sums

    next_v, next_h = [], []
    for r in range(height):
        for x in range(width):
            next_v += gate(vertical_sums(r, x), p)
            sums = [link_bias[s] + horizontal_bias[s] + condition(r, x, 2 * p + s) for s in range(2 * p)]
            if r > 0:
                above_sums = vertical_sums(r - 1, x)
                for s in range(2 * p):
                    sums[s] += sum(above_sums[t] * link[0][0][t][s] for t in range(2 * p))
            for j in range(columns):
                column = x - (columns - 1) + j
                if column < 0:
                    continue
                for channel in range(left):
                    for s in range(2 * p):
                        if column == x:
                            live = allowed(channel, s % p, colors)
                            if mask == "A":
                                live = channel % colors < s % p % colors
                            if not live:
                                continue
                        sums[s] += h[r][column][channel] * horizontal[0][j][channel][s]
            gated = gate(sums, p)
            for o in range(p):
                value = output_bias[o]
                value += sum(gated[i] * output[0][0][i][o] for i in range(p) if allowed(i, o, colors))
                next_h.append(value + (h[r][x][o] if mask == "B" else 0))
    return {"v": next_v, "h": next_h}


def cases():
    names = ["height", "width", "above", "left", "p", "n", "mask", "colors", "m", "c"]
    for case in [
        (3, 4, 1, 1, 2, 3, "A", 1, 0, 0),
        (3, 4, 3, 3, 4, 7, "A", 3, 2, 0),
        (4, 3, 4, 4, 4, 3, "B", 3, 0, 2),
        (3, 3, 5, 3, 3, 4, "B", 1, 2, 1),
        (2, 5, 3, 5, 5, 5, "B", 3, 0, 0),
    ]:
        yield {**dict(zip(names, case)), **gated_layer(*case)}


if __name__ == "__main__":
    print(json.dumps(list(cases())))
