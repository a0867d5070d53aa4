// The patch of a pixel: the inputs under the kernel's live taps, [taps, channels] flat, zeros outside the image.
// Taps that are neighbours in a kernel row read neighbouring memory, so a patch is a few runs of copies.
#pragma once

#include "base/vector.h"
#include "kernels.h"

namespace pixelrnn {

struct Tap {
    int32_t row, column;  // offset from the pixel
    int32_t position;     // in the kernel, row by row
};

struct Run {
    int32_t row, column;  // offset of the first tap from the pixel
    int32_t begin, end;   // its floats in the patch
};

// What is done to the inputs on the way: nothing, relu, or zeros wherever the gate is not positive.
enum class Source { plain, relu, gated };

struct Patches {
    Source source;
    const float* values;  // [batch, height, width, channels]
    const float* gate;    // of the same shape, read only where gated
    int64_t pixels;       // batch * height * width
    int32_t height, width, channels;
    int32_t tap_count, run_count;
    const Tap* taps;
    const Run* runs;

    int32_t size() const { return tap_count * channels; }
    // Whether patches are the map itself.
    bool plain() const { return source == Source::plain && tap_count == 1 && taps[0].row == 0 && taps[0].column == 0; }

    // Floats begin .. end - 1 of the patches of pixels first .. first + count - 1, counted through the whole batch,
    // to panel[pixel * pitch ..], with zeros up to panel[pixel * pitch + padded - 1]; what is behind them up to the
    // pitch may be overwritten.
    void fill(int64_t first, int32_t count, int32_t begin, int32_t end, int32_t padded, int32_t pitch,
              float* panel) const;
};

// The offsets of the convolution's taps, in reading order; with their signs turned for the gradient of its input.
void list_taps(const pixelrnn_conv& conv, bool turned, Tap* taps);
// Joins neighbouring taps; returns the number of runs, at most tap_count.
int32_t list_runs(const Tap* taps, int32_t tap_count, int32_t channels, Run* runs);

}  // namespace pixelrnn
