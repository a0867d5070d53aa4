// dkernel[k, n] = sum over pixels of patch(pixel)[k] * dz[pixel, n], and dbias[n] = sum over pixels of dz[pixel, n].
#pragma once

#include "arena.h"
#include "patches.h"

namespace pixelrnn {

// The pixels are cut into pieces and the columns into blocks by shape alone, one task each.
struct PartialSums {
    int32_t pieces, rows, columns;  // rows and columns padded to whole tiles
    float* kernel;                  // [pieces, rows, columns]
    float* bias;                    // [pieces, columns]
};

struct OutputGradient {
    const float* values;  // [pixels, columns]
    const float* gate;    // the outputs, where a relu follows them, else null
    int32_t columns;
};

PartialSums take_partial_sums(Arena& arena, int64_t pixels, int32_t rows, int32_t columns);
void filter_gradient(const pixelrnn_conv& conv, const Patches& patches, const OutputGradient& dz,
                     const PartialSums& sums, const float* mask, float* dkernel, float* dbias,
                     const pixelrnn_executor* executor);

}  // namespace pixelrnn
