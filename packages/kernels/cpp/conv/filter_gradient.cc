#include "conv/filter_gradient.h"

#include "base/parallel.h"
#include "base/tiles.h"
#include "conv/color_order.h"
#include "conv/filter_tiles.h"

namespace pixelrnn {
namespace {

// Rows of the register tiles by their vectors, three being those of three colours; the vectors of the widest tile, which has at
// most so many rows; pixels that the panels hold of the widest chunk, and at most.
#if defined(__AVX512F__)
constexpr int32_t kRows[] = {0, 16, 8, 12, 6}, kWidest = 4, kPanelPixels = 64, kMostPixels = 64;
#else
constexpr int32_t kRows[] = {0, 8, 4, 6}, kWidest = 2, kPanelPixels = 16, kMostPixels = 64;
#endif
// kFilterRowUnit is a multiple of all but the widest tile's, a third of it too but for the tiles of three colours.
static_assert(kFilterRowUnit / 3 % kRows[1] == 0 && kFilterRowUnit / 3 % kRows[2] == 0 &&
              kFilterRowUnit / 3 % kLanes == 0 && kFilterRowUnit % kRows[3] == 0 && kFilterChunk % kFilterRowUnit == 0);
// Channels of the widest maps whose pixels do not crowd into a few sets of the first cache.
constexpr int32_t kDirect = 128;
constexpr int32_t kLine = 16;  // floats of a line of the cache
constexpr int32_t kPiecePixels = 768, kMaxPieces = 16;

// Padded where whole panels would otherwise crowd into a few sets of the first cache.
inline int32_t pitch_of(int32_t width) { return width % 64 == 0 && width >= 128 ? width + 16 : width; }

// Columns of `vectors` vectors, by sums of `sets` pixels in turn: so many additions go on at the same time.
template <int32_t vectors, int32_t sets>
void add_columns(int32_t pixels, Rows dz, float* bias) {
    Vector totals[sets][vectors] = {};
    int32_t p = 0;
    for (; p + sets <= pixels; p += sets)
#pragma GCC unroll 8
        for (int32_t set = 0; set < sets; set++)
#pragma GCC unroll 8
            for (int32_t v = 0; v < vectors; v++) totals[set][v] += load(dz.values + (p + set) * dz.pitch + v * kLanes);
    for (; p < pixels; p++)
#pragma GCC unroll 8
        for (int32_t v = 0; v < vectors; v++) totals[0][v] += load(dz.values + p * dz.pitch + v * kLanes);
#pragma GCC unroll 8
    for (int32_t v = 0; v < vectors; v++) {
        Vector total = load(bias + v * kLanes);
#pragma GCC unroll 8
        for (int32_t set = 0; set < sets; set++) total += totals[set][v];
        store(bias + v * kLanes, total);
    }
}

void add_rows(int32_t pixels, Rows dz, int32_t columns, float* bias) {
    int32_t n = 0;
    for (; n + 4 * kLanes <= columns; n += 4 * kLanes) add_columns<4, 2>(pixels, {dz.values + n, dz.pitch}, bias + n);
    for (; n < columns; n += kLanes) add_columns<1, 4>(pixels, {dz.values + n, dz.pitch}, bias + n);
}

// The columns begin .. end - 1 of dz, gated and padded to whole vectors: patches of one tap in a map of one row.
void fill_gradients(const OutputGradient& dz, int64_t pixels, int64_t first, int32_t count, int32_t begin, int32_t end,
                    int32_t pitch, float* panel) {
    const Run run = {0, 0, 0, dz.columns};
    const size_t at = static_cast<size_t>(first) * dz.columns;
    const Patches patches = {.source = dz.gate ? Source::gated : Source::plain,
                             .values = dz.values + at,
                             .gate = dz.gate ? dz.gate + at : nullptr,
                             .pixels = pixels - first,
                             .height = 1,
                             .width = count,
                             .channels = dz.columns,
                             .tap_count = 1,
                             .run_count = 1,
                             .taps = nullptr,
                             .runs = &run};
    patches.fill(0, count, begin, end, rounded_up(end - begin, kLanes), pitch, panel);
}

struct Task {
    int64_t first, last;  // pixels
    int32_t begin, end;   // columns
    int32_t triples;      // columns sorted by colour
    int32_t per_color;    // columns of a colour where rows are sorted by colour instead, or 0
    bool fresh;           // whether the sums begin here
    float* kernel;        // [rows, columns] of this piece
    float* bias;
};

// Inputs that are read next, from far, and that each part of the work before asks for a part of; or none.
struct Ahead {
    const float* values;
    int32_t floats;

    void prefetch(int32_t begin, int32_t end, int32_t all) const {
        const int32_t last = static_cast<int32_t>(static_cast<int64_t>(floats) * end / all);
        for (int32_t at = static_cast<int32_t>(static_cast<int64_t>(floats) * begin / all); at < last; at += kLine)
            pixelrnn::prefetch(values, at);
    }
};

// Neighbouring columns of dz, their number of vectors, and the pitch of the sums.
struct Tile {
    int32_t pixels;
    Rows dz;
    bool begin;
    int32_t pitch, vectors;
    Ahead next;
};

template <int32_t vectors>
struct Column {
    const Tile& tile;
    const Rows inputs;
    const int32_t all;
    float* const partial;

    template <int32_t rows>
    void run(int32_t first) const {
        tile.next.prefetch(first, first + rows, all);
        add_filter_tile<rows, vectors>(tile.pixels, {inputs.values + first, inputs.pitch}, tile.dz, tile.begin,
                                       partial + static_cast<size_t>(first) * tile.pitch, tile.pitch);
    }
};

template <int32_t vectors>
void add_column(const Tile& tile, Rows inputs, int32_t rows, float* partial) {
    const Column<vectors> column = {tile, inputs, rows, partial};
    if constexpr (vectors == kWidest) {
        each_tile<kRows[vectors]>(rows, column);
    } else {
        for (int32_t first = 0; first < rows; first += kRows[vectors]) column.template run<kRows[vectors]>(first);
    }
}

int32_t vectors_at(const Task& task, int32_t n, int32_t width) {
    if (n < task.triples * kTriple) return 3;
    return width - n >= kWidest * kLanes ? kWidest : width - n > kLanes ? 2 : 1;
}

void add_rows_of(const Tile& tile, Rows inputs, int32_t rows, float* partial) {
    switch (tile.vectors) {
        case 1: return add_column<1>(tile, inputs, rows, partial);
        case 2: return add_column<2>(tile, inputs, rows, partial);
        case 3: return add_column<3>(tile, inputs, rows, partial);
        default: return add_column<kWidest>(tile, inputs, rows, partial);
    }
}

void run_task(const Task& task, const Patches& patches, const OutputGradient& dz, const PartialSums& sums) {
    alignas(64) float input_panel[kPanelPixels * (kFilterChunk + 16)];
    alignas(64) float gradient_panel[kPanelPixels * (kFilterBlock + 16)];
    const int32_t width = rounded_up(task.end - task.begin, kLanes), gradient_pitch = pitch_of(width);
    // Without a copy where the maps lie as the tiles read them.
    const bool direct = task.triples == 0 && !dz.gate && dz.columns % kLanes == 0 && dz.columns <= kDirect;
    const bool direct_inputs = task.triples == 0 && task.per_color == 0 && patches.plain() &&
                               patches.channels % kRows[1] == 0 && patches.channels <= kDirect;
    if (task.fresh)
        for (int32_t n = 0; n < width; n++) task.bias[task.begin + n] = 0.0f;
    for (int32_t begin = 0; begin < patches.size(); begin += kFilterChunk) {
        const int32_t end = smaller(begin + kFilterChunk, patches.size()), rows = end - begin;
        const bool colored = task.triples > 0 || task.per_color > 0;
        const int32_t padded = larger(rounded_up(rows, kRows[1]), colored ? rounded_up(rows, kFilterRowUnit) : 0);
        const int32_t input_pitch = pitch_of(rounded_up(padded, 16));
        const int32_t most = smaller(kMostPixels, smaller(kPanelPixels * (kFilterChunk + 16) / input_pitch,
                                                          kPanelPixels * (kFilterBlock + 16) / gradient_pitch));
        for (int64_t pixel = task.first; pixel < task.last; pixel += most) {
            const int32_t count = static_cast<int32_t>(task.last - pixel < most ? task.last - pixel : most);
            const bool first = task.fresh && pixel == task.first;
            Rows inputs = {patches.values + pixel * patches.channels, patches.channels};
            if (!direct_inputs) {
                patches.fill(pixel, count, begin, end, padded, input_pitch, input_panel);
                inputs = {input_panel, input_pitch};
            }
            if (task.per_color > 0) sort_rows(input_panel, input_pitch, count, rows);
            Rows gradients = {dz.values + pixel * dz.columns + task.begin, dz.columns};
            if (!direct) {
                fill_gradients(dz, patches.pixels, pixel, count, task.begin, task.end, gradient_pitch, gradient_panel);
                gradients = {gradient_panel, gradient_pitch};
            }
            if (begin == 0) add_rows(count, gradients, width, task.bias + task.begin);
            sort_colors(gradient_panel, gradient_pitch, count, task.triples);
            float* partial = task.kernel + static_cast<size_t>(begin) * sums.columns + task.begin;
            for (int32_t n = 0; n < width;) {
                const bool ahead = direct_inputs && n == 0 && pixel + count < task.last;
                const int32_t floats = count * static_cast<int32_t>(inputs.pitch);
                const Tile tile = {.pixels = count,
                                   .dz = {gradients.values + n, gradients.pitch},
                                   .begin = first,
                                   .pitch = sums.columns,
                                   .vectors = vectors_at(task, n, width),
                                   .next = {inputs.values + floats, ahead ? floats : 0}};
                if (task.per_color == 0) {
                    add_rows_of(tile, inputs, rows, partial + n);
                } else {
                    const int32_t last = smaller(task.begin + n + tile.vectors * kLanes, task.end) - 1;
                    for (int32_t color = 0; color <= last / task.per_color; color++) {
                        const int32_t place = color * segment_of(rows), live = (rows + 2 - color) / 3;
                        add_rows_of(tile, {inputs.values + place, inputs.pitch}, live,
                                    partial + static_cast<size_t>(place) * sums.columns + n);
                    }
                }
                n += tile.vectors * kLanes;
            }
        }
    }
}

}  // namespace

ColorOrder color_order(const Patches& patches, const float* mask, int32_t columns) {
    if (!mask || patches.tap_count != 1 || columns < kTriple) return ColorOrder::none;
    const int32_t rows = patches.channels, per_color = columns / 3;
    mask += static_cast<size_t>(patches.taps[0].position) * rows * columns;
    if (later_colors_only(mask, rows, columns, [](int32_t n) { return n % 3; })) return ColorOrder::cyclic;
    const bool wide = rows >= kFilterRowUnit && columns % 3 == 0 && per_color >= 2 * kLanes;
    if (wide && later_colors_only(mask, rows, columns, [=](int32_t n) { return n / per_color; }))
        return ColorOrder::contiguous;
    return ColorOrder::none;
}

int32_t pieces_of(int64_t pixels, int32_t columns) {
    const int32_t wanted = larger(kMaxPieces / pieces(columns, kFilterBlock), 1);
    const int32_t available =
        pixels < static_cast<int64_t>(kMaxPieces) * kPiecePixels ? pieces(pixels, kPiecePixels) : kMaxPieces;
    return smaller(wanted, larger(available, 1));
}

PartialSums take_partial_sums(Arena& arena, int32_t pieces, int32_t rows, int32_t columns) {
    PartialSums sums;
    sums.pieces = pieces;
    sums.rows = rounded_up(rows, kFilterRowUnit);
    sums.columns = rounded_up(columns, kLanes);
    sums.kernel = arena.take<float>(static_cast<size_t>(sums.pieces) * sums.rows * sums.columns);
    sums.bias = arena.take<float>(static_cast<size_t>(sums.pieces) * sums.columns);
    return sums;
}

int32_t FilterGradient::blocks() const { return pixelrnn::pieces(dz_.columns, kFilterBlock); }

void FilterGradient::add(int64_t first, int64_t last, int32_t piece, int32_t block, bool fresh) const {
    const int32_t begin = block * kFilterBlock, end = smaller(begin + kFilterBlock, dz_.columns);
    const Task task = {.first = first,
                       .last = last,
                       .begin = begin,
                       .end = end,
                       .triples = triples_of(begin, end, order_),
                       .per_color = order_ == ColorOrder::contiguous ? dz_.columns / 3 : 0,
                       .fresh = fresh,
                       .kernel = sums_.kernel + static_cast<size_t>(piece) * sums_.rows * sums_.columns,
                       .bias = sums_.bias + static_cast<size_t>(piece) * sums_.columns};
    run_task(task, patches_, dz_, sums_);
}

// The pieces' sums in their order; rows of the kernel without a tap are zero.
void FilterGradient::finish_row(const pixelrnn_conv& conv, int32_t position, int32_t channel, float* dkernel) const {
    const size_t at = (static_cast<size_t>(position) * conv.cin + channel) * conv.cout;
    int32_t tap = 0;
    while (tap < patches_.tap_count && patches_.taps[tap].position != position) tap++;
    if (tap == patches_.tap_count) {
        for (int32_t n = 0; n < conv.cout; n++) dkernel[at + n] = 0.0f;
        return;
    }
    const int32_t row = row_of(tap * conv.cin + channel, patches_.size(), order_);
    float* total = sums_.kernel + static_cast<size_t>(row) * sums_.columns;
    for (int32_t piece = 1; piece < sums_.pieces; piece++) {
        const float* partial = total + static_cast<size_t>(piece) * sums_.rows * sums_.columns;
        for (int32_t n = 0; n < sums_.columns; n += kLanes) store(total + n, load(total + n) + load(partial + n));
    }
    for (int32_t n = 0; n < conv.cout; n++) {
        const bool live = !mask_ || mask_[at + n] != 0;
        dkernel[at + n] = live ? total[column_of(n, conv.cout, order_)] : 0.0f;
    }
}

void FilterGradient::finish(const pixelrnn_conv& conv, float* dkernel, float* dbias,
                            const pixelrnn_executor* executor) const {
    const int32_t rows = conv.kernel_height * conv.kernel_width * conv.cin, group = larger(16384 / conv.cout, 1);
    parallel(executor, pixelrnn::pieces(rows, group), [&](int32_t index) {
        for (int32_t row = index * group; row < smaller((index + 1) * group, rows); row++)
            finish_row(conv, row / conv.cin, row % conv.cin, dkernel);
    });
    if (!dbias) return;
    for (int32_t n = 0; n < conv.cout; n++) {
        dbias[n] = 0.0f;
        for (int32_t piece = 0; piece < sums_.pieces; piece++) dbias[n] += sums_.bias[piece * sums_.columns + n];
    }
}

}  // namespace pixelrnn
