// Row LSTM (PixelRNN, section 3.1): a line is a row of the image.
#pragma once

#include "base/parallel.h"
#include "lstm/state_weights.h"

namespace pixelrnn {

inline pixelrnn_conv input_conv(const pixelrnn_row_lstm& lstm) {
    return {.batch = lstm.batch,
            .height = lstm.height,
            .width = lstm.width,
            .cin = lstm.cin,
            .cout = 4 * lstm.hidden,
            .kernel_height = 1,
            .kernel_width = lstm.kernel_width,
            .tap_count = lstm.tap_count,
            .taps = lstm.taps,
            .input_relu = 0,
            .output_relu = 0};
}

struct RowSizes {
    int32_t height, width, h, units, window, reach;
    int32_t padded_width;          // of a row: its columns and what windows reach beyond them
    int32_t cin, taps, first_tap;  // the first one's column from the pixel's
    bool scanned;                  // whether the scan makes the gemm of the inputs

    explicit RowSizes(const pixelrnn_row_lstm& lstm)
        : height(lstm.height),
          width(lstm.width),
          h(lstm.hidden),
          units(rounded_up(h, kLanes)),
          window(lstm.state_width),
          reach(window / 2),
          padded_width(width + 2 * reach),
          cin(lstm.cin),
          taps(lstm.tap_count),
          first_tap(lstm.taps[1] - lstm.kernel_width / 2),
          scanned(scans_inputs(h)) {
        for (int32_t tap = 1; tap < taps; tap++) scanned = scanned && lstm.taps[2 * tap + 1] == lstm.taps[1] + tap;
    }

    size_t pixels() const { return static_cast<size_t>(height) * width; }
};

}  // namespace pixelrnn
