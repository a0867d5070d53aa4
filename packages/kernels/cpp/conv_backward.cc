// With dz = dy where the output relu let it through: dx = the same convolution of dz with the taps' signs turned and
// the weights transposed, dkernel and dbias = sums over pixels.
#include "filter_gradient.h"
#include "parallel.h"
#include "product.h"

namespace pixelrnn {
namespace {

struct TapLists {
    Tap* taps;
    Run* runs;
};

struct Layout {
    TapLists lists, turned;
    Weights weights;
    PartialSums sums;
    size_t bytes;
};

int64_t pixels_of(const pixelrnn_conv& conv) { return static_cast<int64_t>(conv.batch) * conv.height * conv.width; }

TapLists take_lists(Arena& arena, int32_t taps) { return {arena.take<Tap>(taps), arena.take<Run>(taps)}; }

Layout lay_out(const pixelrnn_conv& conv, void* workspace) {
    Arena arena(workspace);
    Layout layout;
    layout.lists = take_lists(arena, conv.tap_count);
    layout.turned = take_lists(arena, conv.tap_count);
    layout.weights = take_weights(arena, conv.tap_count * conv.cout, conv.cin);
    layout.sums = take_partial_sums(arena, pixels_of(conv), conv.tap_count * conv.cin, conv.cout);
    layout.bytes = arena.used();
    return layout;
}

Patches patches_of(const pixelrnn_conv& conv, bool turned, const TapLists& lists, Source source, const float* values,
                   const float* gate) {
    const int32_t channels = turned ? conv.cout : conv.cin;
    list_taps(conv, turned, lists.taps);
    const int32_t runs = list_runs(lists.taps, conv.tap_count, channels, lists.runs);
    return {source, values, gate, pixels_of(conv), conv.height, conv.width, channels, conv.tap_count, runs, lists.taps,
            lists.runs};
}

}  // namespace
}  // namespace pixelrnn

using namespace pixelrnn;

size_t pixelrnn_conv_backward_workspace(const pixelrnn_conv* conv) { return lay_out(*conv, nullptr).bytes; }

void pixelrnn_conv_backward(const pixelrnn_conv* conv, const float* x, const float* kernel, const float* mask,
                            const float* y, const float* dy, float* dx, float* dkernel, float* dbias, void* workspace,
                            const pixelrnn_executor* executor) {
    const Layout layout = lay_out(*conv, workspace);
    const float* gate = conv->output_relu ? y : nullptr;
    const Patches inputs =
        patches_of(*conv, false, layout.lists, conv->input_relu ? Source::relu : Source::plain, x, nullptr);
    const OutputGradient dz = {dy, gate, conv->cout};
    const FilterGradient filter(inputs, dz, layout.sums, mask);

    const Patches gradients =
        patches_of(*conv, true, layout.turned, gate ? Source::gated : Source::plain, dy, gate);
    const int64_t block = static_cast<int64_t>(conv->cin) * conv->cout;
    const WeightOrder order = {layout.turned.taps, conv->cout, block, 1, conv->cout};
    const Epilogue epilogue = {nullptr, nullptr, conv->input_relu ? x : nullptr, false};
    const Weights weights = dx ? pack_weights(layout.weights, order, kernel, mask, executor) : layout.weights;

    // Narrow maps fit into the second cache piece by piece, where the second product then finds what the first one read.
    const bool together = filter.blocks() == 1;
    if (dx && !together) multiply(gradients, weights, epilogue, dx, executor);
    parallel(executor, filter.pieces() * filter.blocks(), [&](int32_t index) {
        const int32_t piece = index / filter.blocks();
        if (dx && together)
            multiply_range(gradients, weights, epilogue, filter.first_pixel(piece), filter.first_pixel(piece + 1), dx);
        filter.add(piece, index % filter.blocks());
    });
    filter.finish(*conv, dkernel, dbias, executor);
}
