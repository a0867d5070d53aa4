// Row LSTM (PixelRNN, section 3.1): a line is a row of the image.
#include "base/fill.h"
#include "lstm/scan_backward.h"
#include "lstm/scan_forward.h"
#include "lstm/state_gradient.h"
#include "lstm/up_projection.h"

namespace pixelrnn {
namespace {

pixelrnn_conv input_conv(const pixelrnn_row_lstm& lstm) {
    return {lstm.batch, lstm.height, lstm.width, lstm.cin, 4 * lstm.hidden, 1, lstm.kernel_width, lstm.tap_count,
            lstm.taps, 0, 0};
}

struct Sizes {
    int32_t height, width, h, units, window, reach;
    int32_t slots;  // of a row: its columns and what windows reach beyond them
    int32_t cin, taps, first_tap;  // the first one's column from the pixel's
    bool scanned;                  // whether the scan makes the product of the inputs

    explicit Sizes(const pixelrnn_row_lstm& lstm)
        : height(lstm.height),
          width(lstm.width),
          h(lstm.hidden),
          units(rounded_up(h, kLanes)),
          window(lstm.state_width),
          reach(window / 2),
          slots(width + 2 * reach),
          cin(lstm.cin),
          taps(lstm.tap_count),
          first_tap(lstm.taps[1] - lstm.kernel_width / 2),
          scanned(scans_inputs(h)) {
        for (int32_t tap = 1; tap < taps; tap++) scanned = scanned && lstm.taps[2 * tap + 1] == lstm.taps[1] + tap;
    }

    size_t pixels() const { return static_cast<size_t>(height) * width; }
};

// The memory that an image needs while it is worked on.
struct ForwardScratch {
    float* states[2];  // of the row before and of this one, [slots, h]
    float* cells;      // [width, units]
    float* inputs;     // [width + taps - 1, cin], a row with zeros where its taps reach over the edge, if they are scanned
    float* map;        // [height, width, 4h], sums from the inputs, if they are not
    float* sums;       // [width, 4h]
    size_t bytes;

    ForwardScratch(const Sizes& size, char* memory) {
        Arena arena(memory);
        for (float*& line : states) line = arena.take<float>(static_cast<size_t>(size.slots) * size.h);
        cells = arena.take<float>(static_cast<size_t>(size.width) * size.units);
        inputs = arena.take<float>(size.scanned ? static_cast<size_t>(size.width + size.taps - 1) * size.cin : 0);
        map = arena.take<float>(size.scanned ? 0 : size.pixels() * 4 * size.h);
        sums = arena.take<float>(static_cast<size_t>(size.width) * 4 * size.h);
        bytes = arena.used();
    }
};

struct ForwardLayout {
    ImageConvLayout input, up;
    StateWeights weights;
    char* scratch;
    size_t scratch_bytes, bytes;

    ForwardLayout(const pixelrnn_row_lstm& lstm, void* workspace) {
        const Sizes size(lstm);
        Arena arena(workspace);
        input = size.scanned ? ImageConvLayout{} : take_image_conv(arena, input_conv(lstm));
        up = take_up(arena, lstm);
        weights = take_forward_weights(arena, size.h, size.window, size.scanned ? size.taps * size.cin : 0);
        scratch_bytes = ForwardScratch(size, nullptr).bytes;
        scratch = arena.take<char>(scratch_bytes * Groups{lstm.batch}.count());
        bytes = arena.used();
    }
};

// A row of the image behind and before as many zeros as the taps reach over its edges.
void fill_inputs(const Sizes& size, const float* row, float* inputs) {
    const int32_t columns = size.width + size.taps - 1, begin = larger(smaller(-size.first_tap, columns), 0);
    const int32_t end = larger(smaller(size.width - size.first_tap, columns), begin);
    clear(inputs, static_cast<size_t>(begin) * size.cin);
    copy(inputs + static_cast<size_t>(begin) * size.cin, row + static_cast<ptrdiff_t>(begin + size.first_tap) * size.cin,
         static_cast<size_t>(end - begin) * size.cin);
    clear(inputs + static_cast<size_t>(end) * size.cin, static_cast<size_t>(columns - end) * size.cin);
}

// Of one image. Sums begin with `start` [height, width, 4h], or null.
void scan(const Sizes& size, const StateWeights& weights, const ForwardScratch& scratch,
          const pixelrnn_lstm_parameters& parameters, const float* x, const float* start, bool streamed, float* gates,
          float* hidden) {
    const int32_t border = size.reach * size.h;
    for (float* line : scratch.states) clear(line, static_cast<size_t>(size.slots) * size.h);
    repeat(scratch.states[0] + border, size.width, size.h, parameters.initial_hidden, size.h, size.h);
    repeat(scratch.cells, size.width, size.units, parameters.initial_cell, size.h, size.units);
    for (int32_t row = 0; row < size.height; row++) {
        const size_t pixel = static_cast<size_t>(row) * size.width, gate = pixel * 4 * size.h;
        if (size.scanned) fill_inputs(size, x + pixel * size.cin, scratch.inputs);
        forward_line(weights, {size.width, scratch.inputs, size.cin, start ? start + gate : nullptr, 4 * size.h,
                               scratch.states[row % 2], scratch.states[1 - row % 2] + border, scratch.cells, size.units,
                               scratch.sums, gates + gate, 4 * size.h, streamed, hidden + pixel * size.h, size.h, false});
    }
}

struct BackwardScratch {
    float* hidden;      // [height + 1, slots, units], the initial row first
    float* cells;       // [height + 1, width, units], the same
    float* tanh_cells;  // [height, width, units]
    float* dgates;      // [height, width, 4h]
    float* dhidden;     // [height, width, h]
    float* dslots;      // [slots, slot_pitch], what a row passes on to the row above
    float* dcell;       // [width, units]
    int32_t slot_pitch;
    size_t bytes;

    BackwardScratch(const Sizes& size, bool projected, char* memory) {
        Arena arena(memory);
        const size_t rows = static_cast<size_t>(size.height) + 1, row = static_cast<size_t>(size.width) * size.units;
        slot_pitch = rounded_up(size.window * size.h, kLanes);
        hidden = arena.take<float>(rows * size.slots * size.units);
        cells = arena.take<float>(rows * row);
        tanh_cells = arena.take<float>((rows - 1) * row);
        dgates = arena.take<float>((rows - 1) * size.width * 4 * size.h);
        dhidden = arena.take<float>(projected ? (rows - 1) * size.width * size.h : 0);
        dslots = arena.take<float>(static_cast<size_t>(size.slots) * slot_pitch + kLanes);
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
        const Sizes size(lstm);
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

void recall(const Sizes& size, const BackwardScratch& scratch, const pixelrnn_lstm_parameters& parameters,
            const float* gates) {
    const size_t row = static_cast<size_t>(size.width) * size.units, slots = static_cast<size_t>(size.slots) * size.units;
    const int32_t border = size.reach * size.units;
    repeat(scratch.cells, size.width, size.units, parameters.initial_cell, size.h, size.units);
    repeat(scratch.hidden + border, size.width, size.units, parameters.initial_hidden, size.h, size.units);
    for (int32_t r = 0; r <= size.height; r++) {
        float* hidden = scratch.hidden + r * slots;
        clear(hidden, border);
        clear(hidden + border + row, border);
        if (r == 0) continue;
        float* cells = scratch.cells + r * row;
        recall_states({size.h, size.width, gates + static_cast<size_t>(r - 1) * size.width * 4 * size.h, 4 * size.h,
                       size.units, cells - row, cells, scratch.tanh_cells + (r - 1) * row, hidden + border});
    }
}

void scan_back(const Sizes& size, const StateWeights& weights, const BackwardScratch& scratch, const float* gates,
               const float* dy, const StateSums& sums, int32_t group, bool begin) {
    const int32_t gate_pitch = 4 * size.h;
    clear(scratch.dslots, static_cast<size_t>(size.slots) * scratch.slot_pitch + kLanes);
    clear(scratch.dcell, static_cast<size_t>(size.width) * size.units);
    BackwardLine line = {};
    line.count = size.width;
    line.own = size.reach;
    line.gate_pitch = line.dgate_pitch = gate_pitch;
    line.state_pitch = line.dcell_pitch = size.units;
    line.dy_pitch = size.h;
    line.dslots = scratch.dslots + size.reach * scratch.slot_pitch;
    line.dslot_pitch = scratch.slot_pitch;
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
    for (int32_t slot = 0; slot < size.window; slot++) {
        const CellMap hidden = {scratch.hidden + slot * size.units, static_cast<ptrdiff_t>(size.slots) * size.units,
                                size.units};
        add_state_gradient(size.h, size.height, size.width, hidden, dgates, begin, sums.block(group, 0, slot));
    }
}

}  // namespace
}  // namespace pixelrnn

using namespace pixelrnn;

size_t pixelrnn_row_lstm_forward_workspace(const pixelrnn_row_lstm* lstm) { return ForwardLayout(*lstm, nullptr).bytes; }

void pixelrnn_row_lstm_forward(const pixelrnn_row_lstm* lstm, const float* x, const pixelrnn_lstm_parameters* parameters,
                               const float* addition, float* gates, float* hidden, float* y, void* workspace,
                               const pixelrnn_executor* executor) {
    const Sizes size(*lstm);
    const ForwardLayout layout(*lstm, workspace);
    const Filter filter = {parameters->input_kernel, parameters->input_mask};
    const ImageConv inputs(layout.input, x, filter, parameters->bias, addition, executor);
    const UpProjection up(lstm->up, layout.up, x, hidden, *parameters, executor);
    const size_t first = static_cast<size_t>(lstm->taps[1]) * size.cin * 4 * size.h;
    const float* mask = filter.mask ? filter.mask + first : nullptr;
    pack_forward(layout.weights, {filter.kernel + first, mask, parameters->bias, 4 * size.h, 0}, parameters->state_kernel,
                 false);
    const size_t gate_count = size.pixels() * 4 * size.h;
    const bool streamed = streams(gates, lstm->batch * gate_count, size.h);
    each_image(lstm->batch, executor, [&](int32_t image, int32_t, int32_t slot, bool) {
        const size_t pixel = image * size.pixels();
        const ForwardScratch scratch(size, layout.scratch + slot * layout.scratch_bytes);
        const float* start = addition ? addition + image * gate_count : nullptr;
        if (!size.scanned) {
            inputs.compute(image, scratch.map);
            start = scratch.map;
        }
        scan(size, layout.weights, scratch, *parameters, x + pixel * size.cin, start, streamed,
             gates + image * gate_count, hidden + pixel * size.h);
        if (streamed) end_streams();
        up.compute(image, y + pixel * lstm->up.channels);
    });
}

size_t pixelrnn_row_lstm_backward_workspace(const pixelrnn_row_lstm* lstm) { return BackwardLayout(*lstm, nullptr).bytes; }

void pixelrnn_row_lstm_backward(const pixelrnn_row_lstm* lstm, const float* x, const pixelrnn_lstm_parameters* parameters,
                                const float* gates, const float* hidden, const float* dy,
                                const pixelrnn_lstm_gradients* gradients, void* workspace,
                                const pixelrnn_executor* executor) {
    const Sizes size(*lstm);
    const BackwardLayout layout(*lstm, workspace);
    const Filter filter = {parameters->input_kernel, parameters->input_mask};
    const ImageConvGradients inputs(layout.input, x, filter, gradients->x != nullptr, executor);
    const UpProjectionGradients up(lstm->up, layout.up, hidden, *parameters, executor);
    pack_backward(layout.weights, parameters->state_kernel, false);
    each_image(lstm->batch, executor, [&](int32_t image, int32_t group, int32_t slot, bool begin) {
        const size_t pixels = size.pixels(), pixel = image * pixels;
        const size_t gate_count = 4 * static_cast<size_t>(size.h);
        const BackwardScratch scratch(size, lstm->up.channels > 0, layout.scratch + slot * layout.scratch_bytes);
        const float* own_dy = dy + pixel * output_channels(*lstm);
        const float* dhidden = up.add(image, group, begin, own_dy, scratch.dhidden);
        recall(size, scratch, *parameters, gates + pixel * gate_count);
        scan_back(size, layout.weights, scratch, gates + pixel * gate_count, dhidden, layout.sums, group, begin);
        if (gradients->addition) copy(gradients->addition + pixel * gate_count, scratch.dgates, pixels * gate_count);
        float* dx = gradients->x ? gradients->x + pixel * lstm->cin : nullptr;
        inputs.add(image, group, begin, {scratch.dgates, dx, lstm->up.residual ? own_dy : nullptr, false});
    });
    inputs.finish(gradients->input_kernel, gradients->bias, executor);
    up.finish(gradients->up_kernel, gradients->up_bias, executor);
    finish_state_sums(layout.sums, false, gradients->state_kernel, gradients->initial_hidden, gradients->initial_cell);
}
