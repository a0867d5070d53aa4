// What forward and backward of the layer of Gated PixelCNN share. A thread takes an image through all four convolutions, in
// strips of pixels, so that the sums are still in its cache where they are read.
#pragma once

#include "base/part.h"
#include "base/worker_memory.h"
#include "conv/convolution.h"

namespace pixelrnn {

constexpr int32_t kConvolutions = 4;
// Their order in lists.
enum { kVertical, kLink, kHorizontal, kProjection };

inline const pixelrnn_conv& conv_of(const pixelrnn_gated_layer& layer, int32_t which) {
    const pixelrnn_conv* all[kConvolutions] = {&layer.vertical, &layer.link, &layer.horizontal, &layer.projection};
    return *all[which];
}

constexpr int32_t kStrip = 168;  // a multiple of the gemm's panels of 14, 12 and 8 pixels

// f(first pixel, pixels) for the strips of an image.
template <typename F>
inline void each_strip(int32_t pixels, const F& f) {
    for (int32_t first = 0; first < pixels; first += kStrip) f(first, smaller(kStrip, pixels - first));
}

// Patches of the whole batch, as patches of one of its images. Nothing of the next one is read, not even to be thrown away:
// another thread may be writing it.
inline Patches of_image(Patches patches, const float* image) {
    patches.values = image;
    patches.pixels = static_cast<int64_t>(patches.height) * patches.width;
    return patches;
}

// The same of some pixels, as an image of one row: patches of a kernel of one tap.
inline Patches of_strip(Patches patches, const float* values, int32_t pixels) {
    patches.values = values;
    patches.height = 1;
    patches.pixels = patches.width = pixels;
    return patches;
}

// One stack's half of each pixel's conditions, rows of `columns` out of rows of twice as many.
inline void take_half(int32_t pixels, int32_t columns, const float* both, int32_t stack, float* half) {
    each_part(columns, [&](int32_t n, auto part) {
        for (int32_t p = 0; p < pixels; p++)
            part.store(half + static_cast<size_t>(p) * columns + n,
                       part.load(both + (2 * static_cast<size_t>(p) + stack) * columns + n));
    });
}
inline void give_half(int32_t pixels, int32_t columns, const float* half, int32_t stack, float* both) {
    each_part(columns, [&](int32_t n, auto part) {
        for (int32_t p = 0; p < pixels; p++)
            part.store(both + (2 * static_cast<size_t>(p) + stack) * columns + n,
                       part.load(half + static_cast<size_t>(p) * columns + n));
    });
}

}  // namespace pixelrnn
