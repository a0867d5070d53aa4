// Worker threads for the native kernels, an implementation of `pixelrnn_parallel`.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "kernels.h"

namespace pixelrnn {

// `threads` counts the caller, who works along: a pool of one starts no thread. Workers start at the first use, end
// with the pool, and start anew in a forked child. Calls from several threads queue; a call from inside a task runs
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
    void start();
    void work();
    void take_tasks();
    bool new_round(uint32_t seen) const;

    const int32_t threads_;
    pixelrnn_executor executor_;
    std::vector<std::thread> workers_;
    long process_ = 0;  // that started the workers

    std::mutex callers_;
    std::mutex mutex_;
    std::condition_variable wake_, done_;
    std::atomic<uint32_t> round_{0};
    std::atomic<int32_t> busy_{0};
    std::atomic<int32_t> next_{0};
    std::atomic<bool> stopping_{false};
    int32_t count_ = 0;
    pixelrnn_task task_ = nullptr;
    void* context_ = nullptr;
};

}  // namespace pixelrnn
