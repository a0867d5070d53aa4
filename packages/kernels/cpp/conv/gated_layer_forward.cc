// Both stacks of a layer of Gated PixelCNN (Figure 2).
#include "base/gates.h"
#include "conv/gated_layer.h"

namespace pixelrnn {
namespace {

struct Layout {
    TapLists lists[kConvolutions];
    Weights weights[kConvolutions];
    float* biases;  // [images at work, both stacks, 2 p]
    float* gated;   // [images at work, pixels of a strip, p]
    size_t bytes;

    Layout(const pixelrnn_gated_layer& layer, void* workspace) {
        Arena arena(workspace);
        for (int32_t c = 0; c < kConvolutions; c++) {
            const pixelrnn_conv& conv = conv_of(layer, c);
            lists[c] = take_lists(arena, conv.tap_count);
            weights[c] = take_weights(arena, conv.tap_count * conv.cin, conv.cout);
        }
        const size_t workers = Groups{layer.vertical.batch}.count();
        biases = arena.take<float>(workers * 2 * layer.vertical.cout);
        gated = arena.take<float>(workers * kStrip * layer.projection.cin);
        bytes = arena.used();
    }
};

// y = tanh(a) sigmoid(b) of sums [a, b].
void gate(int32_t maps, int32_t count, const float* sums, float* y) {
    each_part(maps, [&](int32_t map, auto part) {
        for (int32_t pixel = 0; pixel < count; pixel++) {
            const float* from = sums + static_cast<size_t>(pixel) * 2 * maps + map;
            part.store(y + static_cast<size_t>(pixel) * maps + map,
                       hyperbolic_tangent(part.load(from)) * sigmoid(part.load(from + maps)));
        }
    });
}

// The same, and the sums become tanh(a) and sigmoid(b).
void activate(int32_t maps, int32_t count, float* halves, float* y) {
    each_part(maps, [&](int32_t map, auto part) {
        for (int32_t pixel = 0; pixel < count; pixel++) {
            float* half = halves + static_cast<size_t>(pixel) * 2 * maps + map;
            const Vector tangent = hyperbolic_tangent(part.load(half)), gate = sigmoid(part.load(half + maps));
            part.store(half, tangent);
            part.store(half + maps, gate);
            part.store(y + static_cast<size_t>(pixel) * maps + map, tangent * gate);
        }
    });
}

}  // namespace
}  // namespace pixelrnn

using namespace pixelrnn;

size_t pixelrnn_gated_layer_forward_workspace(const pixelrnn_gated_layer* layer) {
    return Layout(*layer, nullptr).bytes;
}

void pixelrnn_gated_layer_forward(const pixelrnn_gated_layer* layer, const float* v, const float* h,
                                  const float* const* kernels, const float* const* masks, const float* const* biases,
                                  const float* vector, const float* map, float* next_v, float* next_h, float* sums,
                                  float* halves, void* workspace, const pixelrnn_executor* executor) {
    const Layout layout(*layer, workspace);
    Patches patches[kConvolutions];
    Weights weights[kConvolutions];
    for (int32_t c = 0; c < kConvolutions; c++) {
        const pixelrnn_conv& conv = conv_of(*layer, c);
        patches[c] = patches_of(conv, false, layout.lists[c], Source::plain, nullptr, nullptr);
        const WeightOrder order = weight_order(conv, false, layout.lists[c]);
        weights[c] = pack_weights(layout.weights[c], order, kernels[c], masks[c], executor);
    }
    const int32_t pixels = layer->vertical.height * layer->vertical.width, columns = layer->vertical.cout;
    const int32_t maps = columns / 2, above = layer->vertical.cin, left = layer->horizontal.cin;
    const bool with_map = map != nullptr;
    each_image(layer->vertical.batch, executor, [&](int32_t image, int32_t, int32_t worker, bool) {
        const size_t first = static_cast<size_t>(image) * pixels;
        const float* condition = vector ? vector + static_cast<size_t>(image) * 2 * columns : nullptr;
        const float* image_map = map ? map + first * 2 * columns : nullptr;
        float* bias = layout.biases + static_cast<size_t>(worker) * 2 * columns;
        for (int32_t n = 0; n < columns; n++) {
            bias[n] = biases[kVertical][n] + (condition ? condition[n] : 0.0f);
            bias[columns + n] = biases[kHorizontal][n] + biases[kLink][n] + (condition ? condition[columns + n] : 0.0f);
        }

        float* below = sums + first * columns;
        const Patches verticals = of_image(patches[kVertical], v + first * above);
        each_strip(pixels, [&](int32_t begin, int32_t count) {
            float* strip = below + static_cast<size_t>(begin) * columns;
            if (with_map) take_half(count, columns, image_map + static_cast<size_t>(begin) * 2 * columns, 0, strip);
            const Epilogue epilogue = {.bias = bias, .accumulate = with_map};
            gemm_range(verticals, weights[kVertical], epilogue, begin, begin + count, below);
            gate(maps, count, strip, next_v + (first + begin) * maps);
        });

        float *beside = halves + first * columns, *gated = layout.gated + static_cast<size_t>(worker) * kStrip * maps;
        const Patches horizontals = of_image(patches[kHorizontal], h + first * left);
        const Patches links = of_image(patches[kLink], below);
        each_strip(pixels, [&](int32_t begin, int32_t count) {
            float* strip = beside + static_cast<size_t>(begin) * columns;
            if (with_map) take_half(count, columns, image_map + static_cast<size_t>(begin) * 2 * columns, 1, strip);
            gemm_range(links, weights[kLink], {.accumulate = with_map}, begin, begin + count, beside);
            const Epilogue epilogue = {.bias = bias + columns, .accumulate = true};
            gemm_range(horizontals, weights[kHorizontal], epilogue, begin, begin + count, beside);
            activate(maps, count, strip, gated);
            const size_t at = first + begin;
            const Epilogue last = {.bias = biases[kProjection], .residual = layer->residual ? h + at * left : nullptr};
            gemm_range(of_strip(patches[kProjection], gated, count), weights[kProjection], last, 0, count,
                       next_h + at * maps);
        });
    });
}
