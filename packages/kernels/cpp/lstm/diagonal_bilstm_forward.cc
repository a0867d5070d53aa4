#include "base/fill.h"
#include "lstm/diagonals.h"
#include "lstm/scan_forward.h"
#include "lstm/up_projection.h"

namespace pixelrnn {
namespace {

// The memory that an image needs while it is worked on.
struct ForwardScratch {
    float* states[2];  // of the diagonal before and of this one, [height + 1, h]: a zero row above the image
    float* cells;      // [height, units]
    float* map;        // [height, width, 8h], sums from the inputs, where the scan does not make them
    float* sums;       // [height, 4h]
    size_t bytes;

    ForwardScratch(const DiagonalSizes& size, char* memory) {
        Arena arena(memory);
        for (float*& line : states) line = arena.take<float>((static_cast<size_t>(size.height) + 1) * size.h);
        cells = arena.take<float>(static_cast<size_t>(size.height) * size.units);
        map = arena.take<float>(scans_inputs(size.h) ? 0 : size.pixels() * size.gates);
        sums = arena.take<float>(static_cast<size_t>(size.height) * 4 * size.h);
        bytes = arena.used();
    }
};

struct ForwardLayout {
    ImageConvLayout input, up;
    StateWeights weights[2];
    char* scratch;
    size_t scratch_bytes, bytes;

    ForwardLayout(const pixelrnn_diagonal_bilstm& lstm, void* workspace) {
        const DiagonalSizes size(lstm);
        Arena arena(workspace);
        const bool scanned = scans_inputs(size.h);
        input = scanned ? ImageConvLayout{} : take_image_conv(arena, input_conv(lstm, 2));
        up = take_up(arena, lstm);
        for (StateWeights& direction : weights)
            direction = take_forward_weights(arena, size.h, kWindow, scanned ? size.cin : 0);
        scratch_bytes = ForwardScratch(size, nullptr).bytes;
        scratch = arena.take<char>(scratch_bytes * Groups{lstm.batch}.count());
        bytes = arena.used();
    }
};

// Scans one image. Rows that have not begun keep their initial states in both lines. Sums begin with `start`
// [height, width, 8h], or null.
void scan(const DiagonalSizes& size, int32_t direction, const StateWeights& weights, const ForwardScratch& scratch,
          const pixelrnn_lstm_parameters& parameters, const float* x, const float* start, bool streamed, float* gates,
          float* hidden) {
    for (float* line : scratch.states) {
        clear(line, size.h);
        repeat(line + size.h, size.height, size.h, parameters.initial_hidden + direction * size.h, size.h, size.h);
    }
    repeat(scratch.cells, size.height, size.units, parameters.initial_cell + direction * size.h, size.h, size.units);
    const View<const float> inputs = view_of(x, size, size.cin, direction);
    const View<const float> starts = start ? gates_of(start, size, direction) : View<const float>{};
    const View<float> outputs = outputs_of(hidden, size, direction);
    gates += size.first_gate(direction);
    for (int32_t d = 0; d < size.diagonals(direction); d++) {
        const Diagonal diagonal(size, direction, d);
        const ptrdiff_t first = static_cast<ptrdiff_t>(diagonal.row) * size.h;
        forward_line(weights, {.count = diagonal.count,
                               .inputs = inputs.at(diagonal.row, diagonal.column),
                               .input_pitch = inputs.diagonal(),
                               .start = start ? starts.at(diagonal.row, diagonal.column) : nullptr,
                               .start_pitch = starts.diagonal(),
                               .before = scratch.states[d % 2] + first,
                               .after = scratch.states[1 - d % 2] + first + size.h,
                               .cell = scratch.cells + static_cast<ptrdiff_t>(diagonal.row) * size.units,
                               .cell_pitch = size.units,
                               .sums = scratch.sums,
                               .gates = gates,
                               .gate_pitch = 4 * size.h,
                               .streamed = streamed,
                               .output = outputs.at(diagonal.row, diagonal.column),
                               .output_pitch = outputs.diagonal(),
                               .add = direction == 1});
        gates += static_cast<ptrdiff_t>(diagonal.count) * 4 * size.h;
    }
}

}  // namespace
}  // namespace pixelrnn

using namespace pixelrnn;

size_t pixelrnn_diagonal_bilstm_forward_workspace(const pixelrnn_diagonal_bilstm* lstm) {
    return ForwardLayout(*lstm, nullptr).bytes;
}

void pixelrnn_diagonal_bilstm_forward(const pixelrnn_diagonal_bilstm* lstm, const float* x,
                                      const pixelrnn_lstm_parameters* parameters, const float* addition, float* gates,
                                      float* hidden, float* y, void* workspace, const pixelrnn_executor* executor) {
    const DiagonalSizes size(*lstm);
    const ForwardLayout layout(*lstm, workspace);
    const Filter filter = {parameters->input_kernel, parameters->input_mask};
    const ImageConv input_to_state(layout.input, x, filter, parameters->bias, addition, executor);
    const UpProjection up(lstm->up, layout.up, x, hidden, *parameters, executor);
    const size_t kernel = static_cast<size_t>(kWindow) * 4 * size.h * size.h;
    for (int32_t direction = 0; direction < 2; direction++)
        pack_forward(layout.weights[direction],
                     {.kernel = filter.kernel,
                      .mask = filter.mask,
                      .bias = parameters->bias,
                      .columns = size.gates,
                      .first = direction * 4 * size.h},
                     parameters->state_kernel + direction * kernel, true);
    const size_t pixels = size.pixels();
    const bool scanned = scans_inputs(size.h), streamed = streams(gates, lstm->batch * pixels * size.gates, size.h);
    each_image(lstm->batch, executor, [&](int32_t image, int32_t, int32_t worker, bool) {
        const size_t pixel = image * pixels;
        const ForwardScratch scratch(size, layout.scratch + worker * layout.scratch_bytes);
        const float* start = addition ? addition + pixel * size.gates : nullptr;
        if (!scanned) {
            input_to_state.compute(image, scratch.map);
            start = scratch.map;
        }
        for (int32_t direction = 0; direction < 2; direction++)
            scan(size, direction, layout.weights[direction], scratch, *parameters, x + pixel * size.cin, start,
                 streamed, gates + pixel * size.gates, hidden + pixel * size.h);
        if (streamed) end_streams();
        up.compute(image, y + pixel * lstm->up.channels);
    });
}
