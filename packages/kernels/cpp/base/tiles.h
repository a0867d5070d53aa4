// Cuts a line into register tiles of nearly equal heights, each a template of its own, so that no multiplication is lost.
#pragma once

#include "base/parallel.h"

namespace pixelrnn {

template <int32_t most, typename F>
inline void run_tile(int32_t count, const F& f, int32_t at) {
    if constexpr (most == 1)
        f.template run<1>(at);
    else if (count == most)
        f.template run<most>(at);
    else
        run_tile<most - 1>(count, f, at);
}

// f.run<height>(first) for tiles of at most `most` that together cover 0 .. count - 1.
template <int32_t most, typename F>
inline void each_tile(int32_t count, const F& f) {
    const int32_t tiles = pieces(count, most);
    for (int32_t tile = 0, at = 0; tile < tiles; tile++) {
        const int32_t end = count * (tile + 1) / tiles;
        run_tile<most>(end - at, f, at);
        at = end;
    }
}

}  // namespace pixelrnn
