#include "conv/conv_chain.h"

#include "base/parallel.h"

namespace pixelrnn {
namespace {

// A stretch of pixels has its maps and their gradients in the second cache.
constexpr int32_t kUnitFloats = 160 * 1024, kStretch = 56, kMostStretches = 10;
constexpr int32_t kMinGroups = 4;
constexpr int64_t kSumFloats = 2 * 1024 * 1024;  // of all groups together, where that leaves kMinGroups

bool pointwise(const pixelrnn_conv& conv) {
    return conv.tap_count == 1 && conv.taps[0] == conv.kernel_height / 2 && conv.taps[1] == conv.kernel_width / 2;
}

}  // namespace

Units units_of(const pixelrnn_conv_chain& chain) {
    const pixelrnn_conv& first = chain.convs[0];
    bool stretches = true;
    int64_t channels = first.cin;
    for (int32_t c = 0; c < chain.count; c++) {
        stretches = stretches && pointwise(chain.convs[c]);
        channels += chain.convs[c].cout;
    }
    const int64_t pixels = pixels_of(first);
    if (!stretches) return {first.batch, pixels, first.height, first.width};
    const int64_t fitting = kUnitFloats / channels / kStretch;
    const int32_t count = static_cast<int32_t>(fitting < 1 ? 1 : fitting > kMostStretches ? kMostStretches : fitting);
    return {pieces(pixels, count * kStretch), pixels, 1, count * kStretch};
}

int32_t groups_of(const pixelrnn_conv_chain& chain, const Units& units) {
    int64_t floats = 0;
    for (int32_t c = 0; c < chain.count; c++) {
        const pixelrnn_conv& conv = chain.convs[c];
        floats += static_cast<int64_t>(conv.tap_count) * conv.cin * conv.cout;
    }
    const int64_t fitting = kSumFloats / floats;
    const int32_t most = static_cast<int32_t>(fitting < kMinGroups   ? kMinGroups
                                              : fitting > kMaxGroups ? kMaxGroups
                                                                     : fitting);
    return smaller(units.count, most);
}

// Convolutions run from the last to the first; convolution `map` writes the map's gradient.
GradientBuffers::GradientBuffers(const pixelrnn_conv_chain& chain) {
    int32_t last_reader[PIXELRNN_MOST_CONVOLUTIONS];  // of each buffer
    for (int32_t map = chain.count - 1; map > 0; map--) {
        int32_t buffer = 0;
        while (buffer < count && last_reader[buffer] <= map) buffer++;
        if (buffer == count) channels[count++] = 0;
        channels[buffer] = larger(channels[buffer], chain.convs[map].cin);
        of_map[map] = buffer;
        const int32_t residual = chain.residuals[map - 1];
        last_reader[buffer] = residual >= 0 ? residual : map - 1;
    }
}

size_t map_offset(const pixelrnn_conv_chain& chain, int32_t map) {
    size_t offset = 0;
    for (int32_t before = 1; before < map; before++)
        offset += (pixels_of(chain.convs[before]) * chain.convs[before].cin + 15) / 16 * 16;
    return offset;
}

Patches inputs_of(const pixelrnn_conv_chain& chain, int32_t c, const TapLists& lists, const float* x,
                  const float* maps) {
    const Source source = chain.convs[c].input_relu ? Source::relu : Source::plain;
    return patches_of(chain.convs[c], false, lists, source, c == 0 ? x : maps + map_offset(chain, c), nullptr);
}

}  // namespace pixelrnn

using namespace pixelrnn;

size_t pixelrnn_conv_chain_maps(const pixelrnn_conv_chain* chain) {
    return chain->count == 1 ? 1 : map_offset(*chain, chain->count);
}
