// The weights from the states to the gates, as the two gemms of a scan's step read them, and those from the inputs.
//
// A line is the cells of a map that one step computes together: a row of the Row LSTM, a diagonal of the Diagonal BiLSTM.
// Their hidden states lie one after the other, h floats each. Cell number i reads a window of `window` states from i on, which
// is one run of window * h floats, so the gemms need no copies: o, f, i, g [cell, 4h] += window [window h] weights
// [window h, 4h].
#pragma once

#include "base/arena.h"
#include "base/vector.h"

namespace pixelrnn {

struct StateWeights {
    int32_t hidden, window;
    int32_t input_size = 0;    // floats of a cell's inputs that the forward gemm reads besides its window, or 0
    float* bias = nullptr;     // [blocks of kLanes units, 4, kLanes], where there are inputs, else null
    float* forward = nullptr;  // [blocks, input_size + window * hidden, 4, kLanes]
    float* backward =
        nullptr;  // [blocks of columns, 4 * hidden, columns of the block], columns window * hidden and padding

    int32_t columns() const { return window * hidden; }
    int32_t vectors() const { return (columns() + kLanes - 1) / kLanes; }
};

// Vectors of the next block of the backward weights. Where registers are many, all blocks have four or three but for one, two
// and five vectors (three and two); else two, or the last three, or a single one.
#if defined(__AVX512F__)
constexpr int32_t kBlockVectors = 4;
inline int32_t block_vectors(int32_t left) { return left < 3 ? left : left == 5 || left % 3 == 0 ? 3 : 4; }
#else
constexpr int32_t kBlockVectors = 3;
inline int32_t block_vectors(int32_t left) { return left == 3 ? 3 : left < 2 ? left : 2; }
#endif

// Rows of `columns` weights for each float of a cell's inputs, of which a direction's begin at column `first`. Mask and bias
// may be null.
struct InputWeights {
    const float *kernel, *mask, *bias;
    int32_t columns, first;
};

// The gemm of the inputs is worth being made in the scan where it fills whole vectors: then the sums of a map are not
// written and read once more. Elsewhere a gemm of all pixels at once loses less, and leaves out the weights that a mask
// of colours makes zero.
inline bool scans_inputs(int32_t hidden) { return hidden % kLanes == 0; }

StateWeights take_forward_weights(Arena& arena, int32_t hidden, int32_t window, int32_t input_size);
StateWeights take_backward_weights(Arena& arena, int32_t hidden, int32_t window);
// kernel [window, hidden, 4 * hidden]; `turned` where its parts are in the opposite order of the window.
void pack_forward(const StateWeights& weights, const InputWeights& input_weights, const float* kernel, bool turned);
void pack_backward(const StateWeights& weights, const float* kernel, bool turned);

}  // namespace pixelrnn
