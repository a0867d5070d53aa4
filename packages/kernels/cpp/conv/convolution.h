// What forward and backward of a convolution are made of, for its own functions and for those of a chain of them.
#pragma once

#include "conv/filter_gradient.h"
#include "base/product.h"

namespace pixelrnn {

struct TapLists {
    Tap* taps;
    Run* runs;
};

inline TapLists take_lists(Arena& arena, int32_t taps) { return {arena.take<Tap>(taps), arena.take<Run>(taps)}; }

inline int64_t pixels_of(const pixelrnn_conv& conv) {
    return static_cast<int64_t>(conv.batch) * conv.height * conv.width;
}

// Fills the lists. Turned are the patches of dy, of which the gradient of the input is the product.
inline Patches patches_of(const pixelrnn_conv& conv, bool turned, const TapLists& lists, Source source,
                          const float* values, const float* gate) {
    const int32_t channels = turned ? conv.cout : conv.cin;
    list_taps(conv, turned, lists.taps);
    const int32_t runs = list_runs(lists.taps, conv.tap_count, channels, lists.runs);
    return {source, values, gate, pixels_of(conv), conv.height, conv.width, channels, conv.tap_count, runs, lists.taps,
            lists.runs};
}

inline WeightOrder weight_order(const pixelrnn_conv& conv, bool turned, const TapLists& lists) {
    const int64_t block = static_cast<int64_t>(conv.cin) * conv.cout;
    if (turned) return {lists.taps, conv.cout, block, 1, conv.cout};
    return {lists.taps, conv.cin, block, conv.cout, 1};
}

}  // namespace pixelrnn
