// Logistic function and tanh of vectors against double precision, over floats of every exponent.
#include <algorithm>

#include "base/gates.h"
#include "test/testing.h"

namespace testing {
namespace {

using pixelrnn::kLanes;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr double kSmallestNormal = std::numeric_limits<float>::min();

float sigmoid(float x) { return pixelrnn::sigmoid(pixelrnn::broadcast(x))[0]; }
float hyperbolic_tangent(float x) { return pixelrnn::hyperbolic_tangent(pixelrnn::broadcast(x))[0]; }

double exact_sigmoid(double x) { return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x)); }

// Relative, and where the result is no normal number, in units of the smallest that is one.
double error(float got, double wanted) {
    return std::fabs(got - wanted) / std::max(std::fabs(wanted), kSmallestNormal);
}

double larger_or_nan(double worst, double next) { return next <= worst ? worst : next; }

void test_every(uint32_t step) {
    double worst_sigmoid = 0, worst_tiny = 0, worst_tangent = 0;
    bool nans = true;
    for (uint64_t first = 0; first < 0x100000000u; first += static_cast<uint64_t>(step) * kLanes) {
        float x[kLanes], sigmoids[kLanes], tangents[kLanes];
        for (int32_t i = 0; i < kLanes; i++) {
            const uint32_t bits = static_cast<uint32_t>(first + static_cast<uint64_t>(step) * i);
            std::memcpy(x + i, &bits, sizeof bits);
        }
        pixelrnn::store(sigmoids, pixelrnn::sigmoid(pixelrnn::load(x)));
        pixelrnn::store(tangents, pixelrnn::hyperbolic_tangent(pixelrnn::load(x)));
        for (int32_t i = 0; i < kLanes; i++) {
            if (std::isnan(x[i])) {
                nans = nans && std::isnan(sigmoids[i]) && std::isnan(tangents[i]);
                continue;
            }
            const double s = error(sigmoids[i], exact_sigmoid(x[i])), t = error(tangents[i], std::tanh(double(x[i])));
            // Below the normal numbers the logistic function may be 0.
            const bool normal = exact_sigmoid(x[i]) >= kSmallestNormal;
            double& worst = normal ? worst_sigmoid : worst_tiny;
            worst = larger_or_nan(worst, s);
            worst_tangent = larger_or_nan(worst_tangent, t);
        }
    }
    check(worst_sigmoid < 2e-7, "sigmoid: relative error " + std::to_string(worst_sigmoid * 1e7) + "e-7");
    check(worst_tiny <= 1, "sigmoid below the normal numbers");
    check(worst_tangent < 2e-7, "tanh: relative error " + std::to_string(worst_tangent * 1e7) + "e-7");
    check(nans, "NaN stays NaN");
}

void test_special_values() {
    check(sigmoid(0) == 0.5f && sigmoid(-0.0f) == 0.5f, "sigmoid of 0");
    check(sigmoid(kInfinity) == 1 && sigmoid(-kInfinity) == 0, "sigmoid of infinities");
    check(sigmoid(100) == 1 && sigmoid(-100) == 0, "saturated sigmoid");
    check(hyperbolic_tangent(kInfinity) == 1 && hyperbolic_tangent(-kInfinity) == -1, "tanh of infinities");
    check(hyperbolic_tangent(15) == 1 && hyperbolic_tangent(-15) == -1, "saturated tanh");
    check(hyperbolic_tangent(1e-30f) == 1e-30f && hyperbolic_tangent(-1e-30f) == -1e-30f, "tanh of tiny numbers");
    check(hyperbolic_tangent(0) == 0 && hyperbolic_tangent(-0.0f) == 0, "tanh of zeros");
}

void test_gates() {
    test_every(4099);
    test_special_values();
}

const Suite suite(test_gates);

}  // namespace
}  // namespace testing
