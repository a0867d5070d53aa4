#include "base/fill.h"
#include "lstm/diagonals.h"
#include "lstm/scan_backward.h"
#include "lstm/state_gradient.h"
#include "lstm/up_projection.h"

namespace pixelrnn {
namespace {

// Maps of states [height + 1, width + 1, units] have the row above the image and the column before it.
struct BackwardScratch {
    float *hidden, *cells, *tanh_cells;
    float* dgates;   // [height, width, 4h] of a direction
    float* dhidden;  // [height, width, h], of the layer's hidden map
    float* dwindow;  // [height + 1, dwindow_pitch], what a diagonal passes on to the one before
    float* dcell;    // [height, units]
    int32_t dwindow_pitch;
    size_t map_size, bytes;

    BackwardScratch(const DiagonalSizes& size, bool projected, char* memory) {
        Arena arena(memory);
        const size_t rows = static_cast<size_t>(size.height) + 1;
        map_size = rows * (size.width + 1) * size.units;
        dwindow_pitch = rounded_up(kWindow * size.h, kLanes);
        hidden = arena.take<float>(map_size);
        cells = arena.take<float>(map_size);
        tanh_cells = arena.take<float>(map_size);
        dgates = arena.take<float>(size.pixels() * 4 * size.h);
        dhidden = arena.take<float>(projected ? size.pixels() * size.h : 0);
        dwindow = arena.take<float>(rows * dwindow_pitch + kLanes);
        dcell = arena.take<float>((rows - 1) * size.units);
        bytes = arena.used();
    }
};

// The inputs' weights of one direction and their gradient, [cin, 4h].
struct DirectionWeights {
    float *kernel, *mask, *dkernel;
};

// One of the parts [rows, 4h] of weights [rows, 8h].
void take_part(const DiagonalSizes& size, int32_t direction, const float* whole, size_t rows, float* part) {
    const int32_t count = 4 * size.h;
    for (size_t row = 0; row < rows; row++)
        copy(part + row * count, whole + row * size.gates + direction * count, count);
}
void put_part(const DiagonalSizes& size, int32_t direction, const float* part, size_t rows, float* whole) {
    const int32_t count = 4 * size.h;
    for (size_t row = 0; row < rows; row++)
        copy(whole + row * size.gates + direction * count, part + row * count, count);
}

struct BackwardLayout {
    ImageConvSums inputs[2], up;
    DirectionWeights input_weights[2];
    StateWeights weights[2];
    StateSums sums;
    char* scratch;
    size_t scratch_bytes, bytes;

    BackwardLayout(const pixelrnn_diagonal_bilstm& lstm, void* workspace) {
        const DiagonalSizes size(lstm);
        const int32_t groups = Groups{lstm.batch}.count();
        const size_t count = static_cast<size_t>(size.cin) * 4 * size.h;
        Arena arena(workspace);
        for (DirectionWeights& direction : input_weights)
            direction = {arena.take<float>(count), arena.take<float>(count), arena.take<float>(count)};
        for (ImageConvSums& direction : inputs) direction = take_image_conv_sums(arena, input_conv(lstm, 1));
        up = take_up_sums(arena, lstm);
        for (StateWeights& direction : weights) direction = take_backward_weights(arena, size.h, kWindow);
        sums = take_state_sums(arena, groups, 2, kWindow, size.h);
        scratch_bytes = BackwardScratch(size, lstm.up.channels > 0, nullptr).bytes;
        scratch = arena.take<char>(scratch_bytes * groups);
        bytes = arena.used();
    }
};

void recompute(const DiagonalSizes& size, int32_t direction, const BackwardScratch& scratch,
               const pixelrnn_lstm_parameters& parameters, const float* gates) {
    const ptrdiff_t row = static_cast<ptrdiff_t>(size.width + 1) * size.units;
    clear(scratch.hidden, row);
    repeat(scratch.hidden + row, size.height, row, parameters.initial_hidden + direction * size.h, size.h, size.units);
    repeat(scratch.cells + row, size.height, row, parameters.initial_cell + direction * size.h, size.h, size.units);
    gates += size.first_gate(direction);
    for (int32_t d = 0; d < size.diagonals(direction); d++) {
        const Diagonal diagonal(size, direction, d);
        const ptrdiff_t before = (diagonal.row + 1) * row + static_cast<ptrdiff_t>(diagonal.column) * size.units;
        const ptrdiff_t own = before + size.units;
        recompute_states({.hidden = size.h,
                          .count = diagonal.count,
                          .gates = gates,
                          .gate_pitch = 4 * size.h,
                          .state_pitch = row - size.units,
                          .before = scratch.cells + before,
                          .cell = scratch.cells + own,
                          .tanh_cell = scratch.tanh_cells + own,
                          .output = scratch.hidden + own});
        gates += static_cast<ptrdiff_t>(diagonal.count) * 4 * size.h;
    }
}

void add_initial(const DiagonalSizes& size, int32_t direction, const BackwardScratch& scratch, float* dhidden,
                 float* dcell, bool begin) {
    if (begin) clear(dhidden, size.units);
    if (begin) clear(dcell, size.units);
    for (int32_t r = 0; r < size.rows(direction); r++)
        for (int32_t unit = 0; unit < size.units; unit += kLanes) {
            store(dhidden + unit,
                  load(dhidden + unit) + load(scratch.dwindow + r * scratch.dwindow_pitch + size.h + unit));
            store(dcell + unit, load(dcell + unit) + load(scratch.dcell + r * size.units + unit));
        }
}

void scan_back(const DiagonalSizes& size, int32_t direction, const StateWeights& weights,
               const BackwardScratch& scratch, const float* gates, const float* dhidden, const StateSums& sums,
               int32_t group, bool begin) {
    const View<const float> dy_view = outputs_of(dhidden, size, direction);
    const View<float> dgate_view = view_of(scratch.dgates, size, 4 * size.h, direction);
    const ptrdiff_t row = static_cast<ptrdiff_t>(size.width + 1) * size.units;
    clear(scratch.dwindow, (static_cast<size_t>(size.height) + 1) * scratch.dwindow_pitch + kLanes);
    clear(scratch.dcell, static_cast<size_t>(size.height) * size.units);
    gates += size.last_gate(direction);
    for (int32_t d = size.diagonals(direction) - 1; d >= 0; d--) {
        const Diagonal diagonal(size, direction, d);
        const ptrdiff_t before = (diagonal.row + 1) * row + static_cast<ptrdiff_t>(diagonal.column) * size.units;
        gates -= static_cast<ptrdiff_t>(diagonal.count) * 4 * size.h;
        backward_line(weights,
                      {.count = diagonal.count,
                       .own = 1,
                       .gates = gates,
                       .gate_pitch = 4 * size.h,
                       .before = scratch.cells + before,
                       .tanh_cell = scratch.tanh_cells + before + size.units,
                       .state_pitch = row - size.units,
                       .dy = dy_view.at(diagonal.row, diagonal.column),
                       .dy_pitch = dy_view.diagonal(),
                       .dwindow = scratch.dwindow + static_cast<ptrdiff_t>(diagonal.row) * scratch.dwindow_pitch,
                       .dwindow_pitch = scratch.dwindow_pitch,
                       .dcell = scratch.dcell + static_cast<ptrdiff_t>(diagonal.row) * size.units,
                       .dcell_pitch = size.units,
                       .dgates = dgate_view.at(diagonal.row, diagonal.column),
                       .dgate_pitch = dgate_view.diagonal()});
    }
    add_initial(size, direction, scratch, sums.initial_hidden(group, direction), sums.initial_cell(group, direction),
                begin);
    const CellMap dgates = {dgate_view.origin, dgate_view.row, dgate_view.column};
    const float* states[kWindow] = {scratch.hidden + size.units, scratch.hidden + row};  // above, before
    for (int32_t offset = 0; offset < kWindow; offset++)
        add_state_gradient(size.h, size.rows(direction), size.width, {states[offset], row, size.units}, dgates, begin,
                           sums.block(group, direction, offset));
    // The last row to the left.
    const size_t row_size = static_cast<size_t>(size.width) * 4 * size.h;
    if (direction == 1) clear(scratch.dgates + (size.height - 1) * row_size, row_size);
}

}  // namespace
}  // namespace pixelrnn

using namespace pixelrnn;

size_t pixelrnn_diagonal_bilstm_backward_workspace(const pixelrnn_diagonal_bilstm* lstm) {
    return BackwardLayout(*lstm, nullptr).bytes;
}

void pixelrnn_diagonal_bilstm_backward(const pixelrnn_diagonal_bilstm* lstm, const float* x,
                                       const pixelrnn_lstm_parameters* parameters, const float* gates,
                                       const float* hidden, const float* dy, const pixelrnn_lstm_gradients* gradients,
                                       void* workspace, const pixelrnn_executor* executor) {
    const DiagonalSizes size(*lstm);
    const BackwardLayout layout(*lstm, workspace);
    for (int32_t direction = 0; direction < 2; direction++) {
        const DirectionWeights& weights = layout.input_weights[direction];
        take_part(size, direction, parameters->input_kernel, size.cin, weights.kernel);
        if (parameters->input_mask) take_part(size, direction, parameters->input_mask, size.cin, weights.mask);
    }
    const auto input_gradients = [&](int32_t direction) {
        const DirectionWeights& weights = layout.input_weights[direction];
        const Filter filter = {weights.kernel, parameters->input_mask ? weights.mask : nullptr};
        return ImageConvGradients(layout.inputs[direction], x, filter, gradients->x != nullptr, executor);
    };
    const ImageConvGradients input_to_state[] = {input_gradients(0), input_gradients(1)};
    const UpProjectionGradients up(lstm->up, layout.up, hidden, *parameters, executor);
    const size_t kernel = static_cast<size_t>(kWindow) * 4 * size.h * size.h;
    for (int32_t direction = 0; direction < 2; direction++)
        pack_backward(layout.weights[direction], parameters->state_kernel + direction * kernel, true);
    each_image(lstm->batch, executor, [&](int32_t image, int32_t group, int32_t worker, bool begin) {
        const size_t pixels = size.pixels(), pixel = image * pixels;
        const BackwardScratch scratch(size, lstm->up.channels > 0, layout.scratch + worker * layout.scratch_bytes);
        const float* own_dy = dy + pixel * output_channels(*lstm);
        const float* dhidden = up.add(image, group, begin, own_dy, scratch.dhidden);
        float* dx = gradients->x ? gradients->x + pixel * lstm->cin : nullptr;
        // One direction after the other, so that what the second cache holds is half as much.
        for (int32_t direction = 0; direction < 2; direction++) {
            recompute(size, direction, scratch, *parameters, gates + pixel * size.gates);
            scan_back(size, direction, layout.weights[direction], scratch, gates + pixel * size.gates, dhidden,
                      layout.sums, group, begin);
            if (gradients->addition)
                put_part(size, direction, scratch.dgates, pixels, gradients->addition + pixel * size.gates);
            const bool first = direction == 0;
            input_to_state[direction].add(image, group, begin,
                                          {.dy = scratch.dgates,
                                           .dx = dx,
                                           .addition = first && lstm->up.residual ? own_dy : nullptr,
                                           .accumulate = !first});
        }
    });
    for (int32_t direction = 0; direction < 2; direction++) {
        const DirectionWeights& weights = layout.input_weights[direction];
        input_to_state[direction].finish(
            weights.dkernel, gradients->bias ? gradients->bias + direction * 4 * size.h : nullptr, executor);
        put_part(size, direction, weights.dkernel, size.cin, gradients->input_kernel);
    }
    up.finish(gradients->up_kernel, gradients->up_bias, executor);
    finish_state_sums(layout.sums, true, gradients->state_kernel, gradients->initial_hidden, gradients->initial_cell);
}
