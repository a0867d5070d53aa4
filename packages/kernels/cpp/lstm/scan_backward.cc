#include "lstm/scan_backward.h"

#include "base/gates.h"
#include "base/part.h"
#include "base/tiles.h"

namespace pixelrnn {
namespace {

// How many cells ahead the gates are prefetched, which no cache holds any more.
constexpr ptrdiff_t kCellsAhead = 8;

// Cells of a register tile of one to four vectors of sums.
#if defined(__AVX512F__)
constexpr int32_t kCells[] = {0, 14, 12, 8, 6};
#elif defined(__AVX2__) && defined(__FMA__)
constexpr int32_t kCells[] = {0, 8, 5, 3};
#else
constexpr int32_t kCells[] = {0, 6, 4, 2};
#endif

template <bool whole>
void differentiate(const StateWeights& weights, const BackwardLine& line, int32_t unit, PartVector<whole> part) {
    const int32_t h = weights.hidden;
    for (int32_t i = 0; i < line.count; i++) {
        Vector dh = passed_on(weights, line, i, unit);
        if (line.dy) dh += part.load(line.dy + i * line.dy_pitch + unit);
        const float* gates = line.gates + i * line.gate_pitch + unit;
        const Vector o = part.load(gates), f = part.load(gates + h), input = part.load(gates + 2 * h);
        const Vector g = part.load(gates + 3 * h);
        const Vector tanh_cell = load(line.tanh_cell + i * line.state_pitch + unit);
        const Vector before = load(line.before + i * line.state_pitch + unit);
        float* dcell = line.dcell + static_cast<size_t>(i) * line.dcell_pitch + unit;
        const Vector dh_o = dh * o;
        const Vector dc = load(dcell) + dh_o * (1.0f - tanh_cell * tanh_cell);
        store(dcell, dc * f);
        float* dgates = line.dgates + i * line.dgate_pitch + unit;
        part.store(dgates, dh_o * tanh_cell * (1.0f - o));
        part.store(dgates + h, dc * before * (f * (1.0f - f)));
        part.store(dgates + 2 * h, dc * g * (input * (1.0f - input)));
        part.store(dgates + 3 * h, dc * input * (1.0f - g * g));
    }
}

template <int32_t vectors>
struct BackwardTiles {
    const BackwardLine& line;
    const float* packed;
    const int32_t rows, column;

    template <int32_t cells>
    void run(int32_t first) const {
        Vector sums[cells][vectors] = {};
        const float* dgates = line.dgates + first * line.dgate_pitch;
        const float* weight = packed;
        PIXELRNN_UNROLL
        for (int32_t k = 0; k < rows; k++, weight += vectors * kLanes, dgates++) {
            Vector row[vectors];
#pragma GCC unroll 4
            for (int32_t v = 0; v < vectors; v++) row[v] = load(weight + v * kLanes);
#pragma GCC unroll 16
            for (int32_t c = 0; c < cells; c++)
#pragma GCC unroll 4
                for (int32_t v = 0; v < vectors; v++) sums[c][v] += row[v] * dgates[c * line.dgate_pitch];
        }
        float* dwindow = line.dwindow + static_cast<size_t>(first) * line.dwindow_pitch + column;
#pragma GCC unroll 16
        for (int32_t c = 0; c < cells; c++)
#pragma GCC unroll 4
            for (int32_t v = 0; v < vectors; v++) store(dwindow + c * line.dwindow_pitch + v * kLanes, sums[c][v]);
    }
};

template <int32_t vectors>
void gemm_block(const BackwardLine& line, const float* packed, int32_t rows, int32_t column) {
    each_tile<kCells[vectors]>(line.count, BackwardTiles<vectors>{line, packed, rows, column});
}

}  // namespace

void recompute_states(const Recomputation& line) {
    const int32_t h = line.hidden;
    const ptrdiff_t pitch = line.state_pitch;
    each_part(h, [&](int32_t unit, auto part) {
        const float *gates = line.gates + unit, *before = line.before + unit;
        float *cell = line.cell + unit, *tanh_cell = line.tanh_cell + unit, *output = line.output + unit;
        for (int32_t i = 0; i < line.count; i++) {
#pragma GCC unroll 4
            for (int32_t gate = 0; gate < 4; gate++) prefetch(gates + gate * h, kCellsAhead * line.gate_pitch);
            const Vector next =
                next_cell(part.load(gates + h), load(before), part.load(gates + 2 * h), part.load(gates + 3 * h));
            const Vector tanh_next = hyperbolic_tangent(next);
            store(cell, next);
            store(tanh_cell, tanh_next);
            store(output, part.load(gates) * tanh_next);
            gates += line.gate_pitch;
            before += pitch;
            cell += pitch;
            tanh_cell += pitch;
            output += pitch;
        }
    });
}

void backward_line(const StateWeights& weights, const BackwardLine& line) {
    each_part(weights.hidden, [&](int32_t unit, auto part) { differentiate(weights, line, unit, part); });
    const int32_t rows = 4 * weights.hidden;
    const float* packed = weights.backward;
    for (int32_t done = 0; done < weights.vectors();) {
        const int32_t vectors = block_vectors(weights.vectors() - done), column = done * kLanes;
        switch (vectors) {
            case 1: gemm_block<1>(line, packed, rows, column); break;
            case 2: gemm_block<2>(line, packed, rows, column); break;
            case 3: gemm_block<3>(line, packed, rows, column); break;
            default: gemm_block<kBlockVectors>(line, packed, rows, column);
        }
        packed += static_cast<size_t>(rows) * vectors * kLanes;
        done += vectors;
    }
}

}  // namespace pixelrnn
