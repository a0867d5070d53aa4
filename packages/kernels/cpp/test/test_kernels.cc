// Runs every test of the kernels; the last line is the count, the exit status 1 where any failed.
#include "base/vector.h"
#include "test/testing.h"

int main() {
    testing::Suite::run_all();
    std::printf("%d lanes: %d passed, %d failed\n", pixelrnn::kLanes, testing::passed, testing::failed);
    return testing::failed == 0 ? 0 : 1;
}
