// y[pixel, n] = act(sum over k of patch(pixel)[k] * weight[k, n] + bias[n]) + residual: the gemm that both
// the convolution and the gradient of its input are.
#pragma once

#include "conv/patches.h"
#include "conv/weights.h"

namespace pixelrnn {

// Applied in this order.
struct Epilogue {
    const float* bias = nullptr;  // [columns] or null
    bool relu = false;
    const float* gate = nullptr;      // of the output's shape: the output becomes 0 where this is not positive; or null
    const float* residual = nullptr;  // of the output's shape, or null
    bool accumulate = false;          // whether the product is added to what y holds, before all of these
};

// For the pixels first .. last - 1.
void gemm_range(const Patches& patches, const Weights& weights, const Epilogue& epilogue, int64_t first, int64_t last,
                float* y);
void gemm(const Patches& patches, const Weights& weights, const Epilogue& epilogue, float* y,
          const pixelrnn_executor* executor);

}  // namespace pixelrnn
