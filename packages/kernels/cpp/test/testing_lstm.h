// Both recurrent layers and their gradients pixel by pixel, in double precision and written out plainly.
#pragma once

#include "test/testing.h"

namespace testing {

using Doubles = std::vector<double>;

// Row LSTM with one direction, Diagonal BiLSTM with two.
struct LstmShape {
    int32_t batch, height, width, cin, hidden;
    int32_t directions;
    int32_t kernel_width, state_width;  // state_width is 2 for the Diagonal BiLSTM: row r, row r - 1
    int32_t up;                         // channels of the up-projection, or 0
    bool residual;

    int32_t gates() const { return 4 * hidden * directions; }
    size_t pixels() const { return static_cast<size_t>(batch) * height * width; }
    size_t block() const { return static_cast<size_t>(kernel_width) * cin * gates(); }
    int32_t output() const { return up > 0 ? up : hidden; }
    size_t state_block() const { return static_cast<size_t>(state_width) * hidden * 4 * hidden; }
};

// Arrays in the shapes of kernels.h. `addition` may be empty.
template <typename T>
struct LstmArrays {
    std::vector<T> x, input_kernel, bias, state_kernel, initial_hidden, initial_cell, addition, up_kernel, up_bias;
};

// [pixel, direction, unit], and four gates for `gates`
struct LstmStates {
    Doubles gates, cell, hidden;
};

LstmStates naive_forward(const LstmShape& shape, const LstmArrays<double>& inputs, const std::vector<float>& mask);
Doubles naive_hidden(const LstmShape& shape, const LstmStates& states);
Doubles naive_output(const LstmShape& shape, const LstmArrays<double>& inputs, const std::vector<float>& up_mask,
                     const LstmStates& states);
LstmArrays<double> naive_backward(const LstmShape& shape, const LstmArrays<double>& inputs,
                                  const std::vector<float>& mask, const std::vector<float>& up_mask,
                                  const LstmStates& states, const Doubles& dy);

}  // namespace testing
