// Both optimizers against double precision over several steps, in place and not.
#include <algorithm>

#include "test/testing.h"

namespace testing {
namespace {

bool close(const std::vector<float>& got, const std::vector<double>& wanted) {
    double worst = 0;
    for (size_t i = 0; i < got.size(); i++) {
        const double error = std::fabs(got[i] - wanted[i]) / std::max(1e-3, std::fabs(wanted[i]));
        worst = error <= worst ? worst : error;
    }
    return worst < 1e-5;
}

// The single-precision numbers that the kernels get; 1 - 0.999 is far from 1 - 0.999f.
constexpr float kDecay = 0.95f, kBeta1 = 0.9f, kBeta2 = 0.999f;

void test_rmsprop(size_t count, Numbers& numbers) {
    std::vector<float> p = numbers.array(count), s(count, 0.0f), p_out = unwritten(count), s_out = unwritten(count);
    std::vector<double> wanted_p(p.begin(), p.end()), wanted_s(count, 0.0);
    for (int step = 1; step <= 5; step++) {
        const std::vector<float> g = numbers.array(count);
        for (size_t i = 0; i < count; i++) {
            wanted_s[i] = kDecay * wanted_s[i] + (1 - kDecay) * g[i] * g[i];
            wanted_p[i] -= 1e-2 * g[i] / (std::sqrt(wanted_s[i]) + 1e-8);
        }
        pixelrnn_rmsprop(count, 1e-2f, kDecay, 1e-8f, g.data(), p.data(), s.data(), p_out.data(), s_out.data());
        pixelrnn_rmsprop(count, 1e-2f, kDecay, 1e-8f, g.data(), p.data(), s.data(), p.data(), s.data());
    }
    const std::string what = "RMSProp of " + std::to_string(count) + ": ";
    check(close(p, wanted_p) && close(s, wanted_s), what + "values");
    check(identical(p, p_out) && identical(s, s_out), what + "in place");
}

void test_adam(size_t count, Numbers& numbers) {
    std::vector<float> p = numbers.array(count), m(count, 0.0f), v(count, 0.0f);
    std::vector<float> p_out = unwritten(count), m_out = unwritten(count), v_out = unwritten(count);
    std::vector<double> wanted_p(p.begin(), p.end()), wanted_m(count, 0.0), wanted_v(count, 0.0);
    for (int step = 1; step <= 5; step++) {
        const std::vector<float> g = numbers.array(count);
        for (size_t i = 0; i < count; i++) {
            wanted_m[i] = kBeta1 * wanted_m[i] + (1 - kBeta1) * g[i];
            wanted_v[i] = kBeta2 * wanted_v[i] + (1 - kBeta2) * g[i] * g[i];
            const double m_hat = wanted_m[i] / (1 - std::pow(double(kBeta1), step));
            const double v_hat = wanted_v[i] / (1 - std::pow(double(kBeta2), step));
            wanted_p[i] -= 1e-2 * m_hat / (std::sqrt(v_hat) + 1e-7);
        }
        pixelrnn_adam(count, 1e-2f, kBeta1, kBeta2, 1e-7f, step, g.data(), p.data(), m.data(), v.data(), p_out.data(),
                      m_out.data(), v_out.data());
        pixelrnn_adam(count, 1e-2f, kBeta1, kBeta2, 1e-7f, step, g.data(), p.data(), m.data(), v.data(), p.data(),
                      m.data(), v.data());
    }
    const std::string what = "Adam of " + std::to_string(count) + ": ";
    check(close(p, wanted_p) && close(m, wanted_m) && close(v, wanted_v), what + "values");
    check(identical(p, p_out) && identical(m, m_out) && identical(v, v_out), what + "in place");
}

void test_optimizers() {
    Numbers numbers(3);
    for (const size_t count : {1, 7, 16, 33, 1000}) {
        test_rmsprop(count, numbers);
        test_adam(count, numbers);
    }
    test_rmsprop(0, numbers);
    test_adam(0, numbers);
}

const Suite suite(test_optimizers);

}  // namespace
}  // namespace testing
