// Worker threads for the native kernels: an implementation of `pixelrnn_parallel`.
#pragma once

#include <mutex>

#include "kernels.h"

namespace pixelrnn {

// `threads` counts the caller, who works along: a pool of one starts no thread. Workers start at the first use, as many as
// the system gives threads for, end with the pool, and start anew in a forked child. Calls from several threads queue; a call from inside a task runs
// on that task's thread.
class ThreadPool {
public:
    explicit ThreadPool(int32_t threads);
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    void run(int32_t count, pixelrnn_task task, void* context);
    int32_t threads() const { return threads_; }
    // Valid as long as the pool.
    const pixelrnn_executor* executor() const { return &executor_; }

private:
    struct Workers;

    const int32_t threads_;
    pixelrnn_executor executor_;
    std::mutex callers_;
    Workers* workers_ = nullptr;
};

}  // namespace pixelrnn
