// With dz = dy where the output relu let it through: dx = the same convolution of dz with the taps' signs turned and
// the weights transposed, dkernel and dbias = sums over pixels.
#include "base/parallel.h"
#include "conv/convolution.h"

namespace pixelrnn {
namespace {

struct Layout {
    TapLists lists, turned;
    Weights weights;
    PartialSums sums;
    size_t bytes;
};

Layout lay_out(const pixelrnn_conv& conv, void* workspace) {
    Arena arena(workspace);
    Layout layout;
    layout.lists = take_lists(arena, conv.tap_count);
    layout.turned = take_lists(arena, conv.tap_count);
    layout.weights = take_weights(arena, conv.tap_count * conv.cout, conv.cin);
    layout.sums = take_partial_sums(arena, pieces_of(pixels_of(conv), conv.cout), conv.tap_count * conv.cin, conv.cout);
    layout.bytes = arena.used();
    return layout;
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

    const Patches gradients = patches_of(*conv, true, layout.turned, gate ? Source::gated : Source::plain, dy, gate);
    const WeightOrder order = weight_order(*conv, true, layout.turned);
    const Epilogue epilogue = {.gate = conv->input_relu ? x : nullptr};
    const Weights weights = dx ? pack_weights(layout.weights, order, kernel, mask, executor) : layout.weights;

    // Narrow maps fit into the second cache piece by piece, where the second product then finds what the first one read.
    const bool together = filter.blocks() == 1;
    if (dx && !together) gemm(gradients, weights, epilogue, dx, executor);
    parallel(executor, filter.pieces() * filter.blocks(), [&](int32_t index) {
        const int32_t piece = index / filter.blocks();
        if (dx && together)
            gemm_range(gradients, weights, epilogue, filter.first_pixel(piece), filter.first_pixel(piece + 1), dx);
        filter.add(piece, index % filter.blocks());
    });
    filter.finish(*conv, dkernel, dbias, executor);
}
