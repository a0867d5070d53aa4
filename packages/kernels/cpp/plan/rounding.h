// Sets the rounding of this thread to the standard's: to nearest, with subnormal numbers. TensorFlow flushes these to zero in
// the threads that it computes in. WebAssembly knows nothing else.
#pragma once

#include <stdint.h>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace pixelrnn::plan {

class StandardRounding {
public:
#if defined(__SSE2__)
    StandardRounding() : before_(_mm_getcsr()) { _mm_setcsr(0x1f80); }
    ~StandardRounding() { _mm_setcsr(before_); }

private:
    const uint32_t before_;
#elif defined(__aarch64__)
    StandardRounding() {
        __asm__ volatile("mrs %0, fpcr" : "=r"(before_));
        __asm__ volatile("msr fpcr, %0" : : "r"(uint64_t(0)));
    }
    ~StandardRounding() { __asm__ volatile("msr fpcr, %0" : : "r"(before_)); }

private:
    uint64_t before_;
#else
    StandardRounding() {}
#endif
    StandardRounding(const StandardRounding&) = delete;
    StandardRounding& operator=(const StandardRounding&) = delete;
};

}  // namespace pixelrnn::plan
