// Sums of one pass for a group of images: each weight is broadcast to the lanes, a tile of sums stays in registers.
#pragma once

#include "plan/functions.h"
#include "plan/program.h"

namespace pixelrnn::plan {

// A segment where it lies now.
struct Source {
    const float* from;  // [count] groups of lanes, `pitch` floats apart
    ptrdiff_t pitch;
    int32_t count, relu;
};

template <typename G, int32_t sums, bool rectified>
inline void add_products(typename G::Vector (&sum)[sums][G::kVectors], const Source& source, const float* weights,
                         int32_t weight_pitch) {
    typedef typename G::Vector Vector;
    const float* from = source.from;
    for (int32_t k = 0; k < source.count; k++) {
        Vector x[G::kVectors];
        for (int32_t v = 0; v < G::kVectors; v++) {
            x[v] = load<Vector>(from + v * G::kWidth);
            if (rectified) x[v] = relu(x[v]);
        }
        for (int32_t s = 0; s < sums; s++)
            for (int32_t v = 0; v < G::kVectors; v++) sum[s][v] += x[v] * weights[s];
        from += source.pitch;
        weights += weight_pitch;
    }
}

// to[s] = bias[s] + sum over the sources' rows of x * weight, row after row.
template <typename G, int32_t sums>
void tile(const Source* sources, int32_t count, const float* weights, int32_t pitch, const float* bias, float* to) {
    typedef typename G::Vector Vector;
    Vector sum[sums][G::kVectors];
    for (int32_t s = 0; s < sums; s++)
        for (int32_t v = 0; v < G::kVectors; v++) sum[s][v] = broadcast<Vector>(bias[s]);
    for (int32_t i = 0; i < count; i++) {
        if (sources[i].relu)
            add_products<G, sums, true>(sum, sources[i], weights, pitch);
        else
            add_products<G, sums, false>(sum, sources[i], weights, pitch);
        weights += ptrdiff_t(sources[i].count) * pitch;
    }
    for (int32_t s = 0; s < sums; s++)
        for (int32_t v = 0; v < G::kVectors; v++) store(to + s * G::kLanes + v * G::kWidth, sum[s][v]);
}

template <typename G>
void tile_of(int32_t sums, const Source* sources, int32_t count, const float* weights, int32_t pitch, const float* bias,
             float* to) {
#define PIXELRNN_TILE(n) \
    case n: return tile<G, n>(sources, count, weights, pitch, bias, to);
    switch (sums) {
        PIXELRNN_TILE(1)
        PIXELRNN_TILE(2)
        PIXELRNN_TILE(3)
        PIXELRNN_TILE(4)
    }
    if constexpr (G::kSums > 4) {
        switch (sums) {
            PIXELRNN_TILE(5)
            PIXELRNN_TILE(6)
            PIXELRNN_TILE(7)
            PIXELRNN_TILE(8)
        }
    }
#undef PIXELRNN_TILE
}

// All sums of a pass, [sums, lanes]. Tiles are as equal as they can be, as packStep.ts lays them.
template <typename G>
void product(const Source* sources, int32_t count, const Pass& pass, const float* constants, float* to) {
    const float* weights = constants + pass.weights;
    const float* bias = constants + pass.bias;
    const int32_t tiles = (pass.sums + kTile - 1) / kTile;
    for (int32_t i = 0; i < tiles; i++) {
        const int32_t size = pass.sums / tiles + (i < pass.sums % tiles ? 1 : 0);
        for (int32_t s = 0; s < size; s += G::kSums) {
            const int32_t part = size - s < G::kSums ? size - s : G::kSums;
            tile_of<G>(part, sources, count, weights + s, size, bias + s, to + s * G::kLanes);
        }
        weights += ptrdiff_t(pass.rows) * size;
        bias += size;
        to += size * G::kLanes;
    }
}

}  // namespace pixelrnn::plan
