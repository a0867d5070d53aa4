#include "product.h"

#include "parallel.h"

namespace pixelrnn {
namespace {

// Register tiles: pixels x vectors of columns. The panel of patches is a whole number of tiles.
#if defined(__AVX512F__)
constexpr int32_t kNarrowTile = 14, kWideTile = 14, kPanel = 14;
#elif defined(__AVX2__) && defined(__FMA__)
constexpr int32_t kNarrowTile = 12, kWideTile = 6, kPanel = 12;
#else
constexpr int32_t kNarrowTile = 8, kWideTile = 4, kPanel = 8;
#endif
constexpr int32_t kChunk = 256;          // floats of a patch at a time
constexpr int32_t kPitch = kChunk + 16;  // a constant, so that addresses need no arithmetic; no power of two
constexpr int32_t kTileColumns = 2 * kLanes;
constexpr int32_t kPanelsPerTask = 16;

struct Chunk {
    bool first, last;
};

template <int32_t vectors>
inline void finish(const Epilogue& epilogue, int64_t at, int32_t column, Vector (&value)[vectors]) {
    for (int32_t v = 0; v < vectors; v++) {
        if (epilogue.bias) value[v] += load(epilogue.bias + column + v * kLanes);
        if (epilogue.relu) value[v] = relu(value[v]);
        if (epilogue.residual) value[v] += load(epilogue.residual + at + v * kLanes);
        if (epilogue.gate) value[v] = load(epilogue.gate + at + v * kLanes) > 0 ? value[v] : Vector{};
    }
}

inline float finish(const Epilogue& epilogue, int64_t at, int32_t column, float value) {
    if (epilogue.bias) value += epilogue.bias[column];
    if (epilogue.relu) value = relu(value);
    if (epilogue.residual) value += epilogue.residual[at];
    if (epilogue.gate) value = epilogue.gate[at] > 0 ? value : 0.0f;
    return value;
}

// One register tile: `pixels` pixels by `vectors` vectors of columns.
template <int32_t pixels, int32_t vectors>
void multiply_tile(const float* panel, const float* weight, const int32_t* index, int32_t live, Chunk chunk,
                   const Epilogue& epilogue, int64_t pixel, int32_t valid, int32_t column, int32_t columns, float* y) {
    Vector sums[pixels][vectors] = {};
    for (int32_t i = 0; i < live; i++, weight += vectors * kLanes) {
        const float* inputs = panel + index[i];
        Vector weights[vectors];
#pragma GCC unroll 2
        for (int32_t v = 0; v < vectors; v++) weights[v] = load(weight + v * kLanes);
#pragma GCC unroll 16
        for (int32_t p = 0; p < pixels; p++)
#pragma GCC unroll 2
            for (int32_t v = 0; v < vectors; v++) sums[p][v] += weights[v] * inputs[p * kPitch];
    }
    const int32_t width = smaller(columns - column, vectors * kLanes);
    if (width == vectors * kLanes && valid >= pixels) {
#pragma GCC unroll 16
        for (int32_t p = 0; p < pixels; p++) {
            const int64_t at = (pixel + p) * columns + column;
            if (!chunk.first)
                for (int32_t v = 0; v < vectors; v++) sums[p][v] += load(y + at + v * kLanes);
            if (chunk.last) finish(epilogue, at, column, sums[p]);
            for (int32_t v = 0; v < vectors; v++) store(y + at + v * kLanes, sums[p][v]);
        }
        return;
    }
    float edge[pixels][vectors * kLanes];
#pragma GCC unroll 16
    for (int32_t p = 0; p < pixels; p++)
        for (int32_t v = 0; v < vectors; v++) store(edge[p] + v * kLanes, sums[p][v]);
    for (int32_t p = 0; p < smaller(valid, pixels); p++) {
        for (int32_t n = 0; n < width; n++) {
            const int64_t at = (pixel + p) * columns + column + n;
            const float value = chunk.first ? edge[p][n] : edge[p][n] + y[at];
            y[at] = chunk.last ? finish(epilogue, at, column + n, value) : value;
        }
    }
}

inline int32_t tile_vectors(const Weights& weights, int32_t tile) {
    return weights.columns - tile * kTileColumns <= kLanes ? 1 : 2;
}

void multiply_panel(const Patches& patches, int64_t pixel, int32_t valid, const Weights& weights,
                    const Epilogue& epilogue, float* y) {
    alignas(64) float panel[kPanel * kPitch];
    const int32_t tiles = pieces(weights.columns, kTileColumns), chunks = pieces(weights.rows, kChunk);
    for (int32_t p = valid; p < kPanel; p++)
        for (int32_t i = 0; i < smaller(weights.rows, kChunk); i++) panel[p * kPitch + i] = 0.0f;
    for (int32_t c = 0; c < chunks; c++) {
        const int32_t begin = c * kChunk, end = smaller(begin + kChunk, weights.rows);
        patches.fill(pixel, valid, begin, end, end - begin, kPitch, panel);
        const Chunk chunk = {c == 0, c == chunks - 1};
        for (int32_t tile = 0; tile < tiles; tile++) {
            const int32_t* starts = weights.starts + tile * (chunks + 1) + c;
            const int32_t live = starts[1] - starts[0], column = tile * kTileColumns;
            const int32_t vectors = tile_vectors(weights, tile);
            const size_t at = static_cast<size_t>(tile) * weights.rows;
            const int32_t* index = weights.index + at + starts[0];
            const float* weight = weights.packed + at * kTileColumns + starts[0] * vectors * kLanes;
            if (vectors == 2) {
                for (int32_t p = 0; p < valid; p += kWideTile)
                    multiply_tile<kWideTile, 2>(panel + p * kPitch, weight, index, live, chunk, epilogue, pixel + p,
                                                valid - p, column, weights.columns, y);
            } else {
                for (int32_t p = 0; p < valid; p += kNarrowTile)
                    multiply_tile<kNarrowTile, 1>(panel + p * kPitch, weight, index, live, chunk, epilogue, pixel + p,
                                                  valid - p, column, weights.columns, y);
            }
        }
    }
}

void pack_tile(const Weights& weights, const WeightOrder& order, const float* kernel, const float* mask,
               int32_t tile) {
    const int32_t chunks = pieces(weights.rows, kChunk), column = tile * kTileColumns;
    const int32_t width = smaller(weights.columns - column, kTileColumns);
    const int32_t padded = tile_vectors(weights, tile) * kLanes;
    const int64_t size = static_cast<int64_t>(order.channels) * weights.columns;
    float* packed = weights.packed + static_cast<size_t>(tile) * weights.rows * kTileColumns;
    int32_t* index = weights.index + static_cast<size_t>(tile) * weights.rows;
    int32_t* starts = weights.starts + tile * (chunks + 1);
    int32_t live = 0;
    for (int32_t row = 0; row < weights.rows; row++) {
        if (row % kChunk == 0) starts[row / kChunk] = live;
        const int64_t at = order.taps[row / order.channels].position * size +
                           static_cast<int64_t>(row % order.channels) * order.channel_stride +
                           static_cast<int64_t>(column) * order.column_stride;
        bool any = !mask;
        for (int32_t n = 0; n < width; n++) {
            const int64_t from = at + static_cast<int64_t>(n) * order.column_stride;
            any = any || mask[from] != 0;
            packed[n] = mask ? kernel[from] * mask[from] : kernel[from];
        }
        if (!any) continue;
        for (int32_t n = width; n < padded; n++) packed[n] = 0.0f;
        packed += padded;
        index[live++] = row % kChunk;
    }
    starts[chunks] = live;
}

}  // namespace

Weights take_weights(Arena& arena, int32_t rows, int32_t columns) {
    const int32_t tiles = pieces(columns, kTileColumns), chunks = pieces(rows, kChunk);
    Weights weights = {rows, columns, nullptr, nullptr, nullptr};
    weights.packed = arena.take<float>(static_cast<size_t>(tiles) * rows * kTileColumns);
    weights.index = arena.take<int32_t>(static_cast<size_t>(tiles) * rows);
    weights.starts = arena.take<int32_t>(static_cast<size_t>(tiles) * (chunks + 1));
    return weights;
}

void pack_weights(const Weights& weights, const WeightOrder& order, const float* kernel, const float* mask,
                  const pixelrnn_executor* executor) {
    parallel(executor, pieces(weights.columns, kTileColumns),
             [&](int32_t tile) { pack_tile(weights, order, kernel, mask, tile); });
}

void multiply(const Patches& patches, int64_t pixels, const Weights& weights, const Epilogue& epilogue, float* y,
              const pixelrnn_executor* executor) {
    const int32_t size = kPanelsPerTask * kPanel;
    parallel(executor, pieces(pixels, size), [&](int32_t task) {
        const int64_t begin = static_cast<int64_t>(task) * size;
        const int64_t end = begin + size < pixels ? begin + size : pixels;
        for (int64_t pixel = begin; pixel < end; pixel += kPanel) {
            const int32_t valid = static_cast<int32_t>(end - pixel < kPanel ? end - pixel : kPanel);
            multiply_panel(patches, pixel, valid, weights, epilogue, y);
        }
    });
}

}  // namespace pixelrnn
