#include "lstm/scan_forward.h"

#include "base/gates.h"
#include "base/part.h"
#include "base/tiles.h"

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

template <int32_t cells>
using Sums = Vector[cells][4];

// Adds `count` floats of each cell times their weights; returns the weights behind theirs.
template <int32_t cells>
inline const float* add_products(Sums<cells>& sums, const float* weight, const float* values, ptrdiff_t pitch,
                                 int32_t count) {
    PIXELRNN_UNROLL
    for (int32_t k = 0; k < count; k++, weight += 4 * kLanes, values++) {
        float value[cells];
#pragma GCC unroll 8
        for (int32_t c = 0; c < cells; c++) value[c] = values[c * pitch];
#pragma GCC unroll 4
        for (int32_t gate = 0; gate < 4; gate++) {
            const Vector column = load(weight + gate * kLanes);
#pragma GCC unroll 8
            for (int32_t c = 0; c < cells; c++) sums[c][gate] += column * value[c];
        }
    }
    return weight;
}

template <bool whole>
struct ForwardTiles {
    const StateWeights& weights;
    const ForwardLine& line;
    const int32_t unit;
    const PartVector<whole> part;

    template <int32_t cells>
    void run(int32_t first) const {
        const int32_t h = weights.hidden;
        Sums<cells> sums = {};
        if (weights.bias) {
#pragma GCC unroll 8
            for (int32_t c = 0; c < cells; c++)
#pragma GCC unroll 4
                for (int32_t gate = 0; gate < 4; gate++) sums[c][gate] = load(weights.bias + 4 * unit + gate * kLanes);
        }
        if (line.start) {
            const float* start = line.start + first * line.start_pitch + unit;
#pragma GCC unroll 8
            for (int32_t c = 0; c < cells; c++, start += line.start_pitch)
#pragma GCC unroll 4
                for (int32_t gate = 0; gate < 4; gate++) sums[c][gate] += part.load(start + gate * h);
        }
        const float* weight =
            weights.forward + static_cast<size_t>(unit) * (weights.input_size + weights.columns()) * 4;
        if (weights.input_size > 0) {
            const float* inputs = line.inputs + first * line.input_pitch;
            weight = add_products<cells>(sums, weight, inputs, line.input_pitch, weights.input_size);
        }
        add_products<cells>(sums, weight, line.before + static_cast<size_t>(first) * h, h, weights.columns());
        float* to = line.sums + static_cast<size_t>(first) * 4 * h + unit;
#pragma GCC unroll 8
        for (int32_t c = 0; c < cells; c++)
#pragma GCC unroll 4
            for (int32_t gate = 0; gate < 4; gate++) part.store(to + (c * 4 + gate) * h, sums[c][gate]);
    }
};

template <bool whole, bool streamed>
void activate(int32_t h, const ForwardLine& line, int32_t unit, PartVector<whole> part) {
    const auto keep = [&](float* to, Vector value) { streamed ? stream(to, value) : part.store(to, value); };
    for (int32_t i = 0; i < line.count; i++) {
        const float* sums = line.sums + static_cast<size_t>(i) * 4 * h + unit;
        float* gates = line.gates + i * line.gate_pitch + unit;
        float* cell = line.cell + static_cast<size_t>(i) * line.cell_pitch + unit;
        const Vector o = sigmoid(part.load(sums)), f = sigmoid(part.load(sums + h));
        const Vector input = sigmoid(part.load(sums + 2 * h)), g = hyperbolic_tangent(part.load(sums + 3 * h));
        const Vector next = next_cell(f, load(cell), input, g);
        Vector hidden = o * hyperbolic_tangent(next);
        store(cell, next);
        keep(gates, o);
        keep(gates + h, f);
        keep(gates + 2 * h, input);
        keep(gates + 3 * h, g);
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
        if (whole && line.streamed)
            activate<whole, true>(weights.hidden, line, unit, part);
        else
            activate<whole, false>(weights.hidden, line, unit, part);
    });
}

}  // namespace pixelrnn
