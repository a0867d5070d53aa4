// A vector of an array's units that may have fewer than kLanes of them left.
#pragma once

#include "base/vector.h"

namespace pixelrnn {

template <bool whole>
struct PartVector;

template <>
struct PartVector<true> {
    static constexpr bool all = true;
    explicit PartVector(int32_t) {}
    Vector load(const float* from) const { return pixelrnn::load(from); }
    void store(float* to, Vector value) const { pixelrnn::store(to, value); }
};

// Out of line, where it would only swell the code.
__attribute__((noinline)) inline Vector load_part(const float* from, int32_t count) {
    float lanes[kLanes];
    for (int32_t i = 0; i < kLanes; i++) lanes[i] = i < count ? from[i] : 0.0f;
    return load(lanes);
}

__attribute__((noinline)) inline void store_part(float* to, int32_t count, Vector value) {
    float lanes[kLanes];
    store(lanes, value);
    for (int32_t i = 0; i < count; i++) to[i] = lanes[i];
}

// The other lanes are loaded as 0 and not stored.
template <>
struct PartVector<false> {
    static constexpr bool all = false;
    const int32_t count;
    explicit PartVector(int32_t left) : count(left) {}
    Vector load(const float* from) const { return load_part(from, count); }
    void store(float* to, Vector value) const { store_part(to, count, value); }
};

// f(first unit, part) for each vector of units.
template <typename F>
inline void each_part(int32_t units, const F& f) {
    int32_t unit = 0;
    for (; unit + kLanes <= units; unit += kLanes) f(unit, PartVector<true>(kLanes));
    if (unit < units) f(unit, PartVector<false>(units - unit));
}

}  // namespace pixelrnn
