// What scans begin with: zeros, and initial states repeated. Arrays do not overlap.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace pixelrnn {

inline void clear(float* to, size_t count) {
    for (size_t i = 0; i < count; i++) to[i] = 0.0f;
}

inline void copy(float* to, const float* from, size_t count) {
    for (size_t i = 0; i < count; i++) to[i] = from[i];
}

// `count` times `length` values, each followed by zeros up to `padded`.
inline void repeat(float* to, int32_t count, ptrdiff_t pitch, const float* values, int32_t length, int32_t padded) {
    for (int32_t i = 0; i < count; i++, to += pitch)
        for (int32_t n = 0; n < padded; n++) to[n] = n < length ? values[n] : 0.0f;
}

}  // namespace pixelrnn
