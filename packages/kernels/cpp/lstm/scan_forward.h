// One step of a scan: the gates of a line of cells from the states of the line before.
#pragma once

#include "lstm/state_weights.h"

namespace pixelrnn {

// Pitches are from one cell of the line to the next, in floats.
struct ForwardLine {
    int32_t count;
    const float* inputs;  // [weights.input_size] a cell
    ptrdiff_t input_pitch;
    const float* start;  // [4h] a cell, what the sums begin with besides a bias, or null
    ptrdiff_t start_pitch;
    const float* before;  // the states that the first cell reads
    float* after;         // the first cell's own state, not among those of `before`
    float* cell;          // cell states, replaced
    int32_t cell_pitch;   // hidden, rounded up to whole vectors
    float* sums;          // [count, 4h], for the time of the call
    float* gates;         // [4h] a cell: o, f, i, g after their activations
    ptrdiff_t gate_pitch;
    // Whether the gates go past the caches; they and their parts of h floats are then aligned as vectors are.
    bool streamed;
    float* output;  // [h] a cell, or null
    ptrdiff_t output_pitch;
    bool add;  // to the output
};

void forward_line(const StateWeights& weights, const ForwardLine& line);

}  // namespace pixelrnn
