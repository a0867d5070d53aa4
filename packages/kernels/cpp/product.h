// y[pixel, n] = act(sum over k of patch(pixel)[k] * weight[k, n] + bias[n]) + residual: the matrix product that both
// the convolution and the gradient of its input are.
#pragma once

#include "arena.h"
#include "patches.h"

namespace pixelrnn {

// The weights as the product reads them: cut into tiles of one or two vectors of columns, in each tile only those
// rows k that have a live weight there.
struct Weights {
    int32_t rows, columns;
    float* packed;    // tile by tile [live rows, columns of the tile]
    int32_t* index;   // tile by tile, the live rows' places in their chunk of the patch
    int32_t* starts;  // [tiles, chunks + 1], where each chunk of the patch begins in `index`
};

// Where kernel and mask keep weight[(tap, channel), n].
struct WeightOrder {
    const Tap* taps;
    int32_t channels, channel_stride, column_stride;
};

struct Epilogue {
    const float* bias;      // [columns] or null
    const float* residual;  // of the output's shape, or null
    const float* gate;      // of the output's shape: the output becomes 0 where this is not positive; or null
    bool relu;
};

Weights take_weights(Arena& arena, int32_t rows, int32_t columns);
void pack_weights(const Weights& weights, const WeightOrder& order, const float* kernel, const float* mask,
                  const pixelrnn_executor* executor);
void multiply(const Patches& patches, int64_t pixels, const Weights& weights, const Epilogue& epilogue, float* y,
              const pixelrnn_executor* executor);

}  // namespace pixelrnn
