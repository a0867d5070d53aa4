// One step of a scan's reverse: the gradients of a line's gates and what they pass on to the states before.
#pragma once

#include "lstm/state_weights.h"

namespace pixelrnn {

// The activated gates of a line and the states that they make: cell states are worked out anew from the gates, which spares
// the forward pass a map in memory. Pitches are from one cell to the next, in floats; states have whole vectors of units.
struct Recall {
    int32_t hidden, count;
    const float* gates;  // [4h] a cell, o, f, i, g
    ptrdiff_t gate_pitch;
    ptrdiff_t state_pitch;  // of all these
    const float* before;    // cell states
    float* cell;
    float* tanh_cell;
    float* output;  // hidden states
};
void recall_states(const Recall& recall);

struct BackwardLine {
    int32_t count;
    int32_t own;        // the slot of its window in which a cell at the same place keeps its state
    const float* gates;
    ptrdiff_t gate_pitch;
    const float* before;  // cell states
    const float* tanh_cell;
    ptrdiff_t state_pitch;  // of these two
    const float* dy;        // [h] a cell, or null where the output is not used
    ptrdiff_t dy_pitch;
    // What later lines passed on; replaced by what this line passes on. dslots [window h] a cell, with readable cells before
    // the first and after the last as far as windows reach, dcell whole vectors of units.
    float* dslots;
    int32_t dslot_pitch;
    float* dcell;
    int32_t dcell_pitch;
    float* dgates;  // [4h] a cell
    ptrdiff_t dgate_pitch;
};
void backward_line(const StateWeights& weights, const BackwardLine& line);

// The gradient of a cell's own state by what the windows over its slot passed on; kLanes units from `unit` on.
inline Vector passed_on(const StateWeights& weights, const BackwardLine& line, int32_t cell, int32_t unit) {
    Vector total = {};
    for (int32_t slot = 0; slot < weights.window; slot++)
        total += load(line.dslots + static_cast<ptrdiff_t>(cell + line.own - slot) * line.dslot_pitch +
                      slot * weights.hidden + unit);
    return total;
}

}  // namespace pixelrnn
