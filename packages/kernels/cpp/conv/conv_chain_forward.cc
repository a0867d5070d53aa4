// A chain of convolutions, unit by unit: the maps between them are read while they are in the core's second cache.
#include "base/parallel.h"
#include "conv/conv_chain.h"

namespace pixelrnn {
namespace {

constexpr int32_t kFewUnits = 4;  // below, units alone would leave threads idle

struct Stage {
    Patches patches;
    Weights weights;
    Epilogue epilogue;
    float* output;
    int32_t channels;  // of the output
};

struct Memory {
    TapLists lists;
    Weights weights;
};

struct Layout {
    Stage* stages;
    size_t bytes;
};

// f(convolution, its memory, the layout so far), whose pointers mean nothing where there is no workspace.
template <typename F>
Layout lay_out(const pixelrnn_conv_chain& chain, void* workspace, const F& f) {
    Arena arena(workspace);
    Layout layout;
    layout.stages = arena.take<Stage>(chain.count);
    for (int32_t c = 0; c < chain.count; c++) {
        const pixelrnn_conv& conv = chain.convs[c];
        Memory memory;
        memory.lists = take_lists(arena, conv.tap_count);
        memory.weights = take_weights(arena, conv.tap_count * conv.cin, conv.cout);
        f(c, memory, layout);
    }
    layout.bytes = arena.used();
    return layout;
}

}  // namespace
}  // namespace pixelrnn

using namespace pixelrnn;

size_t pixelrnn_conv_chain_forward_workspace(const pixelrnn_conv_chain* chain) {
    return lay_out(*chain, nullptr, [](int32_t, const Memory&, const Layout&) {}).bytes;
}

void pixelrnn_conv_chain_forward(const pixelrnn_conv_chain* chain, const float* x, const float* const* kernels,
                                 const float* const* masks, const float* const* biases, float* maps, float* y,
                                 void* workspace, const pixelrnn_executor* executor) {
    const Layout layout = lay_out(*chain, workspace, [&](int32_t c, const Memory& memory, const Layout& given) {
        const pixelrnn_conv& conv = chain->convs[c];
        Stage& stage = given.stages[c];
        stage.patches = inputs_of(*chain, c, memory.lists, x, maps);
        stage.weights =
            pack_weights(memory.weights, weight_order(conv, false, memory.lists), kernels[c], masks[c], executor);
        const int32_t residual = chain->residuals[c];
        const float* added = residual < 0 ? nullptr : residual == 0 ? x : maps + map_offset(*chain, residual);
        stage.epilogue = {.bias = biases[c], .residual = added};
        stage.output = c == chain->count - 1 ? y : maps + map_offset(*chain, c + 1);
        stage.channels = conv.cout;
    });
    const Units units = units_of(*chain);
    if (units.count < kFewUnits) {
        for (int32_t c = 0; c < chain->count; c++) {
            const Stage& stage = layout.stages[c];
            gemm(stage.patches, stage.weights, stage.epilogue, stage.output, executor);
        }
        return;
    }
    parallel(executor, units.count, [&](int32_t unit) {
        for (int32_t c = 0; c < chain->count; c++) {
            const Stage& stage = layout.stages[c];
            const int64_t at = units.first(unit) * stage.channels;
            Epilogue epilogue = stage.epilogue;
            if (epilogue.residual) epilogue.residual += at;
            gemm_range(units.of(stage.patches, unit), stage.weights, epilogue, 0, units.size(unit), stage.output + at);
        }
    });
}
