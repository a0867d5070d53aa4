// What the benches share: arrays, the clock, and the processor's peak.
#pragma once

#include <algorithm>
#include <ctime>

#include "base/parallel.h"
#include "base/thread_pool.h"
#include "base/vector.h"
#include "test/testing.h"

namespace bench {

using namespace pixelrnn;
using testing::Numbers;
using testing::Workspace;

inline double seconds_each = 0.3;
inline bool processor_time = false;

// Aligned as TensorFlow's own buffers are.
class Array {
public:
    explicit Array(size_t count, float limit = 1) : memory_(count * sizeof(float)), count_(count) {
        Numbers numbers(count);
        for (size_t i = 0; i < count; i++) data()[i] = numbers.uniform(-limit, limit);
    }
    float* data() const { return static_cast<float*>(memory_.get()); }
    size_t size() const { return count_; }

private:
    Workspace memory_;
    size_t count_;
};

inline double now() {
    timespec time;
    clock_gettime(processor_time ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &time);
    return static_cast<double>(time.tv_sec) + time.tv_nsec * 1e-9;
}

template <typename F>
double best_of(const F& f) {
    double best = 1e9;
    for (const double start = now(); now() - start < seconds_each;) {
        const double begin = now();
        f();
        best = std::min(best, now() - begin);
    }
    return best;
}

// Fused multiply-adds on registers alone.
inline double peak_gflops(ThreadPool& pool) {
    constexpr int32_t chains = 16, steps = 20000;
    const double time = best_of([&] {
        parallel(pool.executor(), pool.threads() * 4, [&](int32_t) {
            Vector sums[chains];
            for (int32_t k = 0; k < chains; k++) sums[k] = broadcast(static_cast<float>(k));
            Vector factor = broadcast(0.999f), term = broadcast(0.1f);
            for (int32_t i = 0; i < steps; i++) {
                __asm__ volatile("" : "+x"(factor), "+x"(term));
#pragma GCC unroll 16
                for (int32_t k = 0; k < chains; k++) sums[k] = sums[k] * factor + term;
            }
            for (int32_t k = 0; k < chains; k++) __asm__ volatile("" : : "x"(sums[k]));
        });
    });
    return 2.0 * pool.threads() * 4 * steps * chains * kLanes / time / 1e9;
}

void bench_recurrent(ThreadPool& pool);
void bench_gated(ThreadPool& pool);

}  // namespace bench
