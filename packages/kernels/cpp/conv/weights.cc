#include "conv/weights.h"

#include "base/parallel.h"

namespace pixelrnn {
namespace {

// The column of a lane of one of the tile's vectors.
inline int32_t column_of(const Weights& weights, int32_t tile, int32_t vector, int32_t lane) {
    const int32_t column = weights.column(tile);
    if (tile >= weights.blocks) return column + vector * kLanes + lane;
    return column + 3 * lane + (weights.reversed ? 2 - vector : vector);
}

// The first vector of a tile that has a live weight in the row, or the number of vectors.
int32_t first_live(const Weights& weights, const WeightOrder& order, const float* mask, int32_t tile, int32_t row) {
    const int32_t vectors = weights.vectors(tile);
    if (!mask) return 0;
    for (int32_t v = 0; v < vectors; v++)
        for (int32_t lane = 0; lane < kLanes; lane++) {
            const int32_t column = column_of(weights, tile, v, lane);
            if (column < weights.columns && mask[order.at(row, column)] != 0) return v;
        }
    return vectors;
}

// Multiplications of vectors that the first block of columns takes, as a share of all.
float block_work(const Weights& weights, const WeightOrder& order, const float* mask) {
    int32_t work = 0;
    for (int32_t row = 0; row < weights.rows; row++) work += 3 - first_live(weights, order, mask, 0, row);
    return static_cast<float>(work) / static_cast<float>(3 * weights.rows);
}

void pack_row(const Weights& weights, const WeightOrder& order, const float* kernel, const float* mask, int32_t tile,
              int32_t row, int32_t first, float* packed) {
    for (int32_t v = first; v < weights.vectors(tile); v++)
        for (int32_t lane = 0; lane < kLanes; lane++) {
            const int32_t column = column_of(weights, tile, v, lane);
            const bool inside = column < weights.columns;
            const int64_t at = inside ? order.at(row, column) : 0;
            *packed++ = !inside ? 0.0f : mask ? kernel[at] * mask[at] : kernel[at];
        }
}

void pack_tile(const Weights& weights, const WeightOrder& order, const float* kernel, const float* mask, int32_t tile) {
    const int32_t vectors = weights.vectors(tile);
    int32_t* index = weights.index + static_cast<size_t>(tile) * weights.rows;
    float* packed = weights.packed + static_cast<size_t>(weights.column(tile)) * weights.rows;
    for (int32_t chunk = 0; chunk < weights.chunks(); chunk++) {
        const int32_t begin = chunk * kChunk, end = smaller(begin + kChunk, weights.rows);
        Part& part = weights.parts[tile * weights.chunks() + chunk];
        part.index = static_cast<int32_t>(index - weights.index);
        part.weight = packed - weights.packed;
        uint8_t first[kChunk];
        for (int32_t row = begin; row < end; row++)
            first[row - begin] = static_cast<uint8_t>(first_live(weights, order, mask, tile, row));
        for (int32_t v = 0; v < 3; v++) {
            // Only blocks sort their rows; a plain tile multiplies all vectors of a row that lives.
            const bool block = tile < weights.blocks;
            part.counts[v] = 0;
            if (!block && v > 0) continue;
            for (int32_t row = begin; row < end; row++) {
                if (block ? first[row - begin] != v : first[row - begin] == vectors) continue;
                pack_row(weights, order, kernel, mask, tile, row, v, packed);
                packed += (vectors - v) * kLanes;
                *index++ = row - begin;
                part.counts[v]++;
            }
        }
    }
}

}  // namespace

Weights take_weights(Arena& arena, int32_t rows, int32_t columns) {
    Weights weights = {.rows = rows, .columns = columns};
    const int32_t tiles = pieces(columns, kTileColumns) + 1;
    weights.packed = arena.take<float>(static_cast<size_t>(rounded_up(columns, kTileColumns)) * rows);
    weights.index = arena.take<int32_t>(static_cast<size_t>(tiles) * rows);
    weights.parts = arena.take<Part>(static_cast<size_t>(tiles) * weights.chunks());
    return weights;
}

Weights pack_weights(Weights weights, const WeightOrder& order, const float* kernel, const float* mask,
                     const pixelrnn_executor* executor) {
    const int32_t blocks = weights.columns / kBlockColumns;
    if (mask && blocks > 0) {
        Weights forth = weights, back = weights;
        forth.blocks = back.blocks = blocks;
        back.reversed = true;
        const float work = block_work(forth, order, mask), work_back = block_work(back, order, mask);
        // The block's smaller register tile costs something: it must save more.
        if (work < 0.9f || work_back < 0.9f) weights = work < work_back ? forth : back;
    }
    parallel(executor, weights.tiles(), [&](int32_t tile) { pack_tile(weights, order, kernel, mask, tile); });
    return weights;
}

}  // namespace pixelrnn
