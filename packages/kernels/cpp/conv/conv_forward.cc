// y = act(conv(act(x), kernel * mask) + bias) + residual, over live taps only.
#include "conv/convolution.h"

namespace pixelrnn {
namespace {

struct Layout {
    TapLists lists;
    Weights weights;
    size_t bytes;
};

Layout lay_out(const pixelrnn_conv& conv, void* workspace) {
    Arena arena(workspace);
    Layout layout;
    layout.lists = take_lists(arena, conv.tap_count);
    layout.weights = take_weights(arena, conv.tap_count * conv.cin, conv.cout);
    layout.bytes = arena.used();
    return layout;
}

}  // namespace
}  // namespace pixelrnn

using namespace pixelrnn;

size_t pixelrnn_conv_forward_workspace(const pixelrnn_conv* conv) { return lay_out(*conv, nullptr).bytes; }

void pixelrnn_conv_forward(const pixelrnn_conv* conv, const float* x, const float* kernel, const float* mask,
                           const float* bias, const float* residual, float* y, void* workspace,
                           const pixelrnn_executor* executor) {
    const Layout layout = lay_out(*conv, workspace);
    const Patches patches =
        patches_of(*conv, false, layout.lists, conv->input_relu ? Source::relu : Source::plain, x, nullptr);
    const WeightOrder order = weight_order(*conv, false, layout.lists);
    const Weights weights = pack_weights(layout.weights, order, kernel, mask, executor);
    gemm(patches, weights, {.bias = bias, .relu = conv->output_relu != 0, .residual = residual}, y, executor);
}
