#include "filter_gradient.h"

#include "parallel.h"

namespace pixelrnn {
namespace {

// Register tiles: patch rows x vectors of columns; the panels hold about this many pixels of the widest chunk.
#if defined(__AVX512F__)
constexpr int32_t kNarrowTile = 16, kWideTile = 8, kPanelPixels = 64;
#else
constexpr int32_t kNarrowTile = 8, kWideTile = 4, kPanelPixels = 16;
#endif
constexpr int32_t kChunk = 256;  // floats of a patch at a time
constexpr int32_t kBlock = 128;  // columns at a time
constexpr int32_t kRowUnit = 16;
constexpr int32_t kPiecePixels = 768, kMaxPieces = 16;

// Padded where whole panels would otherwise crowd into a few sets of the first cache.
inline int32_t pitch_of(int32_t width) { return width % 128 == 0 ? width + 16 : width; }

template <int32_t rows, int32_t vectors>
void accumulate_tile(int32_t pixels, const float* inputs, int32_t input_pitch, const float* dz, int64_t dz_pitch,
                     bool first, float* partial, int32_t partial_pitch) {
    Vector sums[rows][vectors] = {};
    if (!first) {
#pragma GCC unroll 16
        for (int32_t r = 0; r < rows; r++)
            for (int32_t v = 0; v < vectors; v++) sums[r][v] = load(partial + r * partial_pitch + v * kLanes);
    }
    for (int32_t p = 0; p < pixels; p++, inputs += input_pitch, dz += dz_pitch) {
        Vector gradients[vectors];
#pragma GCC unroll 2
        for (int32_t v = 0; v < vectors; v++) gradients[v] = load(dz + v * kLanes);
#pragma GCC unroll 16
        for (int32_t r = 0; r < rows; r++)
#pragma GCC unroll 2
            for (int32_t v = 0; v < vectors; v++) sums[r][v] += gradients[v] * inputs[r];
    }
#pragma GCC unroll 16
    for (int32_t r = 0; r < rows; r++)
        for (int32_t v = 0; v < vectors; v++) store(partial + r * partial_pitch + v * kLanes, sums[r][v]);
}

void add_rows(int32_t pixels, const float* dz, int64_t dz_pitch, int32_t columns, float* bias) {
    for (int32_t n = 0; n < columns; n += kLanes) {
        Vector total = load(bias + n);
        for (int32_t p = 0; p < pixels; p++) total += load(dz + p * dz_pitch + n);
        store(bias + n, total);
    }
}

// The columns begin .. end - 1 of dz, gated and padded to whole vectors.
void fill_gradients(const OutputGradient& dz, int64_t first, int32_t count, int32_t begin, int32_t end,
                    int32_t pitch, float* panel) {
    const Run run = {0, 0, begin, end};
    const Patches row = {dz.gate ? Source::gated : Source::plain, dz.values + begin, dz.gate ? dz.gate + begin : nullptr,
                         1, 1, dz.columns, 1, 1, nullptr, &run};
    row.fill(first, count, begin, end, rounded_up(end - begin, kLanes), pitch, panel);
}

struct Task {
    int64_t first, last;  // pixels
    int32_t begin, end;   // columns
    float* kernel;        // [rows, columns] of this piece
    float* bias;
};

void run_task(const Task& task, const Patches& patches, const OutputGradient& dz, const PartialSums& sums) {
    alignas(64) float inputs[kPanelPixels * (kChunk + 16)];
    alignas(64) float gradients[kPanelPixels * (kBlock + 16)];
    const int32_t width = rounded_up(task.end - task.begin, kLanes), gradient_pitch = pitch_of(width);
    const bool direct = !dz.gate && dz.columns % kLanes == 0 && dz.columns <= kBlock / 2;
    for (int32_t n = 0; n < width; n++) task.bias[task.begin + n] = 0.0f;
    for (int32_t begin = 0; begin < patches.size(); begin += kChunk) {
        const int32_t end = smaller(begin + kChunk, patches.size());
        const int32_t rows = rounded_up(end - begin, kRowUnit), input_pitch = pitch_of(rows);
        const int32_t panel_pixels =
            smaller(kPanelPixels * (kChunk + 16) / input_pitch, kPanelPixels * (kBlock + 16) / gradient_pitch);
        for (int64_t pixel = task.first; pixel < task.last; pixel += panel_pixels) {
            const int32_t count =
                static_cast<int32_t>(task.last - pixel < panel_pixels ? task.last - pixel : panel_pixels);
            const bool first = pixel == task.first;
            patches.fill(pixel, count, begin, end, rows, input_pitch, inputs);
            const float* rows_of_dz = dz.values + pixel * dz.columns + task.begin;
            int64_t dz_pitch = dz.columns;
            if (!direct) {
                fill_gradients(dz, pixel, count, task.begin, task.end, gradient_pitch, gradients);
                rows_of_dz = gradients;
                dz_pitch = gradient_pitch;
            }
            if (begin == 0) add_rows(count, rows_of_dz, dz_pitch, width, task.bias + task.begin);
            for (int32_t n = 0; n < width; n += 2 * kLanes) {
                float* partial = task.kernel + static_cast<size_t>(begin) * sums.columns + task.begin + n;
                if (width - n > kLanes) {
                    for (int32_t r = 0; r < rows; r += kWideTile)
                        accumulate_tile<kWideTile, 2>(count, inputs + r, input_pitch, rows_of_dz + n, dz_pitch, first,
                                                      partial + static_cast<size_t>(r) * sums.columns, sums.columns);
                } else {
                    for (int32_t r = 0; r < rows; r += kNarrowTile)
                        accumulate_tile<kNarrowTile, 1>(count, inputs + r, input_pitch, rows_of_dz + n, dz_pitch,
                                                        first, partial + static_cast<size_t>(r) * sums.columns,
                                                        sums.columns);
                }
            }
        }
    }
}

// The pieces' sums in their order; rows of the kernel without a tap are zero.
void reduce_row(const pixelrnn_conv& conv, const Patches& patches, const PartialSums& sums, const float* mask,
                int32_t position, int32_t channel, float* dkernel) {
    const size_t at = (static_cast<size_t>(position) * conv.cin + channel) * conv.cout;
    int32_t tap = 0;
    while (tap < patches.tap_count && patches.taps[tap].position != position) tap++;
    for (int32_t n = 0; n < conv.cout; n++) dkernel[at + n] = 0.0f;
    if (tap == patches.tap_count) return;
    const float* partial = sums.kernel + (static_cast<size_t>(tap) * conv.cin + channel) * sums.columns;
    for (int32_t piece = 0; piece < sums.pieces; piece++, partial += static_cast<size_t>(sums.rows) * sums.columns)
        for (int32_t n = 0; n < conv.cout; n++) dkernel[at + n] += partial[n];
    if (mask)
        for (int32_t n = 0; n < conv.cout; n++) dkernel[at + n] = mask[at + n] != 0 ? dkernel[at + n] : 0.0f;
}

}  // namespace

PartialSums take_partial_sums(Arena& arena, int64_t pixels, int32_t rows, int32_t columns) {
    PartialSums sums;
    const int32_t wanted = larger(kMaxPieces / pieces(columns, kBlock), 1);
    const int32_t available = pixels < static_cast<int64_t>(kMaxPieces) * kPiecePixels ? pieces(pixels, kPiecePixels)
                                                                                       : kMaxPieces;
    sums.pieces = smaller(wanted, larger(available, 1));
    sums.rows = rounded_up(rows, kRowUnit);
    sums.columns = rounded_up(columns, kLanes);
    sums.kernel = arena.take<float>(static_cast<size_t>(sums.pieces) * sums.rows * sums.columns);
    sums.bias = arena.take<float>(static_cast<size_t>(sums.pieces) * sums.columns);
    return sums;
}

void filter_gradient(const pixelrnn_conv& conv, const Patches& patches, int64_t pixels, const OutputGradient& dz,
                     const PartialSums& sums, const float* mask, float* dkernel, float* dbias,
                     const pixelrnn_executor* executor) {
    const int32_t blocks = pieces(dz.columns, kBlock);
    parallel(executor, sums.pieces * blocks, [&](int32_t index) {
        const int32_t piece = index / blocks, block = index % blocks;
        const Task task = {pixels * piece / sums.pieces,
                           pixels * (piece + 1) / sums.pieces,
                           block * kBlock,
                           smaller((block + 1) * kBlock, dz.columns),
                           sums.kernel + static_cast<size_t>(piece) * sums.rows * sums.columns,
                           sums.bias + static_cast<size_t>(piece) * sums.columns};
        run_task(task, patches, dz, sums);
    });
    const int32_t rows = conv.kernel_height * conv.kernel_width * conv.cin, group = larger(16384 / conv.cout, 1);
    parallel(executor, pieces(rows, group), [&](int32_t index) {
        for (int32_t row = index * group; row < smaller((index + 1) * group, rows); row++)
            reduce_row(conv, patches, sums, mask, row / conv.cin, row % conv.cin, dkernel);
    });
    if (!dbias) return;
    for (int32_t n = 0; n < conv.cout; n++) {
        dbias[n] = 0.0f;
        for (int32_t piece = 0; piece < sums.pieces; piece++) dbias[n] += sums.bias[piece * sums.columns + n];
    }
}

}  // namespace pixelrnn
