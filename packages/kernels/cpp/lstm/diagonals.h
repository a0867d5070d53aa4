// Diagonal BiLSTM (PixelRNN, section 3.2): a line is a diagonal of the image, cells (r, d - r) from its upper end down.
// The diagonal before has the pixel to the left in the same row and the pixel above in the row above, so that nothing is
// skewed: a cell reads the states of two neighbouring rows. The direction to the left sees the image from the other side;
// its last row is computed nowhere, for it would be moved down out of the image.
// The gates are kept in the order of the scans, all of one direction before those of the other.
#pragma once

#include "base/parallel.h"
#include "base/vector.h"

namespace pixelrnn {

constexpr int32_t kWindow = 2;  // row r - 1, row r

inline pixelrnn_conv input_conv(const pixelrnn_diagonal_bilstm& lstm, int32_t directions) {
    static constexpr int32_t centre[] = {0, 0};
    return {.batch = lstm.batch,
            .height = lstm.height,
            .width = lstm.width,
            .cin = lstm.cin,
            .cout = directions * 4 * lstm.hidden,
            .kernel_height = 1,
            .kernel_width = 1,
            .tap_count = 1,
            .taps = centre,
            .input_relu = 0,
            .output_relu = 0};
}

struct DiagonalSizes {
    int32_t height, width, h, units, cin;
    int32_t gates;  // of both directions

    explicit DiagonalSizes(const pixelrnn_diagonal_bilstm& lstm)
        : height(lstm.height),
          width(lstm.width),
          h(lstm.hidden),
          units(rounded_up(h, kLanes)),
          cin(lstm.cin),
          gates(8 * h) {}

    int32_t rows(int32_t direction) const { return height - direction; }
    int32_t diagonals(int32_t direction) const { return rows(direction) > 0 ? rows(direction) + width - 1 : 0; }
    size_t pixels() const { return static_cast<size_t>(height) * width; }
    // Where the gates of the first diagonal begin, and where those of the last one end.
    size_t first_gate(int32_t direction) const { return direction * pixels() * 4 * h; }
    size_t last_gate(int32_t direction) const {
        return first_gate(direction) + static_cast<size_t>(rows(direction)) * width * 4 * h;
    }
};

// A map as a direction sees it.
template <typename T>
struct View {
    T* origin;
    ptrdiff_t row, column;

    T* at(int32_t r, int32_t c) const { return origin + r * row + c * column; }
    ptrdiff_t diagonal() const { return row - column; }
};

template <typename T>
View<T> view_of(T* map, const DiagonalSizes& size, int32_t channels, int32_t direction) {
    const ptrdiff_t row = static_cast<ptrdiff_t>(size.width) * channels;
    if (direction == 0) return {map, row, channels};
    return {map + (size.width - 1) * static_cast<ptrdiff_t>(channels), row, -channels};
}

// One direction's gates in a map [height, width, 8h].
template <typename T>
View<T> gates_of(T* gates, const DiagonalSizes& size, int32_t direction) {
    return view_of(gates + direction * 4 * size.h, size, size.gates, direction);
}

// To the left, the row below.
template <typename T>
View<T> outputs_of(T* y, const DiagonalSizes& size, int32_t direction) {
    return view_of(y + static_cast<ptrdiff_t>(direction) * size.width * size.h, size, size.h, direction);
}

struct Diagonal {
    int32_t row, column, count;  // of its upper end

    Diagonal(const DiagonalSizes& size, int32_t direction, int32_t d) {
        row = larger(d - size.width + 1, 0);
        column = d - row;
        count = smaller(d, size.rows(direction) - 1) - row + 1;
    }
};

}  // namespace pixelrnn
