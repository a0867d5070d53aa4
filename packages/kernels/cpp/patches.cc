#include "patches.h"

#include "parallel.h"

namespace pixelrnn {
namespace {

template <Source source, int32_t lanes>
inline void copy_vector(float* to, const float* from, const float* gate) {
    const auto value = load<lanes>(from);
    if (source == Source::relu)
        store<lanes>(to, relu(value));
    else if (source == Source::gated)
        store<lanes>(to, load<lanes>(gate) > 0 ? value : value - value);
    else
        store<lanes>(to, value);
}

// Lengths that are no multiple of a vector end with one that overlaps the vector before it.
template <Source source, int32_t lanes>
inline void copy_vectors(float* to, const float* from, const float* gate, int32_t count) {
    for (int32_t i = 0; i + lanes <= count; i += lanes)
        copy_vector<source, lanes>(to + i, from + i, gate + i);
    const int32_t last = count - lanes;
    if (count % lanes != 0) copy_vector<source, lanes>(to + last, from + last, gate + last);
}

template <Source source>
inline void copy(float* to, const float* from, const float* gate, int32_t count) {
    if (count >= kLanes) return copy_vectors<source, kLanes>(to, from, gate, count);
    if constexpr (kLanes > 8)
        if (count >= 8) return copy_vectors<source, 8>(to, from, gate, count);
    if constexpr (kLanes > 4)
        if (count >= 4) return copy_vectors<source, 4>(to, from, gate, count);
    for (int32_t i = 0; i < count; i++)
        to[i] = source == Source::relu ? relu(from[i]) : source == Source::gated && !(gate[i] > 0) ? 0.0f : from[i];
}

inline void clear(float* to, int32_t count) {
    for (int32_t i = 0; i < count; i++) to[i] = 0.0f;
}

template <Source source>
void fill_panel(const Patches& patches, int64_t first, int32_t count, int32_t begin, int32_t end, int32_t padded,
                int32_t pitch, float* panel) {
    const int32_t height = patches.height, width = patches.width, channels = patches.channels;
    const float* gate = source == Source::gated ? patches.gate : patches.values;
    int32_t row = static_cast<int32_t>(first / width % height), column = static_cast<int32_t>(first % width);
    for (int32_t pixel = 0; pixel < count; pixel++, panel += pitch) {
        for (int32_t i = 0; i < patches.run_count; i++) {
            const Run run = patches.runs[i];
            if (run.end <= begin || run.begin >= end) continue;
            const int32_t image_row = row + run.row, image_column = column + run.column;
            const int32_t run_begin = larger(run.begin, begin), run_end = smaller(run.end, end);
            int32_t from = run_begin, to = run_end;
            if (image_column < 0) from = smaller(larger(run.begin - image_column * channels, from), to);
            to = larger(smaller(run.begin + (width - image_column) * channels, to), from);
            if (image_row < 0 || image_row >= height) to = from;
            clear(panel + run_begin - begin, from - run_begin);
            if (from < to) {
                const int64_t neighbour = first + pixel + static_cast<int64_t>(run.row) * width + run.column;
                const int64_t at = neighbour * channels + (from - run.begin);
                copy<source>(panel + from - begin, patches.values + at, gate + at, to - from);
            }
            clear(panel + to - begin, run_end - to);
        }
        clear(panel + end - begin, padded - (end - begin));
        if (++column == width) {
            column = 0;
            if (++row == height) row = 0;
        }
    }
}

}  // namespace

void Patches::fill(int64_t first, int32_t count, int32_t begin, int32_t end, int32_t padded, int32_t pitch,
                   float* panel) const {
    if (source == Source::relu)
        fill_panel<Source::relu>(*this, first, count, begin, end, padded, pitch, panel);
    else if (source == Source::gated)
        fill_panel<Source::gated>(*this, first, count, begin, end, padded, pitch, panel);
    else
        fill_panel<Source::plain>(*this, first, count, begin, end, padded, pitch, panel);
}

void list_taps(const pixelrnn_conv& conv, bool turned, Tap* taps) {
    const int32_t sign = turned ? -1 : 1;
    for (int32_t i = 0; i < conv.tap_count; i++) {
        const int32_t row = conv.taps[2 * i], column = conv.taps[2 * i + 1];
        const Tap tap = {sign * (row - conv.kernel_height / 2), sign * (column - conv.kernel_width / 2),
                         row * conv.kernel_width + column};
        int32_t at = i;  // insertion into the order of rows and columns
        for (; at > 0; at--) {
            const Tap& before = taps[at - 1];
            if (before.row < tap.row || (before.row == tap.row && before.column < tap.column)) break;
            taps[at] = before;
        }
        taps[at] = tap;
    }
}

int32_t list_runs(const Tap* taps, int32_t tap_count, int32_t channels, Run* runs) {
    int32_t count = 0;
    for (int32_t i = 0; i < tap_count; i++) {
        const bool neighbours = i > 0 && taps[i].row == taps[i - 1].row && taps[i].column == taps[i - 1].column + 1;
        if (!neighbours) runs[count++] = {taps[i].row, taps[i].column, i * channels, i * channels};
        runs[count - 1].end += channels;
    }
    return count;
}

}  // namespace pixelrnn
