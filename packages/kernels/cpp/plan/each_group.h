// Groups of images shared over threads.
#pragma once

#include <stdint.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "base/start_threads.h"

namespace pixelrnn::plan {

// work(i) for every group, on the calling thread and as many others as there are.
template <typename F>
void each_group(int32_t groups, int32_t threads, const F& work) {
    std::atomic<int32_t> next{0};
    const auto take = [&](int32_t) {
        for (int32_t i = next++; i < groups; i = next++) work(i);
    };
    std::vector<std::thread> others;
    start_threads(others, std::min(threads, groups) - 1, take);
    take(0);
    for (std::thread& thread : others) thread.join();
}

}  // namespace pixelrnn::plan
