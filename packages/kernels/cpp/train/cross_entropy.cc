// Softmax and Bernoulli cross-entropy on integer labels, per image and in nats.
#include "base/parallel.h"
#include "base/vector.h"

namespace pixelrnn {
namespace {

// 2 artanh(s) = log((1 + s) / (1 - s)) for |s| <= 1/3, by its series.
template <typename T>
inline T twice_artanh(T s) {
    const T square = s * s;
    T series = square * (1.0f / 19) + 1.0f / 17;
    series = series * square + 1.0f / 15;
    series = series * square + 1.0f / 13;
    series = series * square + 1.0f / 11;
    series = series * square + 1.0f / 9;
    series = series * square + 1.0f / 7;
    series = series * square + 1.0f / 5;
    series = series * square + 1.0f / 3;
    return (series * square + 1.0f) * s * 2.0f;
}

// For positive normal numbers; NaN and infinity stay themselves.
double logarithm(double x) {
    if (!(x < __builtin_inf())) return x;
    int64_t bits;
    __builtin_memcpy(&bits, &x, 8);
    int64_t exponent = (bits >> 52) - 1023;
    bits = (bits & 0xfffffffffffff) | 0x3ff0000000000000;
    __builtin_memcpy(&x, &bits, 8);
    if (x > 1.4142135623730951) {
        x /= 2;
        exponent++;
    }
    return static_cast<double>(exponent) * 0.6931471805599453 + twice_artanh((x - 1) / (x + 1));
}

// `count` < kLanes values, the other lanes filled.
inline Vector load_part(const float* from, int32_t count, float filling) {
    float lanes[kLanes];
    for (int32_t i = 0; i < kLanes; i++) lanes[i] = i < count ? from[i] : filling;
    return load(lanes);
}

inline void store_part(float* to, int32_t count, Vector value) {
    for (int32_t i = 0; i < count; i++) to[i] = value[i];
}

struct Normaliser {
    float largest;
    double log_sum;  // log of the sum of e^(logit - largest)
};

// Several running values, so that none waits for the one before it.
constexpr int32_t kRunning = 4;
constexpr int32_t kAhead = 3;  // rows

// `later` is a row that will be needed soon. Rows are done faster than memory gives them unless asked for in time.
Normaliser normalise(const float* logits, int32_t levels, const float* later) {
    const int32_t unrolled = levels / (kRunning * kLanes) * (kRunning * kLanes), whole = levels / kLanes * kLanes;
    const Vector lowest = broadcast(-__builtin_inff());
    const Vector tail = whole < levels ? load_part(logits + whole, levels - whole, -__builtin_inff()) : lowest;
    Vector largest[kRunning] = {tail, lowest, lowest, lowest};
    for (int32_t i = 0; i < unrolled; i += kRunning * kLanes)
        for (int32_t k = 0; k < kRunning; k++) largest[k] = maximum(largest[k], load(logits + i + k * kLanes));
    for (int32_t i = unrolled; i < whole; i += kLanes) largest[0] = maximum(largest[0], load(logits + i));
    const float shift = maximum(maximum(maximum(largest[0], largest[1]), maximum(largest[2], largest[3])));

    Vector total[kRunning] = {};
    for (int32_t i = 0; i < unrolled; i += kRunning * kLanes)
        for (int32_t k = 0; k < kRunning; k++) {
            __builtin_prefetch(later + i + k * kLanes);
            total[k] += exponential(load(logits + i + k * kLanes) - shift);
        }
    for (int32_t i = unrolled; i < whole; i += kLanes) total[0] += exponential(load(logits + i) - shift);
    if (whole < levels) total[1] += exponential(tail - shift);
    return {shift, logarithm(sum((total[0] + total[1]) + (total[2] + total[3])))};
}

ptrdiff_t first_outside(ptrdiff_t count, const int32_t* labels, int32_t levels) {
    for (ptrdiff_t i = 0; i < count; i++)
        if (labels[i] < 0 || labels[i] >= levels) return i;
    return -1;
}

// With m = logit for label 0 and -logit for label 1: nats = log(1 + e^m), and their derivative by m is sigmoid(m).
inline Vector bernoulli_nats(Vector logit, Vector label) {
    const Vector margin = logit * (1.0f - 2.0f * label);
    const Vector u = exponential(margin > 0 ? -margin : margin);
    return relu(margin) + twice_artanh(u / (u + 2.0f));
}

inline Vector bernoulli_gradient(Vector logit, Vector label) {
    const Vector sign = 1.0f - 2.0f * label, margin = logit * sign;
    const Vector u = exponential(margin > 0 ? -margin : margin);
    return (margin > 0 ? broadcast(1) : u) / (u + 1.0f) * sign;
}

inline Vector load_labels(const int32_t* labels, int32_t count) {
    Vector result = {};
    for (int32_t i = 0; i < count; i++) result[i] = static_cast<float>(labels[i]);
    return result;
}

}  // namespace
}  // namespace pixelrnn

using namespace pixelrnn;

ptrdiff_t pixelrnn_softmax_cross_entropy_forward(int32_t batch, int32_t per_image, int32_t levels, const float* logits,
                                                 const int32_t* labels, float* nats, float* normaliser,
                                                 const pixelrnn_executor* executor) {
    const ptrdiff_t bad = first_outside(static_cast<ptrdiff_t>(batch) * per_image, labels, levels);
    if (bad >= 0) return bad;
    parallel(executor, batch, [=](int32_t image) {
        double total = 0;
        for (int32_t i = 0; i < per_image; i++) {
            const ptrdiff_t at = static_cast<ptrdiff_t>(image) * per_image + i;
            const float* row = logits + at * levels;
            const Normaliser n = normalise(row, levels, i + kAhead < per_image ? row + kAhead * levels : row);
            normaliser[at] = static_cast<float>(n.largest + n.log_sum);
            total += static_cast<double>(n.largest) - row[labels[at]] + n.log_sum;
        }
        nats[image] = static_cast<float>(total);
    });
    return -1;
}

void pixelrnn_softmax_cross_entropy_backward(int32_t batch, int32_t per_image, int32_t levels, const float* logits,
                                             const int32_t* labels, const float* normaliser, const float* dnats,
                                             float* dlogits, const pixelrnn_executor* executor) {
    parallel(executor, batch, [=](int32_t image) {
        const int32_t whole = levels / kLanes * kLanes;
        for (int32_t i = 0; i < per_image; i++) {
            const ptrdiff_t at = static_cast<ptrdiff_t>(image) * per_image + i;
            const float *row = logits + at * levels, log_sum = normaliser[at], scale = dnats[image];
            float* out = dlogits + at * levels;
            for (int32_t k = 0; k < whole; k += kLanes) store(out + k, exponential(load(row + k) - log_sum) * scale);
            if (whole < levels) {
                const Vector tail = load_part(row + whole, levels - whole, 0);
                store_part(out + whole, levels - whole, exponential(tail - log_sum) * scale);
            }
            out[labels[at]] -= scale;
        }
    });
}

ptrdiff_t pixelrnn_bernoulli_cross_entropy_forward(int32_t batch, int32_t per_image, const float* logits,
                                                   const int32_t* labels, float* nats,
                                                   const pixelrnn_executor* executor) {
    const ptrdiff_t bad = first_outside(static_cast<ptrdiff_t>(batch) * per_image, labels, 2);
    if (bad >= 0) return bad;
    parallel(executor, batch, [=](int32_t image) {
        const ptrdiff_t first = static_cast<ptrdiff_t>(image) * per_image;
        double total = 0;
        for (int32_t i = 0; i < per_image; i += kLanes) {
            const int32_t count = smaller(per_image - i, kLanes);
            const Vector logit = load_part(logits + first + i, count, 0);
            float each[kLanes];
            store(each, bernoulli_nats(logit, load_labels(labels + first + i, count)));
            for (int32_t k = 0; k < count; k++) total += each[k];
        }
        nats[image] = static_cast<float>(total);
    });
    return -1;
}

void pixelrnn_bernoulli_cross_entropy_backward(int32_t batch, int32_t per_image, const float* logits,
                                               const int32_t* labels, const float* dnats, float* dlogits,
                                               const pixelrnn_executor* executor) {
    parallel(executor, batch, [=](int32_t image) {
        const ptrdiff_t first = static_cast<ptrdiff_t>(image) * per_image;
        for (int32_t i = 0; i < per_image; i += kLanes) {
            const int32_t count = smaller(per_image - i, kLanes);
            const Vector logit = load_part(logits + first + i, count, 0);
            const Vector label = load_labels(labels + first + i, count);
            store_part(dlogits + first + i, count, bernoulli_gradient(logit, label) * dnats[image]);
        }
    });
}
