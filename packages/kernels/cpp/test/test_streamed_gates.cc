// Gates that are written past the caches are the same ones.
#include "base/thread_pool.h"
#include "base/vector.h"
#include "test/testing_lstm_problem.h"

namespace testing {
namespace {

// Large enough to be streamed where vectors are whole lines of the cache.
void test(int32_t directions, Numbers& numbers) {
    static pixelrnn::ThreadPool two(2);
    const int32_t kernel = directions == 1 ? 3 : 1, state = directions == 1 ? 3 : 2, batch = 2 * (3 - directions);
    const Problem p({{batch, 64, 66, 4, 32, directions, kernel, state, 0, false}, 1, true, true, false}, numbers);
    const size_t count = p.c.shape.pixels() * p.c.shape.gates();
    const Workspace memory((count + 1) * sizeof(float));
    float *aligned = static_cast<float*>(memory.get()), *shifted = aligned + 1;
    check(pixelrnn::streams(aligned, count, 32) == pixelrnn::kStreams && !pixelrnn::streams(shifted, count, 32),
          "aligned gates are streamed");
    std::vector<float> gates[2], hidden[2];
    for (const bool streamed : {false, true}) {
        hidden[streamed] = unwritten(p.c.shape.pixels() * 32);
        float* to = streamed ? aligned : shifted;
        std::fill(to, to + count, 0.0f);  // the direction to the left leaves a row's gates unwritten
        const pixelrnn_lstm_parameters parameters = p.parameters();
        if (directions == 1) {
            const pixelrnn_row_lstm lstm = p.row();
            const Workspace workspace(pixelrnn_row_lstm_forward_workspace(&lstm));
            pixelrnn_row_lstm_forward(&lstm, p.inputs.x.data(), &parameters, nullptr, to, hidden[streamed].data(),
                                      nullptr, workspace.get(), two.executor());
        } else {
            const pixelrnn_diagonal_bilstm lstm = p.diagonal();
            const Workspace workspace(pixelrnn_diagonal_bilstm_forward_workspace(&lstm));
            pixelrnn_diagonal_bilstm_forward(&lstm, p.inputs.x.data(), &parameters, nullptr, to,
                                             hidden[streamed].data(), nullptr, workspace.get(), two.executor());
        }
        gates[streamed].assign(to, to + count);
    }
    check(identical(gates[0], gates[1]) && identical(hidden[0], hidden[1]),
          "streamed gates with " + std::to_string(directions) + " directions");
}

void test_streamed_gates() {
    Numbers numbers(12);
    for (const int32_t directions : {1, 2}) test(directions, numbers);
}

const Suite suite(test_streamed_gates);

}  // namespace
}  // namespace testing
