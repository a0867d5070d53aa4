#include "base/fill.h"
#include "lstm/row_sizes.h"
#include "lstm/scan_forward.h"
#include "lstm/up_projection.h"

namespace pixelrnn {
namespace {

// The memory that an image needs while it is worked on.
struct ForwardScratch {
    float* states[2];  // of the row before and of this one, [padded_width, h]
    float* cells;      // [width, units]
    float* inputs;  // [width + taps - 1, cin], a row with zeros where its taps reach over the edge, if they are scanned
    float* map;     // [height, width, 4h], sums from the inputs, if they are not
    float* sums;    // [width, 4h]
    size_t bytes;

    ForwardScratch(const RowSizes& size, char* memory) {
        Arena arena(memory);
        for (float*& line : states) line = arena.take<float>(static_cast<size_t>(size.padded_width) * size.h);
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
        const RowSizes size(lstm);
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
void fill_inputs(const RowSizes& size, const float* row, float* inputs) {
    const int32_t columns = size.width + size.taps - 1, begin = larger(smaller(-size.first_tap, columns), 0);
    const int32_t end = larger(smaller(size.width - size.first_tap, columns), begin);
    clear(inputs, static_cast<size_t>(begin) * size.cin);
    copy(inputs + static_cast<size_t>(begin) * size.cin,
         row + static_cast<ptrdiff_t>(begin + size.first_tap) * size.cin, static_cast<size_t>(end - begin) * size.cin);
    clear(inputs + static_cast<size_t>(end) * size.cin, static_cast<size_t>(columns - end) * size.cin);
}

// Scans one image. Sums begin with `start` [height, width, 4h], or null.
void scan(const RowSizes& size, const StateWeights& weights, const ForwardScratch& scratch,
          const pixelrnn_lstm_parameters& parameters, const float* x, const float* start, bool streamed, float* gates,
          float* hidden) {
    const int32_t border = size.reach * size.h;
    for (float* line : scratch.states) clear(line, static_cast<size_t>(size.padded_width) * size.h);
    repeat(scratch.states[0] + border, size.width, size.h, parameters.initial_hidden, size.h, size.h);
    repeat(scratch.cells, size.width, size.units, parameters.initial_cell, size.h, size.units);
    for (int32_t row = 0; row < size.height; row++) {
        const size_t pixel = static_cast<size_t>(row) * size.width, gate = pixel * 4 * size.h;
        if (size.scanned) fill_inputs(size, x + pixel * size.cin, scratch.inputs);
        forward_line(weights, {.count = size.width,
                               .inputs = scratch.inputs,
                               .input_pitch = size.cin,
                               .start = start ? start + gate : nullptr,
                               .start_pitch = 4 * size.h,
                               .before = scratch.states[row % 2],
                               .after = scratch.states[1 - row % 2] + border,
                               .cell = scratch.cells,
                               .cell_pitch = size.units,
                               .sums = scratch.sums,
                               .gates = gates + gate,
                               .gate_pitch = 4 * size.h,
                               .streamed = streamed,
                               .output = hidden + pixel * size.h,
                               .output_pitch = size.h,
                               .add = false});
    }
}

}  // namespace
}  // namespace pixelrnn

using namespace pixelrnn;

size_t pixelrnn_row_lstm_forward_workspace(const pixelrnn_row_lstm* lstm) {
    return ForwardLayout(*lstm, nullptr).bytes;
}

void pixelrnn_row_lstm_forward(const pixelrnn_row_lstm* lstm, const float* x,
                               const pixelrnn_lstm_parameters* parameters, const float* addition, float* gates,
                               float* hidden, float* y, void* workspace, const pixelrnn_executor* executor) {
    const RowSizes size(*lstm);
    const ForwardLayout layout(*lstm, workspace);
    const Filter filter = {parameters->input_kernel, parameters->input_mask};
    const ImageConv input_to_state(layout.input, x, filter, parameters->bias, addition, executor);
    const UpProjection up(lstm->up, layout.up, x, hidden, *parameters, executor);
    const size_t first = static_cast<size_t>(lstm->taps[1]) * size.cin * 4 * size.h;
    const float* mask = filter.mask ? filter.mask + first : nullptr;
    pack_forward(
        layout.weights,
        {.kernel = filter.kernel + first, .mask = mask, .bias = parameters->bias, .columns = 4 * size.h, .first = 0},
        parameters->state_kernel, false);
    const size_t gate_count = size.pixels() * 4 * size.h;
    const bool streamed = streams(gates, lstm->batch * gate_count, size.h);
    each_image(lstm->batch, executor, [&](int32_t image, int32_t, int32_t worker, bool) {
        const size_t pixel = image * size.pixels();
        const ForwardScratch scratch(size, layout.scratch + worker * layout.scratch_bytes);
        const float* start = addition ? addition + image * gate_count : nullptr;
        if (!size.scanned) {
            input_to_state.compute(image, scratch.map);
            start = scratch.map;
        }
        scan(size, layout.weights, scratch, *parameters, x + pixel * size.cin, start, streamed,
             gates + image * gate_count, hidden + pixel * size.h);
        if (streamed) end_streams();
        up.compute(image, y + pixel * lstm->up.channels);
    });
}
