// y = act(conv(act(x), kernel * mask) + bias) + residual, over live taps only.
#include "product.h"

namespace pixelrnn {
namespace {

struct Layout {
    Tap* taps;
    Run* runs;
    Weights weights;
    size_t bytes;
};

Layout lay_out(const pixelrnn_conv& conv, void* workspace) {
    Arena arena(workspace);
    Layout layout;
    layout.taps = arena.take<Tap>(conv.tap_count);
    layout.runs = arena.take<Run>(conv.tap_count);
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
    const int64_t pixels = static_cast<int64_t>(conv->batch) * conv->height * conv->width;
    list_taps(*conv, false, layout.taps);
    const int32_t runs = list_runs(layout.taps, conv->tap_count, conv->cin, layout.runs);
    const Patches patches = {conv->input_relu ? Source::relu : Source::plain, x, nullptr, pixels, conv->height,
                             conv->width, conv->cin, conv->tap_count, runs, layout.taps, layout.runs};
    const int64_t block = static_cast<int64_t>(conv->cin) * conv->cout;
    const WeightOrder order = {layout.taps, conv->cin, block, conv->cout, 1};
    const Weights weights = pack_weights(layout.weights, order, kernel, mask, executor);
    multiply(patches, weights, {bias, residual, nullptr, conv->output_relu != 0}, y, executor);
}
