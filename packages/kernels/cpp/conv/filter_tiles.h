// The register tiles of the filter gradient: rows of the kernel x vectors of columns, summed over pixels.
#pragma once

#include "base/vector.h"

namespace pixelrnn {

// Pixel after pixel, [count, pitch].
struct Rows {
    const float* values;
    int64_t pitch;
};

// Vectors of a row that are computed: all, or in a tile of three vectors that hold the columns of three colours, only
// those a mask of colours lets live: the row's own colour and the later ones.
template <int32_t vectors>
constexpr int32_t first_vector(int32_t row) {
    return vectors == 3 ? row % 3 : 0;
}

// Adds to partial [rows, pitch], or begins it.
template <int32_t rows, int32_t vectors>
void add_filter_tile(int32_t pixels, Rows inputs, Rows gradients, bool begin, float* partial, int32_t pitch) {
    Vector sums[rows][vectors] = {};
    if (!begin) {
#pragma GCC unroll 16
        for (int32_t r = 0; r < rows; r++)
#pragma GCC unroll 4
            for (int32_t v = first_vector<vectors>(r); v < vectors; v++)
                sums[r][v] = load(partial + r * pitch + v * kLanes);
    }
    const float *input = inputs.values, *gradient = gradients.values;
    PIXELRNN_UNROLL
    for (int32_t p = 0; p < pixels; p++, input += inputs.pitch, gradient += gradients.pitch) {
        Vector loaded[vectors];
#pragma GCC unroll 4
        for (int32_t v = 0; v < vectors; v++) loaded[v] = load(gradient + v * kLanes);
#pragma GCC unroll 16
        for (int32_t r = 0; r < rows; r++)
#pragma GCC unroll 4
            for (int32_t v = first_vector<vectors>(r); v < vectors; v++) sums[r][v] += loaded[v] * input[r];
    }
#pragma GCC unroll 16
    for (int32_t r = 0; r < rows; r++)
#pragma GCC unroll 4
        for (int32_t v = first_vector<vectors>(r); v < vectors; v++)
            store(partial + r * pitch + v * kLanes, sums[r][v]);
}

}  // namespace pixelrnn
