// A recurrent layer with its inputs, and what the kernels make of it.
#pragma once

#include <algorithm>

#include "test/testing_lstm.h"

namespace testing {

struct Case {
    LstmShape shape;
    int32_t colors;
    bool masked, bias, addition;
    bool hole = false;  // in the input kernel: its second position is dead
};

inline std::string describe(const Case& c) {
    const LstmShape& s = c.shape;
    char text[200];
    std::snprintf(text, sizeof text, "%s %dx%dx%dx%d, h %d, kernel %d, state %d, up %d%s, %d colors%s%s%s",
                  s.directions == 1 ? "Row LSTM" : "Diagonal BiLSTM", s.batch, s.height, s.width, s.cin, s.hidden,
                  s.kernel_width, s.state_width, s.up, s.residual ? " + x" : "", c.colors, c.masked ? "" : ", no mask",
                  c.addition ? ", addition" : "", c.hole ? ", a hole" : "");
    return text;
}

// The members that both directions of an array go through, with their names.
template <typename T, typename F>
void each_array(T& arrays, const F& f) {
    f("x", arrays.x);
    f("input kernel", arrays.input_kernel);
    f("bias", arrays.bias);
    f("state kernel", arrays.state_kernel);
    f("initial hidden", arrays.initial_hidden);
    f("initial cell", arrays.initial_cell);
    f("addition", arrays.addition);
    f("up kernel", arrays.up_kernel);
    f("up bias", arrays.up_bias);
}

struct Problem {
    Case c;
    LstmArrays<float> inputs;
    std::vector<float> mask, up_mask, dy;
    std::vector<int32_t> taps;

    Problem(const Case& shape, Numbers& numbers) : c(shape) {
        const LstmShape& s = c.shape;
        const auto limit = [](int32_t fan) { return 1.5f / std::sqrt(static_cast<float>(fan)); };
        const size_t cells = static_cast<size_t>(s.directions) * s.hidden;
        const float state_limit = limit(s.state_width * s.hidden), input_limit = limit(s.kernel_width * s.cin);
        inputs.x = numbers.array(s.pixels() * s.cin);
        inputs.input_kernel = numbers.array(s.block(), -input_limit, input_limit);
        inputs.bias = c.bias ? numbers.array(s.gates()) : std::vector<float>(s.gates(), 0.0f);
        inputs.state_kernel = numbers.array(s.directions * s.state_block(), -state_limit, state_limit);
        inputs.initial_hidden = numbers.array(cells);
        inputs.initial_cell = numbers.array(cells);
        if (c.addition) inputs.addition = numbers.array(s.pixels() * s.gates());
        inputs.up_kernel = numbers.array(static_cast<size_t>(s.hidden) * s.up, -limit(s.hidden), limit(s.hidden));
        inputs.up_bias = c.bias ? numbers.array(s.up) : std::vector<float>(s.up, 0.0f);
        for (int32_t i = 0; i < s.hidden; i++)
            for (int32_t n = 0; n < s.up; n++)
                up_mask.push_back(!c.masked || i % c.colors <= n % c.colors ? 1.0f : 0.0f);
        dy = numbers.array(s.pixels() * s.output());
        for (int32_t j = 0; j < s.kernel_width; j++) {
            const int32_t right = j - s.kernel_width / 2;
            const bool dead = c.hole && j == 1;
            for (int32_t i = 0; i < s.cin; i++)
                for (int32_t n = 0; n < s.gates(); n++) {
                    const bool live = right < 0 || (right == 0 && i % c.colors <= n % s.hidden % c.colors);
                    mask.push_back((live || !c.masked) && !dead ? 1.0f : 0.0f);
                }
            if ((right <= 0 || !c.masked) && !dead) taps.insert(taps.end(), {0, j});
        }
    }

    pixelrnn_lstm_parameters parameters() const {
        return {.input_kernel = inputs.input_kernel.data(),
                .input_mask = c.masked ? mask.data() : nullptr,
                .bias = c.bias ? inputs.bias.data() : nullptr,
                .state_kernel = inputs.state_kernel.data(),
                .initial_hidden = inputs.initial_hidden.data(),
                .initial_cell = inputs.initial_cell.data(),
                .up_kernel = inputs.up_kernel.data(),
                .up_mask = c.masked ? up_mask.data() : nullptr,
                .up_bias = c.bias ? inputs.up_bias.data() : nullptr};
    }
    pixelrnn_row_lstm row() const {
        const LstmShape& s = c.shape;
        return {.batch = s.batch,
                .height = s.height,
                .width = s.width,
                .cin = s.cin,
                .hidden = s.hidden,
                .kernel_width = s.kernel_width,
                .tap_count = static_cast<int32_t>(taps.size() / 2),
                .taps = taps.data(),
                .state_width = s.state_width,
                .up = {.channels = s.up, .residual = s.residual}};
    }
    pixelrnn_diagonal_bilstm diagonal() const {
        const LstmShape& s = c.shape;
        return {.batch = s.batch,
                .height = s.height,
                .width = s.width,
                .cin = s.cin,
                .hidden = s.hidden,
                .up = {.channels = s.up, .residual = s.residual}};
    }
};

struct Results {
    std::vector<float> gates, hidden, up;
    LstmArrays<float> gradients;

    const std::vector<float>& y() const { return up.empty() ? hidden : up; }
};

// `all` gradients, or only those that may not be null.
inline void compute_backward(const Problem& p, bool all, Results& r, const pixelrnn_executor* executor) {
    const pixelrnn_lstm_parameters parameters = p.parameters();
    LstmArrays<float>& d = r.gradients;
    const auto pointer = [](std::vector<float>& array) { return array.empty() ? nullptr : array.data(); };
    each_array(d, [&](const std::string& name, std::vector<float>& array) {
        const bool optional = name == "x" || name == "bias" || name == "addition" || name == "up bias";
        if (!all && optional) array.clear();
    });
    const pixelrnn_lstm_gradients gradients = {.x = pointer(d.x),
                                               .input_kernel = d.input_kernel.data(),
                                               .bias = pointer(d.bias),
                                               .state_kernel = d.state_kernel.data(),
                                               .initial_hidden = d.initial_hidden.data(),
                                               .initial_cell = d.initial_cell.data(),
                                               .up_kernel = d.up_kernel.data(),
                                               .up_bias = pointer(d.up_bias),
                                               .addition = pointer(d.addition)};
    if (p.c.shape.directions == 1) {
        const pixelrnn_row_lstm lstm = p.row();
        const Workspace workspace(pixelrnn_row_lstm_backward_workspace(&lstm));
        pixelrnn_row_lstm_backward(&lstm, p.inputs.x.data(), &parameters, r.gates.data(), r.hidden.data(), p.dy.data(),
                                   &gradients, workspace.get(), executor);
    } else {
        const pixelrnn_diagonal_bilstm lstm = p.diagonal();
        const Workspace workspace(pixelrnn_diagonal_bilstm_backward_workspace(&lstm));
        pixelrnn_diagonal_bilstm_backward(&lstm, p.inputs.x.data(), &parameters, r.gates.data(), r.hidden.data(),
                                          p.dy.data(), &gradients, workspace.get(), executor);
    }
}

inline void compute_forward(const Problem& p, Results& r, const pixelrnn_executor* executor) {
    const pixelrnn_lstm_parameters parameters = p.parameters();
    const float* addition = p.c.addition ? p.inputs.addition.data() : nullptr;
    if (p.c.shape.directions == 1) {
        const pixelrnn_row_lstm lstm = p.row();
        const Workspace workspace(pixelrnn_row_lstm_forward_workspace(&lstm));
        pixelrnn_row_lstm_forward(&lstm, p.inputs.x.data(), &parameters, addition, r.gates.data(), r.hidden.data(),
                                  r.up.data(), workspace.get(), executor);
    } else {
        const pixelrnn_diagonal_bilstm lstm = p.diagonal();
        const Workspace workspace(pixelrnn_diagonal_bilstm_forward_workspace(&lstm));
        pixelrnn_diagonal_bilstm_forward(&lstm, p.inputs.x.data(), &parameters, addition, r.gates.data(),
                                         r.hidden.data(), r.up.data(), workspace.get(), executor);
    }
}

inline Results compute(const Problem& p, const pixelrnn_executor* executor) {
    const LstmShape& s = p.c.shape;
    Results r = {unwritten(s.pixels() * s.gates()), unwritten(s.pixels() * s.hidden), unwritten(s.pixels() * s.up),
                 p.inputs};
    each_array(r.gradients, [](const char*, std::vector<float>& array) { array = unwritten(array.size()); });
    r.gradients.addition = unwritten(r.gates.size());
    compute_forward(p, r, executor);
    compute_backward(p, true, r, executor);
    return r;
}

}  // namespace testing
