// RMSProp as Torch7 has it, and Adam with bias correction. Each element depends on its own place in the arrays only,
// which the pragmas tell the compiler, so that it need not fear for arrays updated in place.
#include "kernels.h"

#if defined(__clang__)
#define PIXELRNN_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define PIXELRNN_INDEPENDENT _Pragma("GCC ivdep")
#endif

namespace {

double power(double base, int32_t exponent) {
    double result = 1;
    for (; exponent > 0; exponent /= 2, base *= base)
        if (exponent % 2 == 1) result *= base;
    return result;
}

}  // namespace

void pixelrnn_rmsprop(size_t count, float rate, float decay, float epsilon, const float* gradient,
                      const float* parameter, const float* square, float* new_parameter, float* new_square) {
    const float rest = 1 - decay;
    PIXELRNN_INDEPENDENT
    for (size_t i = 0; i < count; i++) {
        const float g = gradient[i];
        const float s = decay * square[i] + rest * g * g;
        new_parameter[i] = parameter[i] - rate * g / (__builtin_sqrtf(s) + epsilon);
        new_square[i] = s;
    }
}

void pixelrnn_adam(size_t count, float rate, float beta1, float beta2, float epsilon, int32_t step,
                   const float* gradient, const float* parameter, const float* mean, const float* square,
                   float* new_parameter, float* new_mean, float* new_square) {
    const float rest1 = 1 - beta1, rest2 = 1 - beta2;
    const float correction1 = static_cast<float>(1 / (1 - power(beta1, step)));
    const float correction2 = static_cast<float>(1 / (1 - power(beta2, step)));
    PIXELRNN_INDEPENDENT
    for (size_t i = 0; i < count; i++) {
        const float g = gradient[i];
        const float m = beta1 * mean[i] + rest1 * g;
        const float v = beta2 * square[i] + rest2 * g * g;
        new_parameter[i] = parameter[i] - rate * (m * correction1) / (__builtin_sqrtf(v * correction2) + epsilon);
        new_mean[i] = m;
        new_square[i] = v;
    }
}
