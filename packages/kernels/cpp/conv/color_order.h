// How a filter gradient sorts its panels by colour, so that the products that a mask of three colours makes zero are left out:
// the columns of dz where outputs are of the colours in turn, else the rows of the patches.
#pragma once

#include "base/interleave.h"
#include "base/parallel.h"
#include "conv/filter_gradient.h"

namespace pixelrnn {

constexpr int32_t kTriple = 3 * kLanes;
constexpr int32_t kFilterRowUnit = 48;  // rows are padded to a multiple of it
constexpr int32_t kFilterChunk = 288;   // rows, floats of a patch, at a time
constexpr int32_t kFilterBlock = 192;   // columns at a time, a multiple of kTriple

inline void sort_colors(float* panel, int32_t pitch, int32_t count, int32_t triples) {
    for (int32_t p = 0; p < count; p++, panel += pitch)
        for (int32_t t = 0; t < triples; t++) {
            float* at = panel + t * kTriple;
            Vector v[3] = {load(at), load(at + kLanes), load(at + 2 * kLanes)};
            deinterleave(v);
            store(at, v[0]);
            store(at + kLanes, v[1]);
            store(at + 2 * kLanes, v[2]);
        }
}

// Where the rows of a chunk are sorted by colour, the colours follow each other at this distance.
inline int32_t segment_of(int32_t rows) { return rounded_up(rows, kFilterRowUnit) / 3; }

inline void sort_rows(float* panel, int32_t pitch, int32_t count, int32_t rows) {
    const int32_t segment = segment_of(rows);
    float sorted[kFilterChunk];
    for (int32_t p = 0; p < count; p++, panel += pitch) {
        for (int32_t place = 0; place < segment; place += kLanes) {
            const float* at = panel + 3 * place;
            Vector v[3] = {load(at), load(at + kLanes), load(at + 2 * kLanes)};
            deinterleave(v);
            for (int32_t color = 0; color < 3; color++) store(sorted + color * segment + place, v[color]);
        }
        for (int32_t i = 0; i < 3 * segment; i += kLanes) store(panel + i, load(sorted + i));
    }
}

inline int32_t triples_of(int32_t begin, int32_t end, ColorOrder order) {
    return order == ColorOrder::cyclic ? (end - begin) / kTriple : 0;
}

// Where the partial sums keep a row and a column.
inline int32_t row_of(int32_t row, int32_t rows, ColorOrder order) {
    if (order != ColorOrder::contiguous) return row;
    const int32_t begin = row / kFilterChunk * kFilterChunk, at = row - begin;
    return begin + at % 3 * segment_of(smaller(kFilterChunk, rows - begin)) + at / 3;
}
inline int32_t column_of(int32_t column, int32_t columns, ColorOrder order) {
    const int32_t begin = column / kFilterBlock * kFilterBlock, end = smaller(begin + kFilterBlock, columns);
    const int32_t triple = begin + (column - begin) / kTriple * kTriple;
    if (triple - begin >= triples_of(begin, end, order) * kTriple) return column;
    return triple + (column - triple) % 3 * kLanes + (column - triple) / 3;
}

// Whether the mask, of one tap, leaves no product of a row with a column of an earlier colour.
template <typename F>
bool later_colors_only(const float* mask, int32_t rows, int32_t columns, const F& color_of) {
    for (int32_t row = 0; row < rows; row++, mask += columns)
        for (int32_t n = 0; n < columns; n++)
            if (color_of(n) < row % 3 && mask[n] != 0) return false;
    return true;
}

}  // namespace pixelrnn
