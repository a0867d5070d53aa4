// Threads as far as the system gives them.
#pragma once

#include <stdint.h>

#include <exception>
#include <thread>
#include <vector>

namespace pixelrnn {

// Starts work(0) .. work(count - 1) on threads of their own, the first ones alone where the system has no more threads to
// give: whoever shares work out must not count on them. The caller joins.
template <typename Work>
void start_threads(std::vector<std::thread>& threads, int32_t count, const Work& work) {
    if (count > 0) threads.reserve(threads.size() + static_cast<size_t>(count));
    try {
        for (int32_t i = 0; i < count; i++) threads.emplace_back([work, i] { work(i); });
    } catch (const std::exception&) {
    }
}

}  // namespace pixelrnn
