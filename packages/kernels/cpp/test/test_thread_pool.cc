// Every task runs once, whatever the number of threads, tasks and callers, also from inside a task and after a fork.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <thread>

#include "base/parallel.h"
#include "base/thread_pool.h"
#include "test/testing.h"

namespace testing {
namespace {

using pixelrnn::parallel;
using pixelrnn::ThreadPool;

bool each_once(ThreadPool& pool, int32_t count) {
    const auto times = std::make_unique<std::atomic<int32_t>[]>(static_cast<size_t>(count) + 1);
    parallel(pool.executor(), count, [&](int32_t i) { times[i].fetch_add(1); });
    for (int32_t i = 0; i < count; i++)
        if (times[i].load() != 1) return false;
    return true;
}

void test_counts() {
    for (const int32_t threads : {0, 1, 2, 3, 8}) {
        ThreadPool pool(threads);
        bool good = true;
        for (int32_t round = 0; round < 200; round++)
            for (const int32_t count : {0, 1, 2, 3, 17}) good = good && each_once(pool, count);
        check(good, "every task once with " + std::to_string(threads) + " threads");
    }
}

void test_nested() {
    ThreadPool pool(3);
    std::atomic<int32_t> total{0};
    parallel(pool.executor(), 5, [&](int32_t) { parallel(pool.executor(), 7, [&](int32_t) { total.fetch_add(1); }); });
    check(total.load() == 35, "tasks inside tasks");
}

void test_callers() {
    ThreadPool pool(2);
    std::atomic<bool> good{true};
    std::vector<std::thread> callers;
    for (int i = 0; i < 3; i++)
        callers.emplace_back([&] {
            for (int round = 0; round < 100; round++)
                if (!each_once(pool, 9)) good.store(false);
        });
    for (std::thread& caller : callers) caller.join();
    check(good.load(), "several callers");
}

void test_fork() {
    ThreadPool pool(2);
    check(each_once(pool, 10), "before a fork");
    const pid_t child = fork();
    if (child == 0) _exit(each_once(pool, 10) ? 7 : 8);
    int status = 0;
    waitpid(child, &status, 0);
    check(WIFEXITED(status) && WEXITSTATUS(status) == 7, "in a forked child");
    check(each_once(pool, 10), "after a fork");
}

// A user who may start no thread; the limit of processes does not hold for root.
void test_no_threads() {
    const pid_t child = fork();
    if (child == 0) {
        const rlimit none{0, 0};
        if (geteuid() == 0 && setuid(65534) != 0) _exit(9);
        if (setrlimit(RLIMIT_NPROC, &none) != 0) _exit(9);
        ThreadPool pool(8);
        _exit(each_once(pool, 10) && each_once(pool, 10) ? 7 : 8);
    }
    int status = 0;
    waitpid(child, &status, 0);
    check(WIFEXITED(status) && WEXITSTATUS(status) == 7, "where the system gives no threads");
}

void test_thread_pool() {
    test_counts();
    test_nested();
    test_callers();
    test_fork();
    test_no_threads();
}

const Suite suite(test_thread_pool);

}  // namespace
}  // namespace testing
