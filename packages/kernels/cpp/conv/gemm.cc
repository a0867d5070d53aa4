#include "conv/gemm.h"

#include "base/interleave.h"
#include "base/parallel.h"

namespace pixelrnn {
namespace {

// Register tiles: pixels for one, two and three vectors of columns. The panel of patches is a whole number of each.
#if defined(__AVX512F__)
constexpr int32_t kTile[] = {0, 14, 14, 7}, kPanel = 14;
#elif defined(__AVX2__) && defined(__FMA__)
constexpr int32_t kTile[] = {0, 12, 6, 4}, kPanel = 12;
#else
constexpr int32_t kTile[] = {0, 8, 4, 4}, kPanel = 8;
#endif
// A panel of patches has up to so many times more pixels, as long as it and a tile's weights stay in the first cache.
constexpr int32_t kMostPanels = 3, kPanelFloats = 6144;
constexpr int32_t kPitch = kChunk + 16;  // a constant, so that addresses need no arithmetic; no power of two
constexpr int32_t kPanelsPerTask = 16;

template <int32_t pixels, int32_t vectors>
using Sums = Vector[pixels][vectors];

// Adds the products of rows that need the vectors from `first` on; returns the weights behind theirs.
template <int32_t first, int32_t pixels, int32_t vectors>
inline const float* add_products(Sums<pixels, vectors>& sums, const float* panel, const float* weight,
                                 const int32_t* index, int32_t count) {
    PIXELRNN_UNROLL
    for (int32_t i = 0; i < count; i++, weight += (vectors - first) * kLanes) {
        const float* inputs = panel + index[i];
        Vector weights[vectors];
#pragma GCC unroll 3
        for (int32_t v = first; v < vectors; v++) weights[v] = load(weight + (v - first) * kLanes);
#pragma GCC unroll 16
        for (int32_t p = 0; p < pixels; p++)
#pragma GCC unroll 3
            for (int32_t v = first; v < vectors; v++) sums[p][v] += weights[v] * inputs[p * kPitch];
    }
    return weight;
}

// Combines a tile's sums with a map's values, or with one row for all pixels where the pitch is 0.
template <int32_t pixels, int32_t vectors, typename F>
inline void apply(Sums<pixels, vectors>& sums, const float* values, int64_t pitch, const F& f) {
#pragma GCC unroll 16
    for (int32_t p = 0; p < pixels; p++)
#pragma GCC unroll 3
        for (int32_t v = 0; v < vectors; v++) sums[p][v] = f(sums[p][v], load(values + p * pitch + v * kLanes));
}

struct Place {
    int64_t pixel;
    int32_t valid;  // pixels
    int32_t column, columns;
    bool first_chunk, last_chunk;
};

template <int32_t pixels, int32_t vectors>
inline void finish_tile(Sums<pixels, vectors>& sums, const Place& place, const Epilogue& epilogue, float* y) {
    const int64_t at = place.pixel * place.columns + place.column, columns = place.columns;
    if (!place.first_chunk) apply(sums, y + at, columns, [](Vector sum, Vector before) { return sum + before; });
    if (place.last_chunk) {
        if (epilogue.bias)
            apply(sums, epilogue.bias + place.column, 0, [](Vector sum, Vector bias) { return sum + bias; });
        if (epilogue.relu) apply(sums, y + at, 0, [](Vector sum, Vector) { return relu(sum); });
        if (epilogue.gate)
            apply(sums, epilogue.gate + at, columns, [](Vector sum, Vector gate) { return gate > 0 ? sum : Vector{}; });
        if (epilogue.residual)
            apply(sums, epilogue.residual + at, columns, [](Vector sum, Vector residual) { return sum + residual; });
    }
#pragma GCC unroll 16
    for (int32_t p = 0; p < pixels; p++)
#pragma GCC unroll 3
        for (int32_t v = 0; v < vectors; v++) store(y + at + p * columns + v * kLanes, sums[p][v]);
}

// At the end of the columns or of the pixels.
template <int32_t pixels, int32_t vectors>
void finish_edge(const Sums<pixels, vectors>& sums, const Place& place, const Epilogue& epilogue, float* y) {
    float tile[pixels][vectors * kLanes];
#pragma GCC unroll 16
    for (int32_t p = 0; p < pixels; p++)
#pragma GCC unroll 3
        for (int32_t v = 0; v < vectors; v++) store(tile[p] + v * kLanes, sums[p][v]);
    const int32_t width = smaller(place.columns - place.column, vectors * kLanes);
    for (int32_t p = 0; p < smaller(place.valid, pixels); p++) {
        for (int32_t n = 0; n < width; n++) {
            const int64_t at = (place.pixel + p) * place.columns + place.column + n;
            float value = place.first_chunk ? tile[p][n] : tile[p][n] + y[at];
            if (place.last_chunk) {
                if (epilogue.bias) value += epilogue.bias[place.column + n];
                if (epilogue.relu) value = relu(value);
                if (epilogue.gate) value = epilogue.gate[at] > 0 ? value : 0.0f;
                if (epilogue.residual) value += epilogue.residual[at];
            }
            y[at] = value;
        }
    }
}

template <int32_t pixels, int32_t vectors>
inline void gemm_tile(const float* panel, const Weights& weights, const Part& part, const Place& place,
                      const Epilogue& epilogue, float* y) {
    Sums<pixels, vectors> sums = {};
    const int32_t* index = weights.index + part.index;
    const float* weight = weights.packed + part.weight;
    weight = add_products<0, pixels, vectors>(sums, panel, weight, index, part.counts[0]);
    if constexpr (vectors == 3) {
        index += part.counts[0];
        weight = add_products<1, pixels, vectors>(sums, panel, weight, index, part.counts[1]);
        index += part.counts[1];
        add_products<2, pixels, vectors>(sums, panel, weight, index, part.counts[2]);
#pragma GCC unroll 16
        for (int32_t p = 0; p < pixels; p++) {
            if (weights.reversed) {
                const Vector first = sums[p][0];
                sums[p][0] = sums[p][2];
                sums[p][2] = first;
            }
            interleave(sums[p]);
        }
    }
    if (place.valid >= pixels && place.columns - place.column >= vectors * kLanes)
        finish_tile<pixels, vectors>(sums, place, epilogue, y);
    else
        finish_edge<pixels, vectors>(sums, place, epilogue, y);
}

template <int32_t vectors>
void gemm_tiles(const float* panel, const Weights& weights, const Part& part, Place place, const Epilogue& epilogue,
                float* y) {
    constexpr int32_t pixels = kTile[vectors];
    for (; place.valid > 0; place.valid -= pixels, place.pixel += pixels, panel += pixels * kPitch)
        gemm_tile<pixels, vectors>(panel, weights, part, place, epilogue, y);
}

void gemm_panel(const Patches& patches, int64_t pixel, int32_t valid, const Weights& weights, const Epilogue& epilogue,
                float* y) {
    alignas(64) float panel[kMostPanels * kPanel * kPitch];
    for (int32_t p = valid; p < rounded_up(valid, kPanel); p++)
        for (int32_t i = 0; i < smaller(weights.rows, kChunk); i++) panel[p * kPitch + i] = 0.0f;
    const int32_t chunks = weights.chunks(), tiles = weights.tiles();
    for (int32_t c = 0; c < chunks; c++) {
        const int32_t begin = c * kChunk, end = smaller(begin + kChunk, weights.rows);
        patches.fill(pixel, valid, begin, end, end - begin, kPitch, panel);
        for (int32_t tile = 0; tile < tiles; tile++) {
            const Part& part = weights.parts[tile * chunks + c];
            const Place place = {.pixel = pixel,
                                 .valid = valid,
                                 .column = weights.column(tile),
                                 .columns = weights.columns,
                                 .first_chunk = c == 0 && !epilogue.accumulate,
                                 .last_chunk = c == chunks - 1};
            switch (weights.vectors(tile)) {
                case 1: gemm_tiles<1>(panel, weights, part, place, epilogue, y); break;
                case 2: gemm_tiles<2>(panel, weights, part, place, epilogue, y); break;
                default: gemm_tiles<3>(panel, weights, part, place, epilogue, y);
            }
        }
    }
}

}  // namespace

void gemm_range(const Patches& patches, const Weights& weights, const Epilogue& epilogue, int64_t first, int64_t last,
                float* y) {
    const int32_t fitting = kPanelFloats / smaller(weights.rows, kChunk) / kPanel;
    const int32_t size = kPanel * larger(1, smaller(fitting, kMostPanels));
    for (int64_t pixel = first; pixel < last; pixel += size) {
        const int32_t valid = static_cast<int32_t>(last - pixel < size ? last - pixel : size);
        gemm_panel(patches, pixel, valid, weights, epilogue, y);
    }
}

void gemm(const Patches& patches, const Weights& weights, const Epilogue& epilogue, float* y,
          const pixelrnn_executor* executor) {
    const int32_t size = kPanelsPerTask * kPanel;
    const int64_t pixels = patches.pixels;
    parallel(executor, pieces(pixels, size), [&](int32_t task) {
        const int64_t first = static_cast<int64_t>(task) * size, last = first + size < pixels ? first + size : pixels;
        gemm_range(patches, weights, epilogue, first, last, y);
    });
}

}  // namespace pixelrnn
