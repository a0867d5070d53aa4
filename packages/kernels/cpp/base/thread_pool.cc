#include "base/thread_pool.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <thread>
#include <vector>

#include "base/start_threads.h"

namespace pixelrnn {
namespace {

// The calls of a training step follow each other within some ten microseconds; sleeping in between would cost as much.
constexpr std::chrono::microseconds kSpin{50};

thread_local bool inside_task = false;

inline void pause() {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

template <typename Condition>
bool spin_until(const Condition& condition) {
    const auto end = std::chrono::steady_clock::now() + kSpin;
    do {
        for (int i = 0; i < 64; i++) {
            if (condition()) return true;
            pause();
        }
    } while (std::chrono::steady_clock::now() < end);
    return condition();
}

struct Round {
    int32_t count = 0;
    pixelrnn_task task = nullptr;
    void* context = nullptr;
};

// Tasks begin .. end - 1 of a round, of which the next one is free.
struct alignas(64) Share {
    std::atomic<int32_t> next{0};
    int32_t end = 0;
};

}  // namespace

// A round is open from the call until its last task was taken. A worker that wakes too late for it stays out, so that
// nobody waits for a sleeping thread. Each thread begins with a share of its own, the same in every round, because the
// next round's tasks mostly read what this round's tasks of the same numbers wrote; then it helps with the others'.
struct ThreadPool::Workers {
    explicit Workers(int32_t count) : process(getpid()), shares(count + 1) {
        start_threads(threads, count, [this](int32_t i) { work(i + 1); });
    }

    ~Workers() {
        {
            const std::lock_guard<std::mutex> lock(mutex);
            stopping = true;
            number.fetch_add(1);
        }
        wake.notify_all();
        for (std::thread& thread : threads) thread.join();
    }

    void run(const Round& next_round) {
        {
            const std::lock_guard<std::mutex> lock(mutex);
            round = next_round;
            const int64_t count = next_round.count, all = static_cast<int64_t>(shares.size());
            for (int64_t i = 0; i < all; i++) {
                shares[i].end = static_cast<int32_t>(count * (i + 1) / all);
                shares[i].next.store(static_cast<int32_t>(count * i / all));
            }
            open = true;
            number.fetch_add(1);
        }
        wake.notify_all();
        take_tasks(next_round, 0);
        {
            const std::lock_guard<std::mutex> lock(mutex);
            open = false;
        }
        if (spin_until([this] { return active.load() == 0; })) return;
        std::unique_lock<std::mutex> lock(mutex);
        done.wait(lock, [this] { return active.load() == 0; });
    }

    void work(int32_t share) {
        uint32_t seen = 0;
        const auto called = [&] { return number.load() != seen; };
        for (;;) {
            spin_until(called);
            std::unique_lock<std::mutex> lock(mutex);
            wake.wait(lock, called);
            seen = number.load();
            if (stopping) return;
            if (!open) continue;
            active.fetch_add(1);
            const Round joined = round;
            lock.unlock();
            take_tasks(joined, share);
            lock.lock();
            if (active.fetch_sub(1) == 1) done.notify_one();
        }
    }

    void take_tasks(const Round& current, size_t own) {
        inside_task = true;
        for (size_t i = 0; i < shares.size(); i++) {
            Share& share = shares[(own + i) % shares.size()];
            for (int32_t task; (task = share.next.fetch_add(1)) < share.end;) current.task(current.context, task);
        }
        inside_task = false;
    }

    const pid_t process;
    std::mutex mutex;
    std::condition_variable wake, done;
    Round round;                       // under the mutex
    bool open = false;                 // under the mutex
    bool stopping = false;             // under the mutex
    std::atomic<uint32_t> number{0};   // changed under the mutex
    std::atomic<int32_t> active{0};    // changed under the mutex
    std::vector<Share> shares;         // changed under the mutex while no round is open and nobody is active
    std::vector<std::thread> threads;  // last, so that they start when all else is there
};

ThreadPool::ThreadPool(int32_t threads)
    : threads_(threads < 1 ? 1 : threads),
      executor_{[](void* pool, int32_t count, pixelrnn_task task, void* context) {
                    static_cast<ThreadPool*>(pool)->run(count, task, context);
                },
                this} {}

ThreadPool::~ThreadPool() {
    if (workers_ && workers_->process == getpid()) delete workers_;
}

void ThreadPool::run(int32_t count, pixelrnn_task task, void* context) {
    if (threads_ == 1 || count <= 1 || inside_task) {
        for (int32_t i = 0; i < count; i++) task(context, i);
        return;
    }
    const std::lock_guard<std::mutex> lock(callers_);
    // A forked child has the parent's memory but none of its threads: their remains are left alone.
    if (!workers_ || workers_->process != getpid()) workers_ = new Workers(threads_ - 1);
    workers_->run({count, task, context});
}

}  // namespace pixelrnn
