// Logistic function and tanh of a vector, with a relative error under 2e-7 wherever the result is a normal number.
// NaN stays NaN.
#pragma once

#include "base/vector.h"

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace pixelrnn {

// x86's instructions give their second operand where one is NaN; GCC makes two instructions of the comparison instead.
// The mask of all ones is for GCC, which warns of the plain intrinsics' own undefined operand.
inline Vector clamped(Vector x, float low, float high) {
    const Vector lowest = broadcast(low), highest = broadcast(high);
#if defined(__AVX512F__)
    const __m512 raised = _mm512_maskz_max_ps(0xffff, (__m512)lowest, (__m512)x);
    return (Vector)_mm512_maskz_min_ps(0xffff, (__m512)highest, raised);
#elif defined(__AVX2__) && defined(__FMA__)
    return (Vector)_mm256_min_ps((__m256)highest, _mm256_max_ps((__m256)lowest, (__m256)x));
#elif defined(__SSE2__)
    return (Vector)_mm_min_ps((__m128)highest, _mm_max_ps((__m128)lowest, (__m128)x));
#else
    const Vector raised = x < low ? lowest : x;
    return raised > high ? highest : raised;
#endif
}

// 1.5 * 2^23 + 127: adding it to n rounds to an integer and leaves the exponent of 2^n in the low bits.
constexpr float kExponentRound = 12583039.0f;
inline Vector power_of_two(Vector rounded) { return (Vector)((Bits)rounded << 23); }

// (e^r - 1 - r) / r^2 for |r| <= ln(2) / 2, with the least largest error relative to e^r - 1, 1.8e-8.
inline Vector growth_series(Vector r) {
    Vector p = r * 1.388250967e-3f + 8.366580121e-3f;
    p = p * r + 4.166720062e-2f;
    p = p * r + 1.666654348e-1f;
    return p * r + 4.999999702e-1f;
}

// 1 / (1 + e^-x). Where e^-x overflows it is 0.
inline Vector sigmoid(Vector x) {
    const Vector limited = clamped(x, -89.0f, 87.0f);
    const Vector rounded = limited * -1.44269504f + kExponentRound;
    const Vector n = rounded - kExponentRound;
    const Vector r = (-limited - n * 0.693359375f) - n * -2.12194440e-4f;  // ln 2 in two parts, the first exact times n
    const Vector power = (growth_series(r) * r + 1.0f) * r + 1.0f;
    return 1.0f / (power * power_of_two(rounded) + 1.0f);
}

// E / (E + 1) with E = (e^2x - 1) / 2
inline Vector hyperbolic_tangent(Vector x) {
    const Vector limited = clamped(x, -10.0f, 10.0f);
    const Vector rounded = limited * 2.88539008f + kExponentRound;
    const Vector scale = power_of_two(rounded);
    const Vector r = limited - (rounded - kExponentRound) * 0.346573590f;  // half of what e^2x leaves
    // (e^2r - 1) / 2 = r + 2 r^2 p(2r)
    Vector p = r * 4.442403094e-2f + 1.338652819e-1f;
    p = p * r + 3.333376050e-1f;
    p = p * r + 6.666617392e-1f;
    p = p * r + 9.999999404e-1f;
    const Vector half = (p * (r * r) + r) * scale + (scale * 0.5f - 0.5f);
    return half / (half + 1.0f);
}

// The same rounding wherever a cell's state is worked out, for the backward pass does so once more.
inline Vector next_cell(Vector f, Vector before, Vector i, Vector g) { return f * before + i * g; }

}  // namespace pixelrnn
