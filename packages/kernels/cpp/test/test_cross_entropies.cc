// The losses and their gradients against double precision, and the exponential over its whole range.
#include <algorithm>

#include "base/thread_pool.h"
#include "base/vector.h"
#include "test/testing.h"

namespace testing {
namespace {

bool close(double got, double wanted, double tolerance, double size = 0) {
    return std::fabs(got - wanted) <= tolerance * std::max(std::fabs(wanted), size);
}

float exponential(float x) { return pixelrnn::exponential(pixelrnn::broadcast(x))[0]; }

void test_exponential() {
    double worst = 0;
    for (float x = -87.3365f; x < 88.7228f; x += 0.00037f) {
        const double wanted = std::exp(static_cast<double>(x));
        worst = std::max(worst, std::fabs(exponential(x) - wanted) / wanted);
    }
    for (float x = 1e-30f; x < 1; x *= 1.01f)
        for (const float signed_x : {x, -x}) {
            const double wanted = std::exp(static_cast<double>(signed_x));
            worst = std::max(worst, std::fabs(exponential(signed_x) - wanted) / wanted);
        }
    check(worst < 2e-7, "exponential: relative error " + std::to_string(worst * 1e7) + "e-7");
    const float infinity = std::numeric_limits<float>::infinity();
    check(exponential(0) == 1 && exponential(-88) == 0 && exponential(-infinity) == 0, "exponential of 0, -88, -inf");
    check(exponential(89) == infinity && exponential(infinity) == infinity, "exponential of 89, inf");
    check(std::isnan(exponential(std::numeric_limits<float>::quiet_NaN())), "exponential of NaN");
}

void test_softmax(int32_t batch, int32_t per_image, int32_t levels, float range, Numbers& numbers) {
    const std::string what =
        "softmax cross-entropy of " + std::to_string(levels) + " levels, range " + std::to_string(range) + ": ";
    const size_t rows = static_cast<size_t>(batch) * per_image;
    const std::vector<float> logits = numbers.array(rows * levels, -range, range), dnats = numbers.array(batch);
    std::vector<int32_t> labels(rows);
    for (int32_t& label : labels) label = numbers.below(levels);
    std::vector<float> nats = unwritten(batch), normaliser = unwritten(rows), dlogits = unwritten(logits.size());
    check(pixelrnn_softmax_cross_entropy_forward(batch, per_image, levels, logits.data(), labels.data(), nats.data(),
                                                 normaliser.data(), nullptr) == -1,
          what + "labels accepted");
    pixelrnn_softmax_cross_entropy_backward(batch, per_image, levels, logits.data(), labels.data(), normaliser.data(),
                                            dnats.data(), dlogits.data(), nullptr);
    bool good_nats = true, good_normaliser = true, good_gradient = true;
    for (int32_t image = 0; image < batch; image++) {
        double total = 0;
        for (int32_t i = 0; i < per_image; i++) {
            const size_t at = static_cast<size_t>(image) * per_image + i;
            const float* row = &logits[at * levels];
            double sum = 0;
            const double largest = *std::max_element(row, row + levels);
            for (int32_t k = 0; k < levels; k++) sum += std::exp(row[k] - largest);
            const double log_sum = largest + std::log(sum);
            total += log_sum - row[labels[at]];
            good_normaliser = good_normaliser && close(normaliser[at], log_sum, 1e-6, 1);
            for (int32_t k = 0; k < levels; k++) {
                const double p = std::exp(row[k] - log_sum);
                const double gradient = (p - (k == labels[at] ? 1 : 0)) * dnats[image];
                const double size = k == labels[at] ? std::fabs(dnats[image]) : 1e-30;
                good_gradient = good_gradient && close(dlogits[at * levels + k], gradient, 5e-6, size);
            }
        }
        good_nats = good_nats && close(nats[image], total, 1e-6, per_image * 1e-6);
    }
    check(good_nats, what + "nats");
    check(good_normaliser, what + "normaliser");
    check(good_gradient, what + "gradient");

    pixelrnn::ThreadPool pool(3);
    std::vector<float> nats3 = unwritten(batch), normaliser3 = unwritten(rows), dlogits3 = unwritten(logits.size());
    pixelrnn_softmax_cross_entropy_forward(batch, per_image, levels, logits.data(), labels.data(), nats3.data(),
                                           normaliser3.data(), pool.executor());
    pixelrnn_softmax_cross_entropy_backward(batch, per_image, levels, logits.data(), labels.data(), normaliser3.data(),
                                            dnats.data(), dlogits3.data(), pool.executor());
    check(identical(nats, nats3) && identical(normaliser, normaliser3) && identical(dlogits, dlogits3),
          what + "same bits with 3 threads");

    for (const int32_t wrong : {-1, levels}) {
        std::vector<int32_t> bad = labels;
        bad[rows - 1] = wrong;
        check(pixelrnn_softmax_cross_entropy_forward(batch, per_image, levels, logits.data(), bad.data(), nats.data(),
                                                     normaliser.data(), nullptr) == static_cast<ptrdiff_t>(rows) - 1,
              what + "label " + std::to_string(wrong) + " refused");
    }
}

// Logits no float exponential could hold, and one that is not a number.
void test_softmax_extremes() {
    const std::vector<float> logits = {1000, 0, -1000, -1000, 0, 1000};
    const std::vector<int32_t> labels = {0, 0};
    std::vector<float> nats = unwritten(2), normaliser = unwritten(2);
    pixelrnn_softmax_cross_entropy_forward(2, 1, 3, logits.data(), labels.data(), nats.data(), normaliser.data(),
                                           nullptr);
    check(nats[0] == 0 && nats[1] == 2000, "softmax cross-entropy of far logits");
    std::vector<float> broken(40, 1.0f);
    broken[33] = std::numeric_limits<float>::quiet_NaN();
    const int32_t label = 2;
    pixelrnn_softmax_cross_entropy_forward(1, 1, 40, broken.data(), &label, nats.data(), normaliser.data(), nullptr);
    check(std::isnan(nats[0]), "softmax cross-entropy of NaN");
}

void test_bernoulli(int32_t batch, int32_t per_image, float range, Numbers& numbers) {
    const std::string what = "Bernoulli cross-entropy, range " + std::to_string(range) + ": ";
    const size_t count = static_cast<size_t>(batch) * per_image;
    const std::vector<float> logits = numbers.array(count, -range, range), dnats = numbers.array(batch);
    std::vector<int32_t> labels(count);
    for (int32_t& label : labels) label = numbers.below(2);
    std::vector<float> nats = unwritten(batch), dlogits = unwritten(count);
    check(pixelrnn_bernoulli_cross_entropy_forward(batch, per_image, logits.data(), labels.data(), nats.data(),
                                                   nullptr) == -1,
          what + "labels accepted");
    pixelrnn_bernoulli_cross_entropy_backward(batch, per_image, logits.data(), labels.data(), dnats.data(),
                                              dlogits.data(), nullptr);
    bool good_nats = true, good_gradient = true;
    for (int32_t image = 0; image < batch; image++) {
        double total = 0;
        for (int32_t i = 0; i < per_image; i++) {
            const size_t at = static_cast<size_t>(image) * per_image + i;
            const double sign = labels[at] == 1 ? -1 : 1, margin = sign * logits[at];
            total += margin > 0 ? margin + std::log1p(std::exp(-margin)) : std::log1p(std::exp(margin));
            const double gradient = sign / (1 + std::exp(-margin)) * dnats[image];
            good_gradient = good_gradient && close(dlogits[at], gradient, 1e-6, 1e-7);
        }
        good_nats = good_nats && close(nats[image], total, 1e-6);
    }
    check(good_nats, what + "nats");
    check(good_gradient, what + "gradient");
    labels[count - 1] = 2;
    check(pixelrnn_bernoulli_cross_entropy_forward(batch, per_image, logits.data(), labels.data(), nats.data(),
                                                   nullptr) == static_cast<ptrdiff_t>(count) - 1,
          what + "label 2 refused");
}

void test_cross_entropies() {
    Numbers numbers(2);
    test_exponential();
    for (const int32_t levels : {1, 2, 3, 7, 16, 17, 31, 64, 100, 256, 259})
        for (const float range : {1.0f, 30.0f}) test_softmax(3, 11, levels, range, numbers);
    test_softmax_extremes();
    for (const float range : {0.1f, 5.0f, 80.0f}) test_bernoulli(3, 53, range, numbers);
}

const Suite suite(test_cross_entropies);

}  // namespace
}  // namespace testing
