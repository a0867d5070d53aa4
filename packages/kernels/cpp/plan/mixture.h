// Mixtures of conditional Gaussian scale mixtures (Theis and Bethge 2015, section 2.1), integrated over the intensities' bins,
// the outermost of which reach to infinity; as binProbability of @pixelrnn/metrics.
#pragma once

#include "plan/functions.h"
#include "plan/program.h"

namespace pixelrnn::plan {

// One colour of one pixel, a vector of images at a time. `lanes` is the distance of two channels.
template <typename V>
class Mixture {
    static constexpr float kUniformShare = 1.0f / 65536;

public:
    // parameters: [components] means, [features], `lanes` apart. workspace: 2 [components x scales] vectors.
    Mixture(const Program& program, const float* constants, int32_t color, const float* parameters, int32_t lanes,
            V* workspace)
        : program_(program),
          parameters_(parameters),
          lanes_(lanes),
          gaussians_(program.components * program.scales),
          inverse_(constants + program.inverse_deviation + color * gaussians_),
          weights_(workspace),
          lower_(workspace + gaussians_) {
        const float* eta = constants + program.eta + color * gaussians_;
        const float* half = constants + program.half_precision + color * gaussians_;
        const float* squares = constants + program.squares + color * program.components * program.features;
        V largest = broadcast<V>(-__builtin_inff());
        for (int32_t c = 0, i = 0; c < program.components; c++) {
            V energy = {};
            for (int32_t n = 0; n < program.features; n++) {
                const V feature = load<V>(parameters + (program.components + n) * lanes);
                energy += feature * feature * squares[c * program.features + n];
            }
            for (int32_t s = 0; s < program.scales; s++, i++) {
                weights_[i] = eta[i] - energy * half[i];
                largest = largest < weights_[i] ? weights_[i] : largest;
            }
        }
        V total = {};
        for (int32_t i = 0; i < gaussians_; i++) total += weights_[i] = exponential(weights_[i] - largest);
        for (int32_t i = 0; i < gaussians_; i++) weights_[i] = weights_[i] / total;
    }

    // Logarithms of the probabilities of all levels, `lanes` apart.
    void all_levels(float* to) const {
        for (int32_t i = 0; i < gaussians_; i++) lower_[i] = V{};
        for (int32_t level = 0; level < program_.levels; level++) {
            V mixed = {};
            for (int32_t i = 0; i < gaussians_; i++) {
                const V upper = level == last() ? broadcast<V>(1) : below(i, broadcast<V>(float(level) + 0.5f));
                mixed += weights_[i] * relu(upper - lower_[i]);
                lower_[i] = upper;
            }
            store(to + level * lanes_, logarithm_of(mixed));
        }
    }

    // The logarithm of the probability of one level in each lane, to the bit that of all_levels.
    V one_level(V level) const {
        V mixed = {};
        for (int32_t i = 0; i < gaussians_; i++) {
            const V upper = level < float(last()) ? below(i, level + 0.5f) : broadcast<V>(1);
            const V lower = level > 0 ? below(i, level - 0.5f) : V{};
            mixed += weights_[i] * relu(upper - lower);
        }
        return logarithm_of(mixed);
    }

private:
    int32_t last() const { return program_.levels - 1; }

    // The normal distribution function of the i-th Gaussian at a bin's edge.
    V below(int32_t i, V edge) const {
        const V scaled = edge * (2.0f / float(last())) - 1.0f;
        const V mean = load<V>(parameters_ + i / program_.scales * lanes_);
        return (error_function((scaled - mean) * inverse_[i]) + 1.0f) * 0.5f;
    }

    V logarithm_of(V mixed) const {
        return logarithm(mixed * (1 - kUniformShare) + kUniformShare / float(program_.levels));
    }

    const Program& program_;
    const float* parameters_;
    const int32_t lanes_;
    const int32_t gaussians_;
    const float* inverse_;
    V* weights_;
    V* lower_;
};

}  // namespace pixelrnn::plan
