// Vectors of the widest kind the target has, by the compiler's vector extensions, and elementary functions on them.
#pragma once

#include <stddef.h>
#include <stdint.h>

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

// Before the innermost loop of a gemm: four rounds at a time, for the loop's own instructions are a tenth of all. Measured
// faster with the vectors of x86, slower as WebAssembly.
#if defined(__wasm__)
#define PIXELRNN_UNROLL
#else
#define PIXELRNN_UNROLL _Pragma("GCC unroll 4")
#endif

namespace pixelrnn {

#if defined(__AVX512F__)
constexpr int32_t kLanes = 16;
#elif defined(__AVX2__) && defined(__FMA__)
constexpr int32_t kLanes = 8;
#else
constexpr int32_t kLanes = 4;  // SSE2, NEON, WebAssembly SIMD
#endif

template <int32_t lanes>
struct VectorOf {
    typedef float type __attribute__((vector_size(4 * lanes)));
    typedef float unaligned __attribute__((vector_size(4 * lanes), aligned(4), may_alias));
};

typedef VectorOf<kLanes>::type Vector;
typedef uint32_t Bits __attribute__((vector_size(4 * kLanes)));

template <int32_t lanes = kLanes>
inline typename VectorOf<lanes>::type load(const float* from) {
    return *reinterpret_cast<const typename VectorOf<lanes>::unaligned*>(from);
}

template <int32_t lanes = kLanes>
inline void store(float* to, typename VectorOf<lanes>::type value) {
    *reinterpret_cast<typename VectorOf<lanes>::unaligned*>(to) = value;
}

// Where a vector is a whole line of the cache, large arrays that are read much later are written past it: the cache need not
// read them first nor give up what it holds. `to` is then aligned as a vector is. Ends with end_streams().
#if defined(__AVX512F__)
constexpr bool kStreams = true;
inline void stream(float* to, Vector value) { _mm512_stream_ps(to, (__m512)value); }
inline void end_streams() { _mm_sfence(); }
#else
constexpr bool kStreams = false;
inline void stream(float* to, Vector value) { store(to, value); }
inline void end_streams() {}
#endif

// Asks for what will be read `floats` further on; that may lie behind the array's end.
inline void prefetch(const float* from, ptrdiff_t floats) {
    const uintptr_t at = reinterpret_cast<uintptr_t>(from) + static_cast<uintptr_t>(floats) * sizeof(float);
    __builtin_prefetch(reinterpret_cast<const void*>(at));
}

// Whether to stream an array of so many floats in pieces of `length`: smaller ones stay in the second cache.
inline bool streams(const float* array, size_t count, int32_t length) {
    constexpr size_t least = size_t(1) << 20;
    return kStreams && count >= least && reinterpret_cast<uintptr_t>(array) % sizeof(Vector) == 0 &&
           length % kLanes == 0;
}

inline Vector broadcast(float value) { return value - Vector{}; }

// max(x, 0) that keeps NaN, so that a diverged step is seen and not hidden.
template <typename V>
inline V relu(V x) {
    return x < 0 ? V{} : x;
}
inline float relu(float x) { return x < 0 ? 0.0f : x; }

inline Vector maximum(Vector a, Vector b) { return a < b ? b : a; }

// The lanes' sum and maximum, halves upon halves.
template <int32_t lanes, typename F>
inline float fold(const float* values, const F& f) {
    if constexpr (lanes == 4) {
        const auto x = load<4>(values);
        return f(f(x[0], x[1]), f(x[2], x[3]));
    } else {
        float halves[lanes / 2];
        store<lanes / 2>(halves, f(load<lanes / 2>(values), load<lanes / 2>(values + lanes / 2)));
        return fold<lanes / 2>(halves, f);
    }
}

inline float sum(Vector x) {
    float values[kLanes];
    store(values, x);
    return fold<kLanes>(values, [](auto a, auto b) { return a + b; });
}

inline float maximum(Vector x) {
    float values[kLanes];
    store(values, x);
    return fold<kLanes>(values, [](auto a, auto b) { return a < b ? b : a; });
}

// e^x within 2 units in the last place. Below -87.33 (no normal number) it is 0, above 88.72 infinite, NaN stays NaN.
inline Vector exponential(Vector x) {
    const float round = 12582912.0f;  // 1.5 * 2^23: adding it leaves the nearest integer in the low bits
    const Vector shifted = x * 1.44269504f + round;
    const Vector n = shifted - round;
    const Vector r = (x - n * 0.693359375f) - n * -2.12194440e-4f;  // ln 2 in two parts, the first one exact times n
    Vector p = r * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    // The low bits of `shifted` are n; n << 23 added to the bits of p multiplies it by 2^n.
    Vector result = (Vector)((Bits)p + ((Bits)shifted << 23));
    result = x < -87.33654f ? Vector{} : result;
    result = x > 88.72283f ? broadcast(__builtin_inff()) : result;
    return x == x ? result : x;
}

}  // namespace pixelrnn
