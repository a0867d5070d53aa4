#include "lstm/state_gradient.h"

#include "base/tiles.h"

namespace pixelrnn {
namespace {

// Most rows of the register tiles of one, two and four vectors.
#if defined(__AVX512F__)
constexpr int32_t kRows[] = {0, 16, 8, 0, 6}, kWidest = 4;
#else
constexpr int32_t kRows[] = {0, 8, 4}, kWidest = 2;
#endif

template <int32_t rows, int32_t vectors>
void add_tile(int32_t lines, int32_t count, CellMap states, CellMap dgates, bool begin, float* sums, int32_t pitch) {
    Vector totals[rows][vectors] = {};
    if (!begin) {
#pragma GCC unroll 16
        for (int32_t r = 0; r < rows; r++)
#pragma GCC unroll 4
            for (int32_t v = 0; v < vectors; v++) totals[r][v] = load(sums + r * pitch + v * kLanes);
    }
    for (int32_t line = 0; line < lines; line++) {
        const float* state = states.values + line * states.line_pitch;
        const float* gradient = dgates.values + line * dgates.line_pitch;
        PIXELRNN_UNROLL
        for (int32_t i = 0; i < count; i++, state += states.cell_pitch, gradient += dgates.cell_pitch) {
            Vector loaded[vectors];
#pragma GCC unroll 4
            for (int32_t v = 0; v < vectors; v++) loaded[v] = load(gradient + v * kLanes);
#pragma GCC unroll 16
            for (int32_t r = 0; r < rows; r++)
#pragma GCC unroll 4
                for (int32_t v = 0; v < vectors; v++) totals[r][v] += loaded[v] * state[r];
        }
    }
#pragma GCC unroll 16
    for (int32_t r = 0; r < rows; r++)
#pragma GCC unroll 4
        for (int32_t v = 0; v < vectors; v++) store(sums + r * pitch + v * kLanes, totals[r][v]);
}

template <int32_t vectors>
struct Column {
    int32_t lines, count;
    CellMap states, dgates;
    bool begin;
    float* sums;
    int32_t pitch;

    template <int32_t rows>
    void run(int32_t first) const {
        const CellMap own = {states.values + first, states.line_pitch, states.cell_pitch};
        add_tile<rows, vectors>(lines, count, own, dgates, begin, sums + static_cast<size_t>(first) * pitch, pitch);
    }
};

template <int32_t vectors>
void add_column(int32_t hidden, int32_t lines, int32_t count, CellMap states, CellMap dgates, bool begin, float* sums) {
    const Column<vectors> column = {lines, count, states, dgates, begin, sums, state_columns(hidden)};
    each_tile<kRows[vectors]>(hidden, column);
}

}  // namespace

void add_state_gradient(int32_t hidden, int32_t lines, int32_t count, CellMap states, CellMap dgates, bool begin,
                        float* sums) {
    for (int32_t left = state_columns(hidden); left > 0;) {
        const int32_t vectors = left >= kWidest * kLanes ? kWidest : left > kLanes ? 2 : 1, taken = vectors * kLanes;
        switch (vectors) {
            case 1: add_column<1>(hidden, lines, count, states, dgates, begin, sums); break;
            case kWidest: add_column<kWidest>(hidden, lines, count, states, dgates, begin, sums); break;
            default: add_column<2>(hidden, lines, count, states, dgates, begin, sums);
        }
        left -= taken;
        dgates.values += taken;
        sums += taken;
    }
}

StateSums take_state_sums(Arena& arena, int32_t groups, int32_t directions, int32_t window, int32_t hidden) {
    StateSums sums = {.groups = groups, .directions = directions, .window = window, .hidden = hidden};
    const size_t each = static_cast<size_t>(groups) * directions;
    sums.kernel = arena.take<float>(each * window * state_block(hidden));
    sums.initial = arena.take<float>(each * 2 * sums.units());
    return sums;
}

void finish_state_sums(const StateSums& sums, bool turned, float* dkernel, float* dhidden, float* dcell) {
    const int32_t h = sums.hidden, columns = 4 * h;
    const auto total = [&](const float* first, const float* second, float* to, int32_t count) {
        for (int32_t n = 0; n < count; n++) {
            to[n] = first[n];
            const float* from = first + n;
            for (int32_t group = 1; group < sums.groups; group++) to[n] += *(from += second - first);
        }
    };
    for (int32_t direction = 0; direction < sums.directions; direction++) {
        for (int32_t offset = 0; offset < sums.window; offset++) {
            const int32_t part = direction * sums.window + (turned ? sums.window - 1 - offset : offset);
            for (int32_t row = 0; row < h; row++) {
                const size_t at = static_cast<size_t>(row) * state_columns(h);
                total(sums.block(0, direction, offset) + at, sums.block(1, direction, offset) + at,
                      dkernel + (static_cast<size_t>(part) * h + row) * columns, columns);
            }
        }
        total(sums.initial_hidden(0, direction), sums.initial_hidden(1, direction), dhidden + direction * h, h);
        total(sums.initial_cell(0, direction), sums.initial_cell(1, direction), dcell + direction * h, h);
    }
}

}  // namespace pixelrnn
