// The weights as the gemm reads them: in tiles of columns, in each tile only the rows that have a live weight there.
//
// Where the mask comes from three colours, a third of a centre tap's weights is dead, but never a whole row of
// neighbouring columns. So blocks of three vectors hold every third column each: then a row needs all three vectors, or
// the last two, or only the last one.
#pragma once

#include "base/arena.h"
#include "base/vector.h"
#include "conv/patches.h"

namespace pixelrnn {

constexpr int32_t kChunk = 256;  // rows, floats of a patch, that are multiplied at a time
constexpr int32_t kTileColumns = 2 * kLanes, kBlockColumns = 3 * kLanes;

// A tile's rows in a chunk.
struct Part {
    int32_t index;      // where its list of rows begins
    int32_t counts[3];  // rows that need all vectors, all but the first, all but the first two; in this order
    size_t weight;      // where its weights begin
};

struct Weights {
    int32_t rows, columns;
    int32_t blocks = 0;     // tiles of three vectors come first
    bool reversed = false;  // in them, the last vector holds columns 0, 3, 6 ..., else 2, 5, 8 ...
    float* packed = nullptr;
    int32_t* index = nullptr;  // places in the chunk of the patch
    Part* parts = nullptr;     // [tiles, chunks]

    int32_t chunks() const { return (rows + kChunk - 1) / kChunk; }
    int32_t tiles() const { return blocks + (columns - blocks * kBlockColumns + kTileColumns - 1) / kTileColumns; }
    int32_t column(int32_t tile) const {
        return tile < blocks ? tile * kBlockColumns : blocks * kBlockColumns + (tile - blocks) * kTileColumns;
    }
    int32_t vectors(int32_t tile) const { return tile < blocks ? 3 : columns - column(tile) > kLanes ? 2 : 1; }
};

// Where kernel and mask keep weight[(tap, channel), n].
struct WeightOrder {
    const Tap* taps;
    int32_t channels;
    int64_t tap_stride, channel_stride, column_stride;

    int64_t at(int32_t row, int32_t column) const {
        return taps[row / channels].position * tap_stride + row % channels * channel_stride + column * column_stride;
    }
};

Weights take_weights(Arena& arena, int32_t rows, int32_t columns);
Weights pack_weights(Weights weights, const WeightOrder& order, const float* kernel, const float* mask,
                     const pixelrnn_executor* executor);

}  // namespace pixelrnn
