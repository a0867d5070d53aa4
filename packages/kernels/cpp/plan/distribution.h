// The distribution of one colour of one pixel in every lane: drawn from, weighed and turned into frequencies.
#pragma once

#include "plan/coder.h"
#include "plan/mixture.h"

namespace pixelrnn::plan {

template <typename G>
class Distribution {
    typedef typename G::Vector Vector;
    typedef typename G::Ints Ints;

public:
    // Where its arrays lie: [levels, lanes] each, and Gaussians' vectors.
    struct Workspace {
        float* logits;
        float* shares;
        Vector* gaussians;
    };

    Distribution(const Program& program, const float* constants, const Workspace& workspace)
        : program_(program),
          constants_(constants),
          logits_(workspace.logits),
          shares_(workspace.shares),
          gaussians_(workspace.gaussians) {}

    // Reads the output's channels of a colour.
    void read(const float* channels, int32_t color) {
        if (program_.output == kMcgsm) {
            for (int32_t v = 0; v < G::kVectors; v++) mixture(channels, color, v).all_levels(logits_ + v * G::kWidth);
            return;
        }
        const float* own = channels + ptrdiff_t(color) * program_.logits * G::kLanes;
        for (int32_t i = 0; i < program_.logits * G::kLanes; i++) logits_[i] = own[i];
    }

    // The second half of the lanes are the other conditions of the first; both get the same logits.
    void guide(float guidance) {
        constexpr int32_t half = G::kLanes / 2;
        for (int32_t level = 0; level < program_.logits; level++) {
            float* own = logits_ + level * G::kLanes;
            for (int32_t lane = 0; lane < half; lane++)
                own[lane] = own[lane + half] = own[lane + half] + guidance * (own[lane] - own[lane + half]);
        }
    }

    float logit(int32_t index, int32_t lane) const { return logits_[index * G::kLanes + lane]; }

    // Divides the logits, and works out all probabilities but for their total.
    void normalise(float temperature) {
        tempered_ = temperature != 1.0f;
        for (int32_t v = 0; v < G::kVectors; v++) {
            float* logits = logits_ + v * G::kWidth;
            float* shares = shares_ + v * G::kWidth;
            if (tempered_) each_logit([&](int32_t i) { store(logits + i, load<Vector>(logits + i) / temperature); });
            if (program_.output == kBernoulli) {
                store(shares, sigmoid(load<Vector>(logits)));
                continue;
            }
            Vector most = load<Vector>(logits);
            each_logit([&](int32_t i) { most = most < load<Vector>(logits + i) ? load<Vector>(logits + i) : most; });
            Vector total = {};
            each_logit([&](int32_t i) {
                const Vector share = exponential(load<Vector>(logits + i) - most);
                store(shares + i, share);
                total += share;
            });
            most_[v] = most;
            total_[v] = total;
        }
    }

    // The first level at which uniform x total lies below the sum of probabilities; of a Bernoulli 1 if uniform < p.
    void draw(const float* uniforms, int32_t* values) const {
        for (int32_t v = 0; v < G::kVectors; v++) {
            const Vector uniform = load<Vector>(uniforms + v * G::kWidth);
            const float* shares = shares_ + v * G::kWidth;
            Ints level = {};
            if (program_.output == kBernoulli) {
                level -= uniform < load<Vector>(shares);
            } else {
                const Vector threshold = uniform * total_[v];
                Vector sum = {};
                each_logit([&](int32_t i) {
                    sum += load<Vector>(shares + i);
                    level -= threshold >= sum;
                });
            }
            for (int32_t lane = 0; lane < G::kWidth; lane++) values[v * G::kWidth + lane] = at_most_last(level[lane]);
        }
    }

    // Minus the logarithm of each value's probability.
    void nats(const int32_t* values, float* to) const {
        for (int32_t v = 0; v < G::kVectors; v++) {
            const int32_t first = v * G::kWidth;
            Vector chosen = {};
            for (int32_t lane = 0; lane < G::kWidth; lane++) {
                const int32_t value = values[first + lane];
                chosen[lane] = program_.output == kBernoulli
                                   ? (value ? -logit(0, first + lane) : logit(0, first + lane))
                                   : logit(value, first + lane);
            }
            if (program_.output == kBernoulli) {
                const Vector size = chosen < 0 ? -chosen : chosen;
                store(to + first, relu(chosen) + logarithm_of_one_plus(exponential(-size)));
            } else if (program_.output == kMcgsm && !tempered_) {
                store(to + first, -chosen);
            } else {
                store(to + first, logarithm(total_[v]) - (chosen - most_[v]));
            }
        }
    }

    // The same for a mixture whose other levels nobody asks for.
    void mixture_nats(const float* channels, int32_t color, const int32_t* values, float* to) const {
        for (int32_t v = 0; v < G::kVectors; v++) {
            Vector level;
            for (int32_t lane = 0; lane < G::kWidth; lane++) level[lane] = float(values[v * G::kWidth + lane]);
            store(to + v * G::kWidth, -mixture(channels, color, v).one_level(level));
        }
    }

    // Frequencies that add up to kTotal, each at least 1; what rounding leaves goes to the most probable level.
    void count_frequencies() {
        if (program_.output == kBernoulli) {
            for (int32_t lane = 0; lane < G::kLanes; lane++) {
                const float scaled = shares_[lane] * float(kTotal - 2);
                const int32_t ones = 1 + (scaled >= 0 ? static_cast<int32_t>(scaled) : 0);
                frequency(0, lane) = kTotal - ones;
                frequency(1, lane) = ones;
            }
            return;
        }
        for (int32_t v = 0; v < G::kVectors; v++) {
            float* shares = shares_ + v * G::kWidth;
            // A little less than there is: the shares' sum is rounded.
            const Vector scale = float(kTotal - 8 - program_.levels) / total_[v];
            Ints sum = {}, likeliest = {};
            Vector most = broadcast<Vector>(-1);
            for (int32_t level = 0; level < program_.levels; level++) {
                const Vector share = load<Vector>(shares + level * G::kLanes);
                const Vector scaled = share * scale;
                const Vector finite = scaled >= 0 ? scaled : Vector{};
                const Ints count = __builtin_convertvector(finite, Ints) + 1;
                likeliest = share > most ? level - Ints{} : likeliest;
                most = share > most ? share : most;
                sum += count;
                store(shares + level * G::kLanes, (Vector)count);
            }
            for (int32_t lane = 0; lane < G::kWidth; lane++)
                frequency(likeliest[lane], v * G::kWidth + lane) += kTotal - sum[lane];
        }
    }

    void encode(int32_t lane, int32_t value, Coder& coder, uint8_t* bytes, uint32_t capacity) {
        uint32_t start = 0;
        for (int32_t level = 0; level < value; level++) start += frequency(level, lane);
        plan::encode(coder, bytes, capacity, start, frequency(value, lane));
    }

    int32_t decode(int32_t lane, Coder& coder, const uint8_t* bytes) {
        const int32_t target = decoded_target(coder);
        int32_t level = 0, start = 0;
        while (level < program_.levels - 1 && start + frequency(level, lane) <= target)
            start += frequency(level++, lane);
        plan::decode(coder, bytes, start, frequency(level, lane));
        return level;
    }

private:
    Mixture<Vector> mixture(const float* channels, int32_t color, int32_t v) const {
        const int32_t own = color * (program_.components + program_.features) * G::kLanes + v * G::kWidth;
        return Mixture<Vector>(program_, constants_, color, channels + own, G::kLanes, gaussians_);
    }

    // f(where each logit of a vector's lanes lies)
    template <typename F>
    void each_logit(const F& f) const {
        for (int32_t i = 0; i < program_.logits; i++) f(i * G::kLanes);
    }

    int32_t at_most_last(int32_t level) const { return level < program_.levels ? level : program_.levels - 1; }

    // Frequencies take the shares' place.
    typedef int32_t Frequency __attribute__((may_alias));
    Frequency& frequency(int32_t level, int32_t lane) {
        return reinterpret_cast<Frequency*>(shares_)[level * G::kLanes + lane];
    }

    const Program& program_;
    const float* constants_;
    float* logits_;
    float* shares_;
    Vector* gaussians_;
    bool tempered_ = false;
    Vector most_[G::kVectors] = {}, total_[G::kVectors] = {};
};

}  // namespace pixelrnn::plan
