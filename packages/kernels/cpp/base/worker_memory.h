// Working memory for tasks that run at the same time, a numbered piece for each of them. A task takes the lowest number that
// is free, so that no more pieces are touched than tasks run at once; which one it gets makes no difference to its results.
#pragma once

#include "base/parallel.h"

namespace pixelrnn {

// The images of a batch are cut into groups, a task each, by their number alone. There are as many pieces of memory as groups.
constexpr int32_t kMaxGroups = 16;

struct Groups {
    int32_t batch;
    int32_t count() const { return smaller(batch, kMaxGroups); }
    int32_t first(int32_t group) const { return static_cast<int32_t>(static_cast<int64_t>(batch) * group / count()); }
};

class WorkerMemory {
public:
    explicit WorkerMemory(int32_t count) : free_((1u << count) - 1) {}

    // Never more at the same time than there are.
    int32_t take() {
        uint32_t free = __atomic_load_n(&free_, __ATOMIC_RELAXED);
        while (
            !__atomic_compare_exchange_n(&free_, &free, free & (free - 1), false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
        }
        return __builtin_ctz(free);
    }
    void give_back(int32_t worker) { __atomic_fetch_or(&free_, 1u << worker, __ATOMIC_RELEASE); }

private:
    uint32_t free_;
};

// Runs f(image, group, number of the memory, whether it is the group's first image) for all images, those of a group in their order.
template <typename F>
void each_image(int32_t batch, const pixelrnn_executor* executor, const F& f) {
    const Groups groups = {batch};
    WorkerMemory memory(groups.count());
    parallel(executor, groups.count(), [&](int32_t group) {
        const int32_t worker = memory.take(), first = groups.first(group);
        for (int32_t image = first; image < groups.first(group + 1); image++) f(image, group, worker, image == first);
        memory.give_back(worker);
    });
}

}  // namespace pixelrnn
