// A residual block of three convolutions, image by image: the maps between them stay in the core's second cache.
#include "convolution.h"
#include "parallel.h"

namespace pixelrnn {
namespace {

constexpr int32_t kConvs = 3;
constexpr int32_t kMostSlots = 64;  // no more threads than these work at a time
constexpr int32_t kFewImages = 4;   // below, images alone would leave threads idle

struct ForwardLayout {
    TapLists lists[kConvs];
    Weights weights[kConvs];
    size_t bytes;
};

ForwardLayout lay_out_forward(const pixelrnn_conv* convs, void* workspace) {
    Arena arena(workspace);
    ForwardLayout layout;
    for (int32_t c = 0; c < kConvs; c++) {
        layout.lists[c] = take_lists(arena, convs[c].tap_count);
        layout.weights[c] = take_weights(arena, convs[c].tap_count * convs[c].cin, convs[c].cout);
    }
    layout.bytes = arena.used();
    return layout;
}

// A thread at work on an image holds a slot, the gradients of its hidden maps.
struct Slots {
    int32_t count;
    int32_t* taken;
    size_t size1, size2;  // floats
    float *hidden1, *hidden2;

    // The lowest free ones, so that few are ever touched.
    int32_t take() const {
        for (int32_t slot = 0;; slot = slot + 1 < count ? slot + 1 : 0)
            if (!__atomic_exchange_n(taken + slot, 1, __ATOMIC_ACQUIRE)) return slot;
    }
    void give_back(int32_t slot) const { __atomic_store_n(taken + slot, 0, __ATOMIC_RELEASE); }
};

struct BackwardLayout {
    TapLists lists[kConvs], turned[kConvs];
    Weights weights[kConvs];
    PartialSums sums[kConvs];
    Slots slots;
    size_t bytes;
};

BackwardLayout lay_out_backward(const pixelrnn_conv* convs, void* workspace) {
    Arena arena(workspace);
    BackwardLayout layout;
    const int32_t batch = convs[0].batch;
    for (int32_t c = 0; c < kConvs; c++) {
        const pixelrnn_conv& conv = convs[c];
        layout.lists[c] = take_lists(arena, conv.tap_count);
        layout.turned[c] = take_lists(arena, conv.tap_count);
        layout.weights[c] = take_weights(arena, conv.tap_count * conv.cout, conv.cin);
        layout.sums[c] = take_partial_sums(arena, batch, conv.tap_count * conv.cin, conv.cout);
    }
    const size_t pixels = static_cast<size_t>(convs[0].height) * convs[0].width;
    Slots& slots = layout.slots;
    slots.count = smaller(batch, kMostSlots);
    slots.taken = arena.take<int32_t>(slots.count);
    slots.size1 = pixels * convs[0].cout;
    slots.size2 = pixels * convs[1].cout;
    slots.hidden1 = arena.take<float>(slots.count * slots.size1);
    slots.hidden2 = arena.take<float>(slots.count * slots.size2);
    layout.bytes = arena.used();
    return layout;
}

// The patches of one image of a batch: they read nothing of the next one, which another thread may be writing.
Patches of_image(Patches patches, int32_t image) {
    patches.pixels = static_cast<int64_t>(patches.height) * patches.width;
    patches.values += image * patches.pixels * patches.channels;
    return patches;
}

PartialSums of_image(PartialSums sums, int32_t image) {
    sums.pieces = 1;
    sums.kernel += static_cast<size_t>(image) * sums.rows * sums.columns;
    sums.bias += static_cast<size_t>(image) * sums.columns;
    return sums;
}

}  // namespace
}  // namespace pixelrnn

using namespace pixelrnn;

size_t pixelrnn_block_forward_workspace(const pixelrnn_conv* convs) { return lay_out_forward(convs, nullptr).bytes; }

void pixelrnn_block_forward(const pixelrnn_conv* convs, const float* x, const float* const* kernels,
                            const float* const* masks, const float* const* biases, float* hidden1, float* hidden2,
                            float* y, void* workspace, const pixelrnn_executor* executor) {
    const ForwardLayout layout = lay_out_forward(convs, workspace);
    const float* const inputs[] = {x, hidden1, hidden2};
    float* const outputs[] = {hidden1, hidden2, y};
    Patches patches[kConvs];
    Weights weights[kConvs];
    Epilogue epilogues[kConvs];
    for (int32_t c = 0; c < kConvs; c++) {
        patches[c] = patches_of(convs[c], false, layout.lists[c], Source::relu, inputs[c], nullptr);
        const WeightOrder order = weight_order(convs[c], false, layout.lists[c]);
        weights[c] = pack_weights(layout.weights[c], order, kernels[c], masks[c], executor);
        epilogues[c] = {biases[c], false, nullptr, c == kConvs - 1 ? x : nullptr};
    }
    const int32_t batch = convs[0].batch;
    if (batch < kFewImages) {
        for (int32_t c = 0; c < kConvs; c++) multiply(patches[c], weights[c], epilogues[c], outputs[c], executor);
        return;
    }
    const int64_t pixels = pixels_of(convs[0]) / batch;
    parallel(executor, batch, [&](int32_t image) {
        for (int32_t c = 0; c < kConvs; c++) {
            const int64_t at = image * pixels * convs[c].cout;
            Epilogue epilogue = epilogues[c];
            if (epilogue.residual) epilogue.residual += at;
            multiply_range(of_image(patches[c], image), weights[c], epilogue, 0, pixels, outputs[c] + at);
        }
    });
}

size_t pixelrnn_block_backward_workspace(const pixelrnn_conv* convs) { return lay_out_backward(convs, nullptr).bytes; }

void pixelrnn_block_backward(const pixelrnn_conv* convs, const float* x, const float* const* kernels,
                             const float* const* masks, const float* hidden1, const float* hidden2, const float* dy,
                             float* dx, float* const* dkernels, float* const* dbiases, void* workspace,
                             const pixelrnn_executor* executor) {
    const BackwardLayout layout = lay_out_backward(convs, workspace);
    const Slots& slots = layout.slots;
    const float* const inputs[] = {x, hidden1, hidden2};
    Patches patches[kConvs], turned[kConvs];
    Weights weights[kConvs];
    for (int32_t c = 0; c < kConvs; c++) {
        patches[c] = patches_of(convs[c], false, layout.lists[c], Source::relu, inputs[c], nullptr);
        turned[c] = patches_of(convs[c], true, layout.turned[c], Source::plain, nullptr, nullptr);
        const WeightOrder order = weight_order(convs[c], true, layout.turned[c]);
        weights[c] = pack_weights(layout.weights[c], order, kernels[c], masks[c], executor);
    }
    for (int32_t slot = 0; slot < slots.count; slot++) slots.taken[slot] = 0;

    const int32_t batch = convs[0].batch;
    const int64_t pixels = pixels_of(convs[0]) / batch;
    parallel(executor, batch, [&](int32_t image) {
        const int32_t slot = slots.take();
        const int64_t at = image * pixels * convs[0].cin;
        // Of a convolution's output, and of its input.
        float* const hidden[] = {slots.hidden1 + slot * slots.size1, slots.hidden2 + slot * slots.size2};
        const float* const gradients[] = {hidden[0], hidden[1], dy + at};
        float* const results[] = {dx + at, hidden[0], hidden[1]};
        for (int32_t c = kConvs - 1; c >= 0; c--) {
            const Patches input = of_image(patches[c], image);
            Patches gradient = of_image(turned[c], 0);
            gradient.values = gradients[c];
            const Epilogue epilogue = {nullptr, false, input.values, c == 0 ? dy + at : nullptr};
            multiply_range(gradient, weights[c], epilogue, 0, pixels, results[c]);
            const OutputGradient dz = {gradients[c], nullptr, convs[c].cout};
            const PartialSums sums = of_image(layout.sums[c], image);
            const FilterGradient filter(input, dz, sums, masks[c]);
            for (int32_t block = 0; block < filter.blocks(); block++) filter.add(0, block);
        }
        slots.give_back(slot);
    });
    for (int32_t c = 0; c < kConvs; c++) {
        const OutputGradient dz = {nullptr, nullptr, convs[c].cout};
        FilterGradient(patches[c], dz, layout.sums[c], masks[c]).finish(convs[c], dkernels[c], dbiases[c], executor);
    }
}
