// What forward and backward of a convolution are made of, for its own functions and for those of a chain of them.
#pragma once

#include "conv/filter_gradient.h"
#include "conv/gemm.h"

namespace pixelrnn {

struct TapLists {
    Tap* taps;
    Run* runs;
};

inline TapLists take_lists(Arena& arena, int32_t taps) { return {arena.take<Tap>(taps), arena.take<Run>(taps)}; }

inline int64_t pixels_of(const pixelrnn_conv& conv) {
    return static_cast<int64_t>(conv.batch) * conv.height * conv.width;
}

// Fills the lists. Turned are the patches of dy, whose gemm is the gradient of the input.
inline Patches patches_of(const pixelrnn_conv& conv, bool turned, const TapLists& lists, Source source,
                          const float* values, const float* gate) {
    const int32_t channels = turned ? conv.cout : conv.cin;
    list_taps(conv, turned, lists.taps);
    const int32_t runs = list_runs(lists.taps, conv.tap_count, channels, lists.runs);
    return {.source = source,
            .values = values,
            .gate = gate,
            .pixels = pixels_of(conv),
            .height = conv.height,
            .width = conv.width,
            .channels = channels,
            .tap_count = conv.tap_count,
            .run_count = runs,
            .taps = lists.taps,
            .runs = lists.runs};
}

inline WeightOrder weight_order(const pixelrnn_conv& conv, bool turned, const TapLists& lists) {
    const int64_t block = static_cast<int64_t>(conv.cin) * conv.cout;
    if (turned) {
        return {.taps = lists.taps,
                .channels = conv.cout,
                .tap_stride = block,
                .channel_stride = 1,
                .column_stride = conv.cout};
    }
    return {
        .taps = lists.taps, .channels = conv.cin, .tap_stride = block, .channel_stride = conv.cout, .column_stride = 1};
}

}  // namespace pixelrnn
