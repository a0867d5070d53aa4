// The gradient of the state weights: the sum over all cells of a map of states^T [h, 1] dgates [1, 4h], for each offset in the window.
#pragma once

#include "base/arena.h"
#include "base/parallel.h"
#include "base/vector.h"

namespace pixelrnn {

// Lines of cells; pitches in floats.
struct CellMap {
    const float* values;
    ptrdiff_t line_pitch, cell_pitch;
};

// The sums of one offset, their rows padded to whole vectors.
inline int32_t state_columns(int32_t hidden) { return rounded_up(4 * hidden, kLanes); }
inline size_t state_block(int32_t hidden) { return static_cast<size_t>(hidden) * state_columns(hidden); }

// Adds to sums [hidden, state_columns], or begins them. Reads up to kLanes floats behind the last dgates.
void add_state_gradient(int32_t hidden, int32_t lines, int32_t count, CellMap states, CellMap dgates, bool begin,
                        float* sums);

// What the groups of images add up, for each direction of a layer.
struct StateSums {
    int32_t groups, directions, window, hidden;
    float* kernel = nullptr;   // [groups, directions, window, state_block]
    float* initial = nullptr;  // [groups, directions, hidden state and cell state, whole vectors of units]

    int32_t units() const { return rounded_up(hidden, kLanes); }
    float* block(int32_t group, int32_t direction, int32_t offset) const {
        return kernel + ((static_cast<size_t>(group) * directions + direction) * window + offset) * state_block(hidden);
    }
    float* initial_hidden(int32_t group, int32_t direction) const {
        return initial + (static_cast<size_t>(group) * directions + direction) * 2 * units();
    }
    float* initial_cell(int32_t group, int32_t direction) const { return initial_hidden(group, direction) + units(); }
};

StateSums take_state_sums(Arena& arena, int32_t groups, int32_t directions, int32_t window, int32_t hidden);
// The groups' sums in their order: dkernel [directions, window, hidden, 4 hidden], its parts in the opposite order of the
// window where `turned`; dhidden and dcell [directions, hidden].
void finish_state_sums(const StateSums& sums, bool turned, float* dkernel, float* dhidden, float* dcell);

}  // namespace pixelrnn
