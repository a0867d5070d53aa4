// The gradients of a chain of convolutions, unit by unit: those of its maps never leave the core's second cache.
#include "base/parallel.h"
#include "conv/conv_chain.h"

namespace pixelrnn {
namespace {

struct Stage {
    Patches inputs, turned;
    Weights weights;
    PartialSums sums;
    ColorOrder order;
};

struct Memory {
    TapLists lists, turned;
    Weights weights;
    PartialSums sums;
};

struct Layout {
    Stage* stages;
    float* gradients[PIXELRNN_MOST_CONVOLUTIONS];  // [groups, pixels of a unit, channels]
    size_t bytes;
};

// f(convolution, its memory, the layout so far), whose pointers mean nothing where there is no workspace.
template <typename F>
Layout lay_out(const pixelrnn_conv_chain& chain, const Units& units, const GradientBuffers& buffers, void* workspace,
               const F& f) {
    Arena arena(workspace);
    const int32_t groups = groups_of(chain, units);
    Layout layout;
    layout.stages = arena.take<Stage>(chain.count);
    for (int32_t c = 0; c < chain.count; c++) {
        const pixelrnn_conv& conv = chain.convs[c];
        Memory memory;
        memory.lists = take_lists(arena, conv.tap_count);
        memory.turned = take_lists(arena, conv.tap_count);
        memory.weights = take_weights(arena, conv.tap_count * conv.cout, conv.cin);
        memory.sums = take_partial_sums(arena, groups, conv.tap_count * conv.cin, conv.cout);
        f(c, memory, layout);
    }
    const size_t pixels = static_cast<size_t>(groups) * units.height * units.width;
    for (int32_t b = 0; b < buffers.count; b++) layout.gradients[b] = arena.take<float>(pixels * buffers.channels[b]);
    layout.bytes = arena.used();
    return layout;
}

}  // namespace
}  // namespace pixelrnn

using namespace pixelrnn;

size_t pixelrnn_conv_chain_backward_workspace(const pixelrnn_conv_chain* chain) {
    const auto nothing = [](int32_t, const Memory&, const Layout&) {};
    return lay_out(*chain, units_of(*chain), GradientBuffers(*chain), nullptr, nothing).bytes;
}

void pixelrnn_conv_chain_backward(const pixelrnn_conv_chain* chain, const float* x, const float* const* kernels,
                                  const float* const* masks, const float* maps, const float* dy, float* dx,
                                  float* const* dkernels, float* const* dbiases, void* workspace,
                                  const pixelrnn_executor* executor) {
    const Units units = units_of(*chain);
    const GradientBuffers buffers(*chain);
    const auto prepare = [&](int32_t c, const Memory& memory, const Layout& given) {
        const pixelrnn_conv& conv = chain->convs[c];
        Stage& stage = given.stages[c];
        stage.inputs = inputs_of(*chain, c, memory.lists, x, maps);
        stage.turned = patches_of(conv, true, memory.turned, Source::plain, nullptr, nullptr);
        const WeightOrder order = weight_order(conv, true, memory.turned);
        stage.weights = pack_weights(memory.weights, order, kernels[c], masks[c], executor);
        stage.sums = memory.sums;
        stage.order = color_order(stage.inputs, masks[c], conv.cout);
    };
    const Layout layout = lay_out(*chain, units, buffers, workspace, prepare);
    const int64_t unit_pixels = static_cast<int64_t>(units.height) * units.width;
    const int32_t count = chain->count;

    each_unit(units, groups_of(*chain, units), executor, [&](int32_t unit, int32_t group, int32_t worker, bool begin) {
        const int64_t first = units.first(unit);
        const int32_t size = units.size(unit);
        const auto gradient = [&](int32_t map) {
            const int32_t buffer = buffers.of_map[map];
            return layout.gradients[buffer] + worker * unit_pixels * buffers.channels[buffer];
        };
        const auto given = [&](int32_t map) {
            return map == count ? dy + first * chain->convs[count - 1].cout : gradient(map);
        };
        for (int32_t c = count - 1; c >= 0; c--) {
            const Stage& stage = layout.stages[c];
            const pixelrnn_conv& conv = chain->convs[c];
            const int32_t sum = added_to(*chain, c);
            const Patches inputs = units.of(stage.inputs, unit);
            Patches turned = units.alone(stage.turned, unit);
            turned.values = given(c + 1);
            const Epilogue epilogue = {.gate = conv.input_relu ? inputs.values : nullptr,
                                       .residual = sum < 0 ? nullptr : given(sum)};
            gemm_range(turned, stage.weights, epilogue, 0, size, c == 0 ? dx + first * conv.cin : gradient(c));
            const OutputGradient dz = {turned.values, nullptr, conv.cout};
            const FilterGradient filter(inputs, dz, stage.sums, masks[c], stage.order);
            for (int32_t block = 0; block < filter.blocks(); block++) filter.add(0, size, group, block, begin);
        }
    });
    for (int32_t c = 0; c < count; c++) {
        const Stage& stage = layout.stages[c];
        const OutputGradient dz = {nullptr, nullptr, chain->convs[c].cout};
        FilterGradient(stage.inputs, dz, stage.sums, masks[c], stage.order)
            .finish(chain->convs[c], dkernels[c], dbiases[c], executor);
    }
}
