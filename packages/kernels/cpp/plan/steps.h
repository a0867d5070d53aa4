// A step of the plan at one position.
#pragma once

#include "plan/maps.h"
#include "plan/product.h"

namespace pixelrnn::plan {

template <typename G>
class StepsOf {
    typedef typename G::Vector Vector;

public:
    StepsOf(const Program& program, const float* constants, Maps<G> maps, Source* sources, float* sums)
        : program_(program), constants_(constants), maps_(maps), sources_(sources), sums_(sums) {}

    // Steps over whole maps, one after the other.
    void before() const {
        for (int32_t i = 0; i < program_.before.count; i++) {
            const Step& step = program_.at<Step>(program_.before.first)[i];
            for (int32_t row = 0; row < step.height; row++) whole_row(step, row);
        }
    }

    // Steps over a row that is complete.
    void row(int32_t row) const {
        for (int32_t i = 0; i < program_.row.count; i++) whole_row(program_.at<Step>(program_.row.first)[i], row);
    }

    // Steps of one colour of one pixel; of a known one only what later pixels read.
    void pixel(int32_t row, int32_t column, int32_t color, bool known) const {
        for (int32_t i = 0; i < program_.pixel.count; i++) {
            const Step& step = program_.at<Step>(program_.pixel.first)[i];
            if (!known || step.later) compute(step, program_.at<Pass>(step.passes)[color], row, column);
        }
    }

private:
    void whole_row(const Step& step, int32_t row) const {
        const Pass* passes = program_.at<Pass>(step.passes);
        for (int32_t i = 0; i < step.width; i++) {
            const int32_t column = step.reversed ? step.width - 1 - i : i;
            if (step.divide > 1) {
                compute(step, passes[row % step.divide * step.divide + column % step.divide], row, column);
            } else {
                for (int32_t p = 0; p < step.pass_count; p++) compute(step, passes[p], row, column);
            }
        }
    }

    void compute(const Step& step, const Pass& pass, int32_t row, int32_t column) const {
        const int32_t from_row = row * step.multiply / step.divide, from_column = column * step.multiply / step.divide;
        const Segment* segments = program_.at<Segment>(pass.segments);
        for (int32_t i = 0; i < pass.segment_count; i++) {
            const Segment& segment = segments[i];
            const float* from = maps_.at(segment.place, from_row, from_column) + segment.first * G::kLanes;
            sources_[i] = {from, ptrdiff_t(segment.step) * G::kLanes, segment.count, segment.relu};
        }
        product<G>(sources_, pass.segment_count, pass, constants_, sums_);
        add(step, pass, from_row, from_column);
        float* out = maps_.at(step.out, row, column);
        apply(step, pass, row, column, out);
        const Place* residuals = program_.at<Place>(step.residuals);
        for (int32_t i = 0; i < step.residual_count; i++) {
            const float* from = maps_.at(residuals[i], from_row, from_column);
            each_channel(pass, [&](int32_t, ptrdiff_t at) {
                store(out + at, load<Vector>(out + at) + load<Vector>(from + at));
            });
        }
    }

    // Adds maps to the sums, which lie block after block.
    void add(const Step& step, const Pass& pass, int32_t row, int32_t column) const {
        const int32_t channels = program_.map(step.out).channels;
        const Place* additions = program_.at<Place>(step.additions);
        for (int32_t i = 0; i < step.addition_count; i++) {
            const float* from = maps_.at(additions[i], row, column);
            for (int32_t block = 0; block < step.blocks; block++) {
                const float* values = from + ptrdiff_t(block) * channels * G::kLanes;
                float* sums = sums_ + ptrdiff_t(block) * pass.count * G::kLanes;
                each_channel(pass, [&](int32_t own, ptrdiff_t at) {
                    store(sums + own, load<Vector>(sums + own) + load<Vector>(values + at));
                });
            }
        }
    }

    void apply(const Step& step, const Pass& pass, int32_t row, int32_t column, float* out) const {
        const ptrdiff_t block = ptrdiff_t(pass.count) * G::kLanes;
        const float* sums = sums_;
        switch (step.unit) {
            case kLinear:
                return each_channel(pass,
                                    [&](int32_t own, ptrdiff_t at) { store(out + at, load<Vector>(sums + own)); });
            case kRelu:
                return each_channel(
                    pass, [&](int32_t own, ptrdiff_t at) { store(out + at, relu(load<Vector>(sums + own))); });
            case kGated:
                return each_channel(pass, [&](int32_t own, ptrdiff_t at) {
                    const Vector f = load<Vector>(sums + own), g = load<Vector>(sums + block + own);
                    store(out + at, hyperbolic_tangent(f) * sigmoid(g));
                });
            default: break;
        }
        const float* previous = maps_.at(step.cell, row, column);
        float* cells = maps_.at(step.cell.map, row, column);
        each_channel(pass, [&](int32_t own, ptrdiff_t at) {
            const Vector o = load<Vector>(sums + own), f = load<Vector>(sums + block + own);
            const Vector i = load<Vector>(sums + 2 * block + own), g = load<Vector>(sums + 3 * block + own);
            const Vector cell = sigmoid(f) * load<Vector>(previous + at) + sigmoid(i) * hyperbolic_tangent(g);
            store(cells + at, cell);
            store(out + at, sigmoid(o) * hyperbolic_tangent(cell));
        });
    }

    // f(where the pass has a vector of its i-th channel, where the map has it)
    template <typename F>
    void each_channel(const Pass& pass, const F& f) const {
        for (int32_t i = 0; i < pass.count; i++) {
            for (int32_t v = 0; v < G::kVectors; v++) {
                const int32_t lane = v * G::kWidth;
                f(i * G::kLanes + lane, ptrdiff_t(pass.first + i * pass.step) * G::kLanes + lane);
            }
        }
    }

    const Program& program_;
    const float* constants_;
    const Maps<G> maps_;
    Source* sources_;
    float* sums_;
};

}  // namespace pixelrnn::plan
