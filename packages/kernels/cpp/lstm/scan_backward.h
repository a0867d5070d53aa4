// One step of a scan's reverse: the gradients of a line's gates and what they pass on to the states before.
#pragma once

#include "lstm/state_weights.h"

namespace pixelrnn {

// The activated gates of a line and the states that they make: cell states are recomputed from the gates, which spares
// the forward pass a map in memory. Pitches are from one cell to the next, in floats; states have whole vectors of units.
struct Recomputation {
    int32_t hidden, count;
    const float* gates;  // [4h] a cell, o, f, i, g
    ptrdiff_t gate_pitch;
    ptrdiff_t state_pitch;  // of all these
    const float* before;    // cell states
    float* cell;
    float* tanh_cell;
    float* output;  // hidden states
};
void recompute_states(const Recomputation& line);

struct BackwardLine {
    int32_t count;
    int32_t own;  // the offset in its window of the cell at the same place
    const float* gates;
    ptrdiff_t gate_pitch;
    const float* before;  // cell states
    const float* tanh_cell;
    ptrdiff_t state_pitch;  // of these two
    const float* dy;        // [h] a cell, or null where the output is not used
    ptrdiff_t dy_pitch;
    // What later lines passed on; replaced by what this line passes on. dwindow [window h] a cell, with readable cells before
    // the first and after the last as far as windows reach, dcell whole vectors of units.
    float* dwindow;
    int32_t dwindow_pitch;
    float* dcell;
    int32_t dcell_pitch;
    float* dgates;  // [4h] a cell
    ptrdiff_t dgate_pitch;
};
void backward_line(const StateWeights& weights, const BackwardLine& line);

// The gradient of a cell's own state by what the windows over it passed on; kLanes units from `unit` on.
inline Vector passed_on(const StateWeights& weights, const BackwardLine& line, int32_t cell, int32_t unit) {
    Vector total = {};
    for (int32_t offset = 0; offset < weights.window; offset++)
        total += load(line.dwindow + static_cast<ptrdiff_t>(cell + line.own - offset) * line.dwindow_pitch +
                      offset * weights.hidden + unit);
    return total;
}

}  // namespace pixelrnn
