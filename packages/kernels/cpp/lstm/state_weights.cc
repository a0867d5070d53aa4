#include "lstm/state_weights.h"

#include "base/parallel.h"

namespace pixelrnn {
namespace {

// Row number `row` of [window h, 4h].
inline const float* row_of(const StateWeights& weights, const float* kernel, bool turned, int32_t row) {
    const int32_t h = weights.hidden, offset = row / h, part = turned ? weights.window - 1 - offset : offset;
    return kernel + (static_cast<size_t>(part) * h + row % h) * 4 * h;
}

// Four gates' weights of kLanes units; `mask` may be null.
float* pack_gates(float* packed, int32_t hidden, int32_t unit, const float* weights, const float* mask) {
    for (int32_t gate = 0; gate < 4; gate++)
        for (int32_t lane = 0; lane < kLanes; lane++) {
            const int32_t column = gate * hidden + unit + lane;
            *packed++ = unit + lane >= hidden ? 0.0f : mask ? weights[column] * mask[column] : weights[column];
        }
    return packed;
}

}  // namespace

StateWeights take_forward_weights(Arena& arena, int32_t hidden, int32_t window, int32_t input_size) {
    StateWeights weights = {.hidden = hidden, .window = window, .input_size = input_size};
    const size_t columns = static_cast<size_t>(4) * rounded_up(hidden, kLanes);
    if (input_size > 0) weights.bias = arena.take<float>(columns);
    weights.forward = arena.take<float>(columns * (input_size + weights.columns()));
    return weights;
}

StateWeights take_backward_weights(Arena& arena, int32_t hidden, int32_t window) {
    StateWeights weights = {.hidden = hidden, .window = window};
    weights.backward = arena.take<float>(static_cast<size_t>(4) * hidden * weights.vectors() * kLanes);
    return weights;
}

void pack_forward(const StateWeights& weights, const InputWeights& input_weights, const float* kernel, bool turned) {
    const int32_t h = weights.hidden;
    float *packed = weights.forward, *bias = weights.bias;
    for (int32_t unit = 0; unit < h; unit += kLanes) {
        for (int32_t row = 0; row < weights.input_size; row++) {
            const size_t at = static_cast<size_t>(row) * input_weights.columns + input_weights.first;
            packed = pack_gates(packed, h, unit, input_weights.kernel + at,
                                input_weights.mask ? input_weights.mask + at : nullptr);
        }
        for (int32_t row = 0; row < weights.columns(); row++)
            packed = pack_gates(packed, h, unit, row_of(weights, kernel, turned, row), nullptr);
        if (!bias) continue;
        if (input_weights.bias) {
            bias = pack_gates(bias, h, unit, input_weights.bias + input_weights.first, nullptr);
        } else {
            for (int32_t n = 0; n < 4 * kLanes; n++) *bias++ = 0.0f;
        }
    }
}

void pack_backward(const StateWeights& weights, const float* kernel, bool turned) {
    const int32_t rows = 4 * weights.hidden;
    float* packed = weights.backward;
    for (int32_t done = 0; done < weights.vectors();) {
        const int32_t vectors = block_vectors(weights.vectors() - done), width = vectors * kLanes;
        for (int32_t n = 0; n < width; n++) {
            const int32_t column = done * kLanes + n;
            const float* from = column < weights.columns() ? row_of(weights, kernel, turned, column) : nullptr;
            for (int32_t row = 0; row < rows; row++)
                packed[static_cast<size_t>(row) * width + n] = from ? from[row] : 0.0f;
        }
        packed += static_cast<size_t>(rows) * width;
        done += vectors;
    }
}

}  // namespace pixelrnn
