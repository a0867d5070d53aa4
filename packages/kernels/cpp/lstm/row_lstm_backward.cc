#include "base/fill.h"
#include "lstm/row_sizes.h"
#include "lstm/scan_backward.h"
#include "lstm/state_gradient.h"
#include "lstm/up_projection.h"

namespace pixelrnn {
namespace {

struct BackwardScratch {
    float* hidden;      // [height + 1, padded_width, units], the initial row first
    float* cells;       // [height + 1, width, units], the same
    float* tanh_cells;  // [height, width, units]
    float* dgates;      // [height, width, 4h]
    float* dhidden;     // [height, width, h]
    float* dwindow;     // [padded_width, dwindow_pitch], what a row passes on to the row above
    float* dcell;       // [width, units]
    int32_t dwindow_pitch;
    size_t bytes;

    BackwardScratch(const RowSizes& size, bool projected, char* memory) {
        Arena arena(memory);
        const size_t rows = static_cast<size_t>(size.height) + 1, row = static_cast<size_t>(size.width) * size.units;
        dwindow_pitch = rounded_up(size.window * size.h, kLanes);
        hidden = arena.take<float>(rows * size.padded_width * size.units);
        cells = arena.take<float>(rows * row);
        tanh_cells = arena.take<float>((rows - 1) * row);
        dgates = arena.take<float>((rows - 1) * size.width * 4 * size.h);
        dhidden = arena.take<float>(projected ? (rows - 1) * size.width * size.h : 0);
        dwindow = arena.take<float>(static_cast<size_t>(size.padded_width) * dwindow_pitch + kLanes);
        dcell = arena.take<float>(row);
        bytes = arena.used();
    }
};

struct BackwardLayout {
    ImageConvSums input, up;
    StateWeights weights;
    StateSums sums;
    char* scratch;
    size_t scratch_bytes, bytes;

    BackwardLayout(const pixelrnn_row_lstm& lstm, void* workspace) {
        const RowSizes size(lstm);
        const int32_t groups = Groups{lstm.batch}.count();
        Arena arena(workspace);
        input = take_image_conv_sums(arena, input_conv(lstm));
        up = take_up_sums(arena, lstm);
        weights = take_backward_weights(arena, size.h, size.window);
        sums = take_state_sums(arena, groups, 1, size.window, size.h);
        scratch_bytes = BackwardScratch(size, lstm.up.channels > 0, nullptr).bytes;
        scratch = arena.take<char>(scratch_bytes * groups);
        bytes = arena.used();
    }
};

void recompute(const RowSizes& size, const BackwardScratch& scratch, const pixelrnn_lstm_parameters& parameters,
               const float* gates) {
    const size_t row = static_cast<size_t>(size.width) * size.units,
                 padded_row = static_cast<size_t>(size.padded_width) * size.units;
    const int32_t border = size.reach * size.units;
    repeat(scratch.cells, size.width, size.units, parameters.initial_cell, size.h, size.units);
    repeat(scratch.hidden + border, size.width, size.units, parameters.initial_hidden, size.h, size.units);
    for (int32_t r = 0; r <= size.height; r++) {
        float* hidden = scratch.hidden + r * padded_row;
        clear(hidden, border);
        clear(hidden + border + row, border);
        if (r == 0) continue;
        float* cells = scratch.cells + r * row;
        recompute_states({.hidden = size.h,
                          .count = size.width,
                          .gates = gates + static_cast<size_t>(r - 1) * size.width * 4 * size.h,
                          .gate_pitch = 4 * size.h,
                          .state_pitch = size.units,
                          .before = cells - row,
                          .cell = cells,
                          .tanh_cell = scratch.tanh_cells + (r - 1) * row,
                          .output = hidden + border});
    }
}

void scan_back(const RowSizes& size, const StateWeights& weights, const BackwardScratch& scratch, const float* gates,
               const float* dy, const StateSums& sums, int32_t group, bool begin) {
    const int32_t gate_pitch = 4 * size.h;
    clear(scratch.dwindow, static_cast<size_t>(size.padded_width) * scratch.dwindow_pitch + kLanes);
    clear(scratch.dcell, static_cast<size_t>(size.width) * size.units);
    BackwardLine line = {};
    line.count = size.width;
    line.own = size.reach;
    line.gate_pitch = line.dgate_pitch = gate_pitch;
    line.state_pitch = line.dcell_pitch = size.units;
    line.dy_pitch = size.h;
    line.dwindow = scratch.dwindow + size.reach * scratch.dwindow_pitch;
    line.dwindow_pitch = scratch.dwindow_pitch;
    line.dcell = scratch.dcell;
    for (int32_t row = size.height - 1; row >= 0; row--) {
        const size_t at = static_cast<size_t>(row) * size.width;
        line.gates = gates + at * gate_pitch;
        line.before = scratch.cells + at * size.units;
        line.tanh_cell = scratch.tanh_cells + at * size.units;
        line.dy = dy + at * size.h;
        line.dgates = scratch.dgates + at * gate_pitch;
        backward_line(weights, line);
    }
    float *dhidden = sums.initial_hidden(group, 0), *dcell = sums.initial_cell(group, 0);
    if (begin) clear(dhidden, static_cast<size_t>(2) * size.units);
    for (int32_t column = 0; column < size.width; column++)
        for (int32_t unit = 0; unit < size.units; unit += kLanes) {
            store(dhidden + unit, load(dhidden + unit) + passed_on(weights, line, column, unit));
            store(dcell + unit, load(dcell + unit) + load(line.dcell + column * size.units + unit));
        }
    const CellMap dgates = {scratch.dgates, static_cast<ptrdiff_t>(size.width) * gate_pitch, gate_pitch};
    for (int32_t offset = 0; offset < size.window; offset++) {
        const CellMap hidden = {scratch.hidden + offset * size.units,
                                static_cast<ptrdiff_t>(size.padded_width) * size.units, size.units};
        add_state_gradient(size.h, size.height, size.width, hidden, dgates, begin, sums.block(group, 0, offset));
    }
}

}  // namespace
}  // namespace pixelrnn

using namespace pixelrnn;

size_t pixelrnn_row_lstm_backward_workspace(const pixelrnn_row_lstm* lstm) {
    return BackwardLayout(*lstm, nullptr).bytes;
}

void pixelrnn_row_lstm_backward(const pixelrnn_row_lstm* lstm, const float* x,
                                const pixelrnn_lstm_parameters* parameters, const float* gates, const float* hidden,
                                const float* dy, const pixelrnn_lstm_gradients* gradients, void* workspace,
                                const pixelrnn_executor* executor) {
    const RowSizes size(*lstm);
    const BackwardLayout layout(*lstm, workspace);
    const Filter filter = {parameters->input_kernel, parameters->input_mask};
    const ImageConvGradients input_to_state(layout.input, x, filter, gradients->x != nullptr, executor);
    const UpProjectionGradients up(lstm->up, layout.up, hidden, *parameters, executor);
    pack_backward(layout.weights, parameters->state_kernel, false);
    each_image(lstm->batch, executor, [&](int32_t image, int32_t group, int32_t worker, bool begin) {
        const size_t pixels = size.pixels(), pixel = image * pixels;
        const size_t gate_count = 4 * static_cast<size_t>(size.h);
        const BackwardScratch scratch(size, lstm->up.channels > 0, layout.scratch + worker * layout.scratch_bytes);
        const float* own_dy = dy + pixel * output_channels(*lstm);
        const float* dhidden = up.add(image, group, begin, own_dy, scratch.dhidden);
        recompute(size, scratch, *parameters, gates + pixel * gate_count);
        scan_back(size, layout.weights, scratch, gates + pixel * gate_count, dhidden, layout.sums, group, begin);
        if (gradients->addition) copy(gradients->addition + pixel * gate_count, scratch.dgates, pixels * gate_count);
        float* dx = gradients->x ? gradients->x + pixel * lstm->cin : nullptr;
        input_to_state.add(image, group, begin,
                           {.dy = scratch.dgates, .dx = dx, .addition = lstm->up.residual ? own_dy : nullptr});
    });
    input_to_state.finish(gradients->input_kernel, gradients->bias, executor);
    up.finish(gradients->up_kernel, gradients->up_bias, executor);
    finish_state_sums(layout.sums, false, gradients->state_kernel, gradients->initial_hidden, gradients->initial_cell);
}
