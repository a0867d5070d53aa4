// Elementary functions of +, -, *, / and bits alone, each rounded where it is written: the same result to the bit on every
// machine, if the compiler contracts nothing (-ffp-contract=off). V is a vector of floats.
#pragma once

#include <stdint.h>

#include "plan/lanes.h"

namespace pixelrnn::plan {

template <typename V>
struct BitsOf {
    typedef typename VectorOf<sizeof(V) / 4>::bits type;
};

template <typename V>
inline V relu(V x) {
    return x < 0 ? V{} : x;
}

template <typename V>
inline V clamped(V x, float low, float high) {
    const V raised = x < low ? broadcast<V>(low) : x;
    return raised > high ? broadcast<V>(high) : raised;
}

// e^x within 2 units in the last place. Below -87.33 (no normal number) it is 0; x is at most 88.
template <typename V>
inline V exponential(V x) {
    typedef typename BitsOf<V>::type Bits;
    const float round = 12582912.0f;  // 1.5 * 2^23: adding it leaves the nearest integer in the low bits
    const V limited = clamped(x, -88.0f, 88.0f);
    const V shifted = limited * 1.44269504f + round;
    const V n = shifted - round;
    const V r = (limited - n * 0.693359375f) - n * -2.12194440e-4f;  // ln 2 in two parts, the first one exact times n
    V p = r * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    const V result = (V)((Bits)p + ((Bits)shifted << 23));
    return x < -87.33654f ? V{} : result;
}

// The natural logarithm of a normal positive number, within 1 unit in the last place or 1e-7 around 1 (Cephes' logf).
template <typename V>
inline V logarithm(V x) {
    typedef typename BitsOf<V>::type Bits;
    typedef typename VectorOf<sizeof(V) / 4>::ints Ints;
    // m in [sqrt(1/2), sqrt(2)), x = m 2^e
    const Bits offset = (Bits)x - 0x3f3504f3u;
    const V e = __builtin_convertvector((Ints)offset >> 23, V);
    const V m = (V)((offset & 0x007fffffu) + 0x3f3504f3u) - 1.0f;
    const V square = m * m;
    V p = m * 7.0376836292e-2f - 1.1514610310e-1f;
    p = p * m + 1.1676998740e-1f;
    p = p * m - 1.2420140846e-1f;
    p = p * m + 1.4249322787e-1f;
    p = p * m - 1.6668057665e-1f;
    p = p * m + 2.0000714765e-1f;
    p = p * m - 2.4999993993e-1f;
    p = p * m + 3.3333331174e-1f;
    p = p * m * square;
    p = p + e * -2.12194440e-4f - square * 0.5f;
    return (m + p) + e * 0.693359375f;
}

// log(1 + x) for x in [0, 1], with a small relative error also where x vanishes beside 1.
template <typename V>
inline V logarithm_of_one_plus(V x) {
    const V sum = x + 1.0f;
    const V rounded = sum - 1.0f;
    return rounded == 0 ? x : logarithm(sum) * (x / (rounded == 0 ? sum : rounded));
}

template <typename V>
inline V sigmoid(V x) {
    return 1.0f / (exponential(-clamped(x, -87.0f, 87.0f)) + 1.0f);
}

// E / (E + 2) with E = e^2x - 1
template <typename V>
inline V hyperbolic_tangent(V x) {
    typedef typename BitsOf<V>::type Bits;
    const float round = 12583039.0f;  // 1.5 * 2^23 + 127: leaves the exponent of 2^n in the low bits
    const V limited = clamped(x, -10.0f, 10.0f);
    const V shifted = limited * 2.88539008f + round;
    const V scale = (V)((Bits)shifted << 23);
    const V r = limited - (shifted - round) * 0.346573590f;  // half of what e^2x leaves
    // (e^2r - 1) / 2 = r + 2 r^2 p(2r)
    V p = r * 4.442403094e-2f + 1.338652819e-1f;
    p = p * r + 3.333376050e-1f;
    p = p * r + 6.666617392e-1f;
    p = p * r + 9.999999404e-1f;
    const V half = (p * (r * r) + r) * scale + (scale * 0.5f - 0.5f);
    return half / (half + 1.0f);
}

// The error function within 1e-7: a polynomial in x^2 near 0, 1 - e^polynomial further out.
template <typename V>
inline V error_function(V x) {
    const V size = clamped(x < 0 ? -x : x, 0.0f, 4.0f);
    const V s = size * size;
    V near = s * -5.96761703e-4f + 4.99119423e-3f;
    near = near * s - 2.67681349e-2f;
    near = near * s + 1.12819925e-1f;
    near = near * s - 3.76125336e-1f;
    near = near * s + 1.28379166e-1f;
    near = near * size + size;
    V far = size * -1.72853470e-5f + 3.83197126e-4f;
    far = far * size - 3.88396438e-3f;
    far = far * size + 2.42546219e-2f;
    far = far * size - 1.06777877e-1f;
    far = far * size - 6.34846687e-1f;
    far = far * size - 1.28717512e-1f;
    far = far * size - size;
    const V result = size > 0.921875f ? 1.0f - exponential(far) : near;
    return x < 0 ? -result : result;
}

}  // namespace pixelrnn::plan
