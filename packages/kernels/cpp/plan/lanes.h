// A group of images that goes through the plan together: one lane an image, several vectors where the machine's are narrower.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace pixelrnn::plan {

template <int32_t lanes>
struct VectorOf {
    typedef float type __attribute__((vector_size(4 * lanes)));
    typedef uint32_t bits __attribute__((vector_size(4 * lanes)));
    typedef int32_t ints __attribute__((vector_size(4 * lanes)));
};

template <int32_t width, int32_t vectors>
struct Group {
    typedef typename VectorOf<width>::type Vector;
    typedef typename VectorOf<width>::bits Bits;
    typedef typename VectorOf<width>::ints Ints;
    static constexpr int32_t kWidth = width;
    static constexpr int32_t kVectors = vectors;
    static constexpr int32_t kLanes = width * vectors;
    // Sums in registers: with several vectors a sum half as many, for the narrow machines have 16 registers.
    static constexpr int32_t kSums = vectors > 1 ? 4 : 8;
};

// The groups of this target: 16 images, or 8, and 4.
#if defined(__AVX512F__)
#define PIXELRNN_EACH_GROUP(apply) apply(16, 1) apply(8, 1) apply(4, 1)
#elif defined(__AVX__)
#define PIXELRNN_EACH_GROUP(apply) apply(8, 2) apply(8, 1) apply(4, 1)
#else
#define PIXELRNN_EACH_GROUP(apply) apply(4, 2) apply(4, 1)  // SSE2, NEON, WebAssembly SIMD
#endif

// Arrays of lanes are aligned as their vectors are.
template <typename V>
inline V load(const float* from) {
    typedef V Aliased __attribute__((may_alias));
    return *reinterpret_cast<const Aliased*>(from);
}

template <typename V>
inline void store(float* to, V value) {
    typedef V Aliased __attribute__((may_alias));
    *reinterpret_cast<Aliased*>(to) = value;
}

template <typename V>
inline V broadcast(float value) {
    return value - V{};
}

}  // namespace pixelrnn::plan
