// The gradients of a layer of Gated PixelCNN, image by image: those of the sums never leave the core's second cache.
#include "base/gates.h"
#include "conv/gated_layer.h"

namespace pixelrnn {
namespace {

struct Layout {
    TapLists lists[kConvolutions], turned[kConvolutions];
    Weights weights[kConvolutions];
    PartialSums partial[kConvolutions];
    // For each image at work: of a strip the gated maps and their gradient, of the image those of the sums of both stacks.
    float *gated, *dgated, *dbelow, *dbeside;
    size_t bytes;

    Layout(const pixelrnn_gated_layer& layer, void* workspace) {
        Arena arena(workspace);
        const int32_t groups = Groups{layer.vertical.batch}.count();
        for (int32_t c = 0; c < kConvolutions; c++) {
            const pixelrnn_conv& conv = conv_of(layer, c);
            lists[c] = take_lists(arena, conv.tap_count);
            turned[c] = take_lists(arena, conv.tap_count);
            weights[c] = take_weights(arena, conv.tap_count * conv.cout, conv.cin);
            partial[c] = take_partial_sums(arena, groups, conv.tap_count * conv.cin, conv.cout);
        }
        const size_t strip = static_cast<size_t>(groups) * kStrip * layer.projection.cin;
        const size_t image = static_cast<size_t>(groups) * layer.vertical.height * layer.vertical.width;
        gated = arena.take<float>(strip);
        dgated = arena.take<float>(strip);
        dbelow = arena.take<float>(image * layer.vertical.cout);
        dbeside = arena.take<float>(image * layer.vertical.cout);
        bytes = arena.used();
    }
};

// From the halves of [tangent, gate] and the gradient of their product: the product again, and the sums' gradient.
void differentiate_halves(int32_t maps, int32_t count, const float* halves, const float* dgated, float* gated,
                          float* dsums) {
    each_part(maps, [&](int32_t map, auto part) {
        for (int32_t pixel = 0; pixel < count; pixel++) {
            const size_t at = static_cast<size_t>(pixel) * 2 * maps + map,
                         half = static_cast<size_t>(pixel) * maps + map;
            const Vector tangent = part.load(halves + at), gate = part.load(halves + at + maps);
            const Vector d = part.load(dgated + half) * gate, y = tangent * gate;
            part.store(gated + half, y);
            part.store(dsums + at, d - d * tangent * tangent);
            part.store(dsums + at + maps, d * (tangent - y));
        }
    });
}

// From sums, whose halves are worked out once more, and the gradient of the unit.
void differentiate_sums(int32_t maps, int32_t count, const float* sums, const float* dy, float* dsums) {
    each_part(maps, [&](int32_t map, auto part) {
        for (int32_t pixel = 0; pixel < count; pixel++) {
            const size_t at = static_cast<size_t>(pixel) * 2 * maps + map;
            const Vector tangent = hyperbolic_tangent(part.load(sums + at));
            const Vector gate = sigmoid(part.load(sums + at + maps));
            const Vector d = part.load(dy + static_cast<size_t>(pixel) * maps + map) * gate;
            part.store(dsums + at, d - d * tangent * tangent);
            part.store(dsums + at + maps, d * tangent * (1.0f - gate));
        }
    });
}

void add_up(int32_t count, int32_t columns, const float* rows, float* total) {
    each_part(columns, [&](int32_t n, auto part) {
        Vector sum = {};
        for (int32_t row = 0; row < count; row++) sum += part.load(rows + static_cast<size_t>(row) * columns + n);
        part.store(total + n, sum);
    });
}

// One of the convolutions: the gradients of its input and of its kernel.
struct Stage {
    Patches inputs, turned;
    Weights weights;
    PartialSums partial;
    const float* mask;
    ColorOrder order;
    int32_t columns;

    void differentiate_filter(const Patches& given, const float* dz, int32_t first, int32_t last, int32_t group,
                              bool begin) const {
        const OutputGradient gradient = {dz, nullptr, columns};
        const FilterGradient filter(given, gradient, partial, mask, order);
        for (int32_t block = 0; block < filter.blocks(); block++) filter.add(first, last, group, block, begin);
    }

    void finish(const pixelrnn_conv& conv, float* dkernel, float* dbias, const pixelrnn_executor* executor) const {
        const OutputGradient none = {nullptr, nullptr, columns};
        FilterGradient(inputs, none, partial, mask, order).finish(conv, dkernel, dbias, executor);
    }
};

}  // namespace
}  // namespace pixelrnn

using namespace pixelrnn;

size_t pixelrnn_gated_layer_backward_workspace(const pixelrnn_gated_layer* layer) {
    return Layout(*layer, nullptr).bytes;
}

void pixelrnn_gated_layer_backward(const pixelrnn_gated_layer* layer, const float* v, const float* h,
                                   const float* const* kernels, const float* const* masks, const float* sums,
                                   const float* halves, const float* dnext_v, const float* dnext_h, float* dv,
                                   float* dh, float* const* dkernels, float* const* dbiases, float* dvector,
                                   float* dmap, void* workspace, const pixelrnn_executor* executor) {
    const Layout layout(*layer, workspace);
    Stage stages[kConvolutions];
    for (int32_t c = 0; c < kConvolutions; c++) {
        const pixelrnn_conv& conv = conv_of(*layer, c);
        Stage& stage = stages[c];
        stage.inputs = patches_of(conv, false, layout.lists[c], Source::plain, nullptr, nullptr);
        stage.turned = patches_of(conv, true, layout.turned[c], Source::plain, nullptr, nullptr);
        const bool needed = c == kVertical ? dv != nullptr : c == kHorizontal ? dh != nullptr : true;
        const WeightOrder order = weight_order(conv, true, layout.turned[c]);
        stage.weights =
            needed ? pack_weights(layout.weights[c], order, kernels[c], masks[c], executor) : layout.weights[c];
        stage.partial = layout.partial[c];
        stage.mask = masks[c];
        stage.order = color_order(stage.inputs, masks[c], conv.cout);
        stage.columns = conv.cout;
    }
    const Stage &vertical = stages[kVertical], &link = stages[kLink], &horizontal = stages[kHorizontal],
                &projection = stages[kProjection];
    const int32_t pixels = layer->vertical.height * layer->vertical.width, columns = layer->vertical.cout;
    const int32_t maps = columns / 2, above = layer->vertical.cin, left = layer->horizontal.cin;

    each_image(layer->vertical.batch, executor, [&](int32_t image, int32_t group, int32_t worker, bool begin) {
        const size_t first = static_cast<size_t>(image) * pixels;
        const size_t image_floats = static_cast<size_t>(pixels) * columns, strip_floats = size_t(kStrip) * maps;
        float *gated = layout.gated + worker * strip_floats, *dgated = layout.dgated + worker * strip_floats;
        float *dbelow = layout.dbelow + worker * image_floats, *dbeside = layout.dbeside + worker * image_floats;

        each_strip(pixels, [&](int32_t at, int32_t count) {
            const float* dnext = dnext_h + (first + at) * maps;
            gemm_range(of_strip(projection.turned, dnext, count), projection.weights, {}, 0, count, dgated);
            differentiate_halves(maps, count, halves + (first + at) * columns, dgated, gated,
                                 dbeside + static_cast<size_t>(at) * columns);
            const Patches inputs = of_strip(projection.inputs, gated, count);
            projection.differentiate_filter(inputs, dnext, 0, count, group, begin && at == 0);
        });

        const float* below = sums + first * columns;
        const Patches lefts = of_image(horizontal.inputs, h + first * left), links = of_image(link.inputs, below);
        const Patches turned_lefts = of_image(horizontal.turned, dbeside),
                      turned_links = of_image(link.turned, dbeside);
        each_strip(pixels, [&](int32_t at, int32_t count) {
            const bool fresh = begin && at == 0;
            const int32_t end = at + count;
            if (dh) {
                const Epilogue epilogue = {.residual = layer->residual ? dnext_h + first * maps : nullptr};
                gemm_range(turned_lefts, horizontal.weights, epilogue, at, end, dh + first * left);
            }
            horizontal.differentiate_filter(lefts, dbeside, at, end, group, fresh);
            const size_t place = static_cast<size_t>(at) * columns;
            differentiate_sums(maps, count, below + place, dnext_v + (first + at) * maps, dbelow + place);
            gemm_range(turned_links, link.weights, {.accumulate = true}, at, end, dbelow);
            link.differentiate_filter(links, dbeside, at, end, group, fresh);
        });

        const Patches aboves = of_image(vertical.inputs, v + first * above);
        const Patches turned_aboves = of_image(vertical.turned, dbelow);
        each_strip(pixels, [&](int32_t at, int32_t count) {
            if (dv) gemm_range(turned_aboves, vertical.weights, {}, at, at + count, dv + first * above);
            vertical.differentiate_filter(aboves, dbelow, at, at + count, group, begin && at == 0);
        });

        if (dvector) {
            float* total = dvector + static_cast<size_t>(image) * 2 * columns;
            add_up(pixels, columns, dbelow, total);
            add_up(pixels, columns, dbeside, total + columns);
        }
        if (dmap) {
            give_half(pixels, columns, dbelow, 0, dmap + first * 2 * columns);
            give_half(pixels, columns, dbeside, 1, dmap + first * 2 * columns);
        }
    });
    for (int32_t c = 0; c < kConvolutions; c++) stages[c].finish(conv_of(*layer, c), dkernels[c], dbiases[c], executor);
}
