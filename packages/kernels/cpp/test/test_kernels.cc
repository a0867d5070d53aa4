// Runs every test of the kernels; the last line is the count, the exit status 1 where any failed.
#include "test/testing.h"
#include "base/vector.h"

int main() {
    testing::test_convolutions();
    testing::test_chains();
    testing::test_cross_entropies();
    testing::test_gated_convolutions();
    testing::test_gates();
    testing::test_lstm();
    testing::test_optimisers();
    testing::test_streamed_gates();
    testing::test_thread_pool();
    std::printf("%d lanes: %d passed, %d failed\n", pixelrnn::kLanes, testing::passed, testing::failed);
    return testing::failed == 0 ? 0 : 1;
}
