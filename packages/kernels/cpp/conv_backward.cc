// With dz = dy where the output relu let it through: dx = the same convolution of dz with the taps' signs turned and
// the weights transposed, dkernel and dbias = sums over pixels.
#include "filter_gradient.h"
#include "product.h"

namespace pixelrnn {
namespace {

struct Layout {
    Tap* taps;
    Run* runs;
    Weights weights;
    PartialSums sums;
    size_t bytes;
};

int64_t pixels_of(const pixelrnn_conv& conv) { return static_cast<int64_t>(conv.batch) * conv.height * conv.width; }

// The two gradients come one after the other, but share no memory: the sums are needed together with the taps.
Layout lay_out(const pixelrnn_conv& conv, void* workspace) {
    Arena arena(workspace);
    Layout layout;
    layout.taps = arena.take<Tap>(conv.tap_count);
    layout.runs = arena.take<Run>(conv.tap_count);
    layout.weights = take_weights(arena, conv.tap_count * conv.cout, conv.cin);
    layout.sums = take_partial_sums(arena, pixels_of(conv), conv.tap_count * conv.cin, conv.cout);
    layout.bytes = arena.used();
    return layout;
}

void input_gradient(const pixelrnn_conv& conv, const Layout& layout, const float* x, const float* kernel,
                    const float* mask, const float* y, const float* dy, float* dx,
                    const pixelrnn_executor* executor) {
    list_taps(conv, true, layout.taps);
    const int32_t runs = list_runs(layout.taps, conv.tap_count, conv.cout, layout.runs);
    const Patches patches = {conv.output_relu ? Source::gated : Source::plain, dy, y, pixels_of(conv), conv.height,
                             conv.width, conv.cout, conv.tap_count, runs, layout.taps, layout.runs};
    const int64_t block = static_cast<int64_t>(conv.cin) * conv.cout;
    const WeightOrder order = {layout.taps, conv.cout, block, 1, conv.cout};
    const Weights weights = pack_weights(layout.weights, order, kernel, mask, executor);
    const Epilogue epilogue = {nullptr, nullptr, conv.input_relu ? x : nullptr, false};
    multiply(patches, weights, epilogue, dx, executor);
}

}  // namespace
}  // namespace pixelrnn

using namespace pixelrnn;

size_t pixelrnn_conv_backward_workspace(const pixelrnn_conv* conv) { return lay_out(*conv, nullptr).bytes; }

void pixelrnn_conv_backward(const pixelrnn_conv* conv, const float* x, const float* kernel, const float* mask,
                            const float* y, const float* dy, float* dx, float* dkernel, float* dbias, void* workspace,
                            const pixelrnn_executor* executor) {
    const Layout layout = lay_out(*conv, workspace);
    if (dx) input_gradient(*conv, layout, x, kernel, mask, y, dy, dx, executor);
    list_taps(*conv, false, layout.taps);
    const int32_t runs = list_runs(layout.taps, conv->tap_count, conv->cin, layout.runs);
    const Patches patches = {conv->input_relu ? Source::relu : Source::plain, x, nullptr, pixels_of(*conv), conv->height,
                             conv->width, conv->cin, conv->tap_count, runs, layout.taps, layout.runs};
    const OutputGradient dz = {dy, conv->output_relu ? y : nullptr, conv->cout};
    filter_gradient(*conv, patches, dz, layout.sums, mask, dkernel, dbias, executor);
}
