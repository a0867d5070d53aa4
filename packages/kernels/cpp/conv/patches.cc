#include "conv/patches.h"

#include "base/parallel.h"

namespace pixelrnn {
namespace {

// Panels are filled in bursts, too short for the processor to see where they go.
constexpr ptrdiff_t kFloatsAhead = 2048;

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
    for (int32_t i = 0; i + lanes <= count; i += lanes) {
        prefetch(from + i, kFloatsAhead);
        copy_vector<source, lanes>(to + i, from + i, gate + i);
    }
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

// Whole vectors a pixel, for pixels that follow each other in a row of the image.
template <Source source, int32_t vectors>
inline void copy_pixels(float* to, int32_t pitch, const float* from, const float* gate, int32_t channels,
                        int32_t count) {
    for (int32_t pixel = 0; pixel < count; pixel++, to += pitch, from += channels, gate += channels)
#pragma GCC unroll 8
        for (int32_t v = 0; v < vectors; v++) {
            prefetch(from + v * kLanes, kFloatsAhead);
            copy_vector<source, kLanes>(to + v * kLanes, from + v * kLanes, gate + v * kLanes);
        }
}

// `length` floats a pixel. Where `room` says that both sides have room for it, the last vector may be copied whole:
// what it writes too much is overwritten by the next run or by the padding.
template <Source source>
void copy_pixels(float* to, int32_t pitch, const float* from, const float* gate, int32_t channels, int32_t length,
                 bool room, int32_t count) {
    if (length % kLanes == 0 || room) {
        switch (pieces(length, kLanes)) {
            case 1: return copy_pixels<source, 1>(to, pitch, from, gate, channels, count);
            case 2: return copy_pixels<source, 2>(to, pitch, from, gate, channels, count);
            case 3: return copy_pixels<source, 3>(to, pitch, from, gate, channels, count);
            case 4: return copy_pixels<source, 4>(to, pitch, from, gate, channels, count);
            case 6: return copy_pixels<source, 6>(to, pitch, from, gate, channels, count);
            case 8: return copy_pixels<source, 8>(to, pitch, from, gate, channels, count);
            default: break;
        }
    }
    for (int32_t pixel = 0; pixel < count; pixel++, to += pitch, from += channels, gate += channels)
        copy<source>(to, from, gate, length);
}

// A panel's part in one row of the image: pixels of consecutive columns.
struct Segment {
    int64_t first;  // pixel of the batch
    int32_t row, column, count;
    int32_t begin, end, pitch;
    float* panel;
};

// A run that reaches over the left or right edge of the image.
template <Source source>
void fill_edge(const Patches& patches, const float* gate, const Run& run, const Segment& segment, int32_t pixel) {
    const int32_t begin = larger(run.begin, segment.begin), end = smaller(run.end, segment.end);
    const int32_t column = segment.column + pixel + run.column, channels = patches.channels;
    int32_t from = begin;
    if (column < 0) from = smaller(larger(run.begin - column * channels, begin), end);
    const int32_t to = larger(smaller(run.begin + (patches.width - column) * channels, end), from);
    float* panel = segment.panel + static_cast<size_t>(pixel) * segment.pitch - segment.begin;
    clear(panel + begin, from - begin);
    if (from < to) {
        const int64_t neighbour = segment.first + pixel + static_cast<int64_t>(run.row) * patches.width + run.column;
        const int64_t at = neighbour * channels + (from - run.begin);
        copy<source>(panel + from, patches.values + at, gate + at, to - from);
    }
    clear(panel + to, end - to);
}

template <Source source>
void fill_segment(const Patches& patches, const Segment& segment) {
    const float* gate = source == Source::gated ? patches.gate : patches.values;
    const int32_t channels = patches.channels;
    for (int32_t i = 0; i < patches.run_count; i++) {
        const Run run = patches.runs[i];
        const int32_t begin = larger(run.begin, segment.begin), end = smaller(run.end, segment.end);
        if (begin >= end) continue;
        float* panel = segment.panel + (begin - segment.begin);
        const int32_t image_row = segment.row + run.row;
        if (image_row < 0 || image_row >= patches.height) {
            for (int32_t pixel = 0; pixel < segment.count; pixel++, panel += segment.pitch) clear(panel, end - begin);
            continue;
        }
        const int32_t first_column = segment.column + run.column, run_taps = (run.end - run.begin) / channels;
        const int32_t inside = smaller(larger(-first_column, 0), segment.count);
        const int32_t outside = larger(smaller(patches.width - run_taps + 1 - first_column, segment.count), inside);
        for (int32_t pixel = 0; pixel < inside; pixel++) fill_edge<source>(patches, gate, run, segment, pixel);
        if (inside < outside) {
            const int64_t neighbour =
                segment.first + inside + static_cast<int64_t>(run.row) * patches.width + run.column;
            const int64_t at = neighbour * channels + (begin - run.begin);
            const int32_t count = outside - inside, whole = rounded_up(end - begin, kLanes);
            const bool room = begin - segment.begin + whole <= segment.pitch &&
                              at + static_cast<int64_t>(count - 1) * channels + whole <= patches.pixels * channels;
            copy_pixels<source>(panel + static_cast<size_t>(inside) * segment.pitch, segment.pitch, patches.values + at,
                                gate + at, channels, end - begin, room, count);
        }
        for (int32_t pixel = outside; pixel < segment.count; pixel++)
            fill_edge<source>(patches, gate, run, segment, pixel);
    }
}

template <Source source>
void fill_panel(const Patches& patches, int64_t first, int32_t count, int32_t begin, int32_t end, int32_t padded,
                int32_t pitch, float* panel) {
    const int32_t height = patches.height, width = patches.width;
    int32_t row = static_cast<int32_t>(first / width % height), column = static_cast<int32_t>(first % width);
    for (int32_t pixel = 0; pixel < count;) {
        const Segment segment = {.first = first + pixel,
                                 .row = row,
                                 .column = column,
                                 .count = smaller(width - column, count - pixel),
                                 .begin = begin,
                                 .end = end,
                                 .pitch = pitch,
                                 .panel = panel + static_cast<size_t>(pixel) * pitch};
        fill_segment<source>(patches, segment);
        pixel += segment.count;
        column = 0;
        if (++row == height) row = 0;
    }
    if (begin + padded > end)
        for (int32_t pixel = 0; pixel < count; pixel++, panel += pitch)
            clear(panel + end - begin, begin + padded - end);
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
