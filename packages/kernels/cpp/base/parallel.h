// Runs a callable over 0 .. count - 1 on the caller's executor; in WebAssembly, which has no threads here, always on
// the calling thread, so that the module needs no table of functions.
#pragma once

#include "kernels.h"

namespace pixelrnn {

template <typename F>
void parallel(const pixelrnn_executor* executor, int32_t count, const F& task) {
#if !defined(__wasm__)
    if (executor && executor->run && count > 1) {
        const auto call = [](void* context, int32_t index) { (*static_cast<const F*>(context))(index); };
        return executor->run(executor->pool, count, call, const_cast<F*>(&task));
    }
#endif
    (void)executor;
    for (int32_t i = 0; i < count; i++) task(i);
}

inline int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }
inline int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }
inline int32_t pieces(int64_t total, int32_t size) { return static_cast<int32_t>((total + size - 1) / size); }
inline int32_t rounded_up(int32_t value, int32_t unit) { return (value + unit - 1) / unit * unit; }

}  // namespace pixelrnn
