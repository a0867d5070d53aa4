#include "scan_forward.h"

#include "gates.h"
#include "part.h"
#include "tiles.h"

namespace pixelrnn {
namespace {

// Cells of a register tile: four vectors of sums each.
#if defined(__AVX512F__)
constexpr int32_t kCells = 6;
#elif defined(__AVX2__) && defined(__FMA__)
constexpr int32_t kCells = 3;
#else
constexpr int32_t kCells = 2;
#endif

template <bool whole>
struct ForwardTiles {
    const StateWeights& weights;
    const ForwardLine& line;
    const int32_t unit;
    const PartVector<whole> part;

    template <int32_t cells>
    void run(int32_t first) const {
        const int32_t h = weights.hidden, depth = weights.columns();
        float* gates = line.gates + first * line.gate_pitch + unit;
        Vector sums[cells][4];
#pragma GCC unroll 8
        for (int32_t c = 0; c < cells; c++)
#pragma GCC unroll 4
            for (int32_t gate = 0; gate < 4; gate++) sums[c][gate] = part.load(gates + c * line.gate_pitch + gate * h);

        const float* weight = weights.forward + static_cast<size_t>(unit) * depth * 4;
        const float* before = line.before + static_cast<size_t>(first) * h;
        for (int32_t k = 0; k < depth; k++, weight += 4 * kLanes, before++) {
            float state[cells];
#pragma GCC unroll 8
            for (int32_t c = 0; c < cells; c++) state[c] = before[c * h];
#pragma GCC unroll 4
            for (int32_t gate = 0; gate < 4; gate++) {
                const Vector column = load(weight + gate * kLanes);
#pragma GCC unroll 8
                for (int32_t c = 0; c < cells; c++) sums[c][gate] += column * state[c];
            }
        }
#pragma GCC unroll 8
        for (int32_t c = 0; c < cells; c++)
#pragma GCC unroll 4
            for (int32_t gate = 0; gate < 4; gate++) part.store(gates + c * line.gate_pitch + gate * h, sums[c][gate]);
    }
};

template <bool whole>
void activate(int32_t h, const ForwardLine& line, int32_t unit, PartVector<whole> part) {
    for (int32_t i = 0; i < line.count; i++) {
        float* gates = line.gates + i * line.gate_pitch + unit;
        float* cell = line.cell + static_cast<size_t>(i) * line.cell_pitch + unit;
        const Vector o = sigmoid(part.load(gates)), f = sigmoid(part.load(gates + h));
        const Vector input = sigmoid(part.load(gates + 2 * h)), g = hyperbolic_tangent(part.load(gates + 3 * h));
        const Vector next = next_cell(f, load(cell), input, g);
        Vector hidden = o * hyperbolic_tangent(next);
        store(cell, next);
        part.store(gates, o);
        part.store(gates + h, f);
        part.store(gates + 2 * h, input);
        part.store(gates + 3 * h, g);
        part.store(line.after + static_cast<size_t>(i) * h + unit, hidden);
        if (!line.output) continue;
        float* output = line.output + i * line.output_pitch + unit;
        if (line.add) hidden += part.load(output);
        part.store(output, hidden);
    }
}

}  // namespace

void forward_line(const StateWeights& weights, const ForwardLine& line) {
    each_part(weights.hidden, [&](int32_t unit, auto part) {
        constexpr bool whole = decltype(part)::all;
        each_tile<kCells>(line.count, ForwardTiles<whole>{weights, line, unit, part});
        activate<whole>(weights.hidden, line, unit, part);
    });
}

}  // namespace pixelrnn
