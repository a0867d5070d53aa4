// Waiting for other ranks without taking the processor from them: MPI's own blocking calls spin, which ranks that share
// processors, or wait for a longer share than theirs, pay for.
#pragma once

#include <mpi.h>

#include <chrono>
#include <thread>

namespace pixelrnn {

inline void wait(MPI_Request request) {
    const auto start = std::chrono::steady_clock::now();
    for (int done = 0;;) {
        MPI_Test(&request, &done, MPI_STATUS_IGNORE);
        if (done) return;
        const auto waited = std::chrono::steady_clock::now() - start;
        if (waited < std::chrono::milliseconds(1)) {
            std::this_thread::yield();
        } else {
            std::this_thread::sleep_for(std::chrono::microseconds(waited < std::chrono::seconds(1) ? 100 : 2000));
        }
    }
}

// Until all ranks are here; a blocking call that follows finds them all awake.
inline void meet() {
    MPI_Request request;
    MPI_Ibarrier(MPI_COMM_WORLD, &request);
    wait(request);
}

}  // namespace pixelrnn
