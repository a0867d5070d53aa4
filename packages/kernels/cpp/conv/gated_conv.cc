// y = tanh(a + condition) * sigmoid(b + condition) with [a, b] = conv(x, kernel * mask) + bias (Gated PixelCNN, equation 2
// and section 2.3).
#include "base/gates.h"
#include "base/part.h"
#include "conv/image_conv.h"

namespace pixelrnn {
namespace {

constexpr int32_t kStrip = 256;  // pixels, whose sums are activated while the cache still holds them

struct ForwardLayout {
    TapLists lists;
    Weights weights;
    size_t bytes;

    ForwardLayout(const pixelrnn_conv& conv, void* workspace) {
        Arena arena(workspace);
        lists = take_lists(arena, conv.tap_count);
        weights = take_weights(arena, conv.tap_count * conv.cin, conv.cout);
        bytes = arena.used();
    }
};

struct BackwardLayout {
    ImageConvSums sums;
    float* dsums;  // [images at work, pixels, cout]
    size_t dsums_size, bytes;

    BackwardLayout(const pixelrnn_conv& conv, void* workspace) {
        Arena arena(workspace);
        sums = take_image_conv_sums(arena, conv);
        dsums_size = static_cast<size_t>(conv.height) * conv.width * conv.cout;
        dsums = arena.take<float>(dsums_size * Groups{conv.batch}.count());
        bytes = arena.used();
    }
};

// Sums of `count` pixels of one image become activated halves; `vector` is the image's, or null.
void activate(int32_t maps, int32_t count, const float* vector, float* halves, float* y) {
    each_part(maps, [&](int32_t map, auto part) {
        const Vector first = vector ? part.load(vector + map) : Vector{};
        const Vector second = vector ? part.load(vector + maps + map) : Vector{};
        for (int32_t pixel = 0; pixel < count; pixel++) {
            float* half = halves + static_cast<size_t>(pixel) * 2 * maps + map;
            const Vector tangent = hyperbolic_tangent(part.load(half) + first);
            const Vector gate = sigmoid(part.load(half + maps) + second);
            part.store(half, tangent);
            part.store(half + maps, gate);
            part.store(y + static_cast<size_t>(pixel) * maps + map, tangent * gate);
        }
    });
}

// Writes dsums of one image, and their sum over the pixels where dvector is not null.
void differentiate(int32_t maps, int32_t count, const float* halves, const float* dy, float* dsums, float* dvector) {
    each_part(maps, [&](int32_t map, auto part) {
        Vector first = {}, second = {};
        for (int32_t pixel = 0; pixel < count; pixel++) {
            const size_t at = static_cast<size_t>(pixel) * 2 * maps + map;
            const Vector tangent = part.load(halves + at), gate = part.load(halves + at + maps);
            const Vector d = part.load(dy + static_cast<size_t>(pixel) * maps + map) * gate;
            const Vector dtangent = d * (1.0f - tangent * tangent), dgate = d * tangent * (1.0f - gate);
            part.store(dsums + at, dtangent);
            part.store(dsums + at + maps, dgate);
            first += dtangent;
            second += dgate;
        }
        if (!dvector) return;
        part.store(dvector + map, first);
        part.store(dvector + maps + map, second);
    });
}

}  // namespace
}  // namespace pixelrnn

using namespace pixelrnn;

size_t pixelrnn_gated_conv_forward_workspace(const pixelrnn_conv* conv) { return ForwardLayout(*conv, nullptr).bytes; }

void pixelrnn_gated_conv_forward(const pixelrnn_conv* conv, const float* x, const float* kernel, const float* mask,
                                 const float* bias, const float* vector, const float* map, float* halves, float* y,
                                 void* workspace, const pixelrnn_executor* executor) {
    const ForwardLayout layout(*conv, workspace);
    const Patches patches = patches_of(*conv, false, layout.lists, Source::plain, x, nullptr);
    const Weights weights =
        pack_weights(layout.weights, weight_order(*conv, false, layout.lists), kernel, mask, executor);
    const Epilogue epilogue = {.bias = bias, .residual = map};
    const int32_t image_pixels = conv->height * conv->width, strips = pieces(image_pixels, kStrip),
                  maps = conv->cout / 2;
    parallel(executor, conv->batch * strips, [&](int32_t task) {
        const int32_t image = task / strips, begin = task % strips * kStrip;
        const int32_t count = smaller(kStrip, image_pixels - begin);
        const int64_t first = static_cast<int64_t>(image) * image_pixels + begin;
        gemm_range(patches, weights, epilogue, first, first + count, halves);
        activate(maps, count, vector ? vector + static_cast<size_t>(image) * conv->cout : nullptr,
                 halves + first * conv->cout, y + first * maps);
    });
}

size_t pixelrnn_gated_conv_backward_workspace(const pixelrnn_conv* conv) {
    return BackwardLayout(*conv, nullptr).bytes;
}

void pixelrnn_gated_conv_backward(const pixelrnn_conv* conv, const float* x, const float* kernel, const float* mask,
                                  const float* halves, const float* dy, float* dx, float* dkernel, float* dbias,
                                  float* dvector, float* dmap, void* workspace, const pixelrnn_executor* executor) {
    const BackwardLayout layout(*conv, workspace);
    const ImageConvGradients gradients(layout.sums, x, {kernel, mask}, dx != nullptr, executor);
    const int32_t pixels = conv->height * conv->width, maps = conv->cout / 2;
    each_image(conv->batch, executor, [&](int32_t image, int32_t group, int32_t worker, bool begin) {
        const size_t first = static_cast<size_t>(image) * pixels;
        float* dsums = dmap ? dmap + first * conv->cout : layout.dsums + worker * layout.dsums_size;
        differentiate(maps, pixels, halves + first * conv->cout, dy + first * maps, dsums,
                      dvector ? dvector + static_cast<size_t>(image) * conv->cout : nullptr);
        gradients.add(image, group, begin, {.dy = dsums, .dx = dx ? dx + first * conv->cin : nullptr});
    });
    gradients.finish(dkernel, dbias, executor);
}
