// The gated unit alone against double precision.
#include <algorithm>
#include <cmath>

#include "base/thread_pool.h"
#include "test/testing.h"

namespace testing {
namespace {

typedef std::vector<float> Floats;

void test(int32_t pixels, int32_t maps, float range, Numbers& numbers) {
    static pixelrnn::ThreadPool three(3);
    const size_t size = static_cast<size_t>(pixels) * maps;
    const Floats sums = numbers.array(2 * size, -range, range), dy = numbers.array(size);
    Floats y = unwritten(size), dsums = unwritten(2 * size), wanted(size), dwanted(2 * size);
    pixelrnn_gate_forward(pixels, maps, sums.data(), y.data(), nullptr);
    pixelrnn_gate_backward(pixels, maps, sums.data(), dy.data(), dsums.data(), nullptr);
    for (int32_t pixel = 0; pixel < pixels; pixel++)
        for (int32_t map = 0; map < maps; map++) {
            const size_t at = static_cast<size_t>(pixel) * maps + map, a = at + static_cast<size_t>(pixel) * maps;
            const double tangent = std::tanh(double(sums[a])), gate = 1 / (1 + std::exp(-double(sums[a + maps])));
            wanted[at] = static_cast<float>(tangent * gate);
            dwanted[a] = static_cast<float>(dy[at] * gate * (1 - tangent * tangent));
            dwanted[a + maps] = static_cast<float>(dy[at] * tangent * gate * (1 - gate));
        }
    const std::string name = "gate of " + std::to_string(pixels) + " x " + std::to_string(maps);
    check(difference(y, wanted) <= 1e-6, name);
    check(difference(dsums, dwanted) <= 1e-6, name + ": gradient");
    Floats again = unwritten(size), dagain = unwritten(2 * size);
    pixelrnn_gate_forward(pixels, maps, sums.data(), again.data(), three.executor());
    pixelrnn_gate_backward(pixels, maps, sums.data(), dy.data(), dagain.data(), three.executor());
    check(identical(y, again) && identical(dsums, dagain), name + ": same bits with 3 threads");
}

void test_gates() {
    Numbers numbers(17);
    for (int32_t maps = 1; maps <= 35; maps++) test(1 + numbers.below(600), maps, 4, numbers);
    test(16 * 28 * 28, 16, 4, numbers);
    test(256, 32, 100, numbers);  // to the ends of both functions
}

const Suite suite(test_gates);

}  // namespace
}  // namespace testing
