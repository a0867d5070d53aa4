// One step of a scan: the gates of a line of cells from the states of the line before.
#pragma once

#include "state_weights.h"

namespace pixelrnn {

// Pitches are from one cell of the line to the next, in floats.
struct ForwardLine {
    int32_t count;
    const float* before;  // the slots that the first cell reads
    float* after;         // the first cell's own slot, not among those of `before`
    float* cell;          // cell states, replaced
    int32_t cell_pitch;   // hidden, rounded up to whole vectors
    float* gates;         // [4h] a cell: the sums from the inputs, replaced by the activated gates o, f, i, g
    ptrdiff_t gate_pitch;
    float* output;        // [h] a cell, or null
    ptrdiff_t output_pitch;
    bool add;             // to the output
};

void forward_line(const StateWeights& weights, const ForwardLine& line);

}  // namespace pixelrnn
