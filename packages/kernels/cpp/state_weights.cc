#include "state_weights.h"

#include "parallel.h"

namespace pixelrnn {
namespace {

// Row number `row` of [window h, 4h].
inline const float* row_of(const StateWeights& weights, const float* kernel, bool turned, int32_t row) {
    const int32_t h = weights.hidden, slot = row / h, part = turned ? weights.window - 1 - slot : slot;
    return kernel + (static_cast<size_t>(part) * h + row % h) * 4 * h;
}

}  // namespace

StateWeights take_state_weights(Arena& arena, int32_t hidden, int32_t window, bool backward) {
    StateWeights weights = {hidden, window, nullptr, nullptr};
    const size_t rows = static_cast<size_t>(4) * hidden;
    if (backward)
        weights.backward = arena.take<float>(rows * weights.vectors() * kLanes);
    else
        weights.forward = arena.take<float>(static_cast<size_t>(4) * rounded_up(hidden, kLanes) * weights.columns());
    return weights;
}

void pack_forward(const StateWeights& weights, const float* kernel, bool turned) {
    const int32_t h = weights.hidden;
    float* packed = weights.forward;
    for (int32_t unit = 0; unit < h; unit += kLanes)
        for (int32_t row = 0; row < weights.columns(); row++) {
            const float* from = row_of(weights, kernel, turned, row) + unit;
            for (int32_t gate = 0; gate < 4; gate++, from += h)
                for (int32_t lane = 0; lane < kLanes; lane++) *packed++ = unit + lane < h ? from[lane] : 0.0f;
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
            for (int32_t row = 0; row < rows; row++) packed[static_cast<size_t>(row) * width + n] = from ? from[row] : 0.0f;
        }
        packed += static_cast<size_t>(rows) * width;
        done += vectors;
    }
}

}  // namespace pixelrnn
