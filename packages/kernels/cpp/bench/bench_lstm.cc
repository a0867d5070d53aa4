// Times the recurrent layers of the training bench, batch 16: whole layers with up-projection and residual, and GFLOP/s of
// their matrix products.
#include "bench/benching.h"

namespace bench {
namespace {

struct Shape {
    const char* name;
    int32_t layers, side, hidden, colors, directions;
};

// A masked centre tap of three colours counts as whole.
double gigaflops(const Shape& shape, int32_t taps) {
    const double pixels = 16.0 * shape.side * shape.side, gates = 4.0 * shape.hidden * shape.directions;
    const double state = shape.hidden * (shape.directions == 1 ? 3 : 2);
    const double up = 2.0 * shape.hidden * shape.hidden;
    return 2e-9 * pixels * (gates * (2 * shape.hidden * taps + state) + up);
}

void bench(const Shape& shape, ThreadPool& pool) {
    const int32_t h = shape.hidden, cin = 2 * h, gates = 4 * h * shape.directions;
    const int32_t kernel = shape.directions == 1 ? 3 : 1, state = shape.directions == 1 ? 3 : 2;
    std::vector<float> mask;
    for (int32_t j = 0; j < kernel; j++)
        for (int32_t i = 0; i < cin; i++)
            for (int32_t n = 0; n < gates; n++)
                mask.push_back(j < kernel / 2 || (j == kernel / 2 && i % shape.colors <= n % h % shape.colors) ? 1 : 0);
    const int32_t taps[] = {0, 0, 0, 1};
    const size_t pixels = 16u * shape.side * shape.side, states = static_cast<size_t>(shape.directions) * h;
    const Array x(pixels * cin), kernels(mask.size(), 0.1f), bias(gates), state_kernel(states * state * 4 * h, 0.1f);
    const Array initial(states), hidden(pixels * h), y(pixels * cin), dy(y.size()), all_gates(pixels * gates);
    const Array up_kernel(static_cast<size_t>(h) * cin, 0.1f), up_bias(cin), dup(up_kernel.size()), dup_bias(cin);
    std::vector<float> up_mask;
    for (int32_t i = 0; i < h; i++)
        for (int32_t n = 0; n < cin; n++) up_mask.push_back(i % shape.colors <= n % shape.colors ? 1 : 0);
    const Array dx(x.size()), dkernels(mask.size()), dbias(gates), dstate(state_kernel.size()), dinitial(states),
        dcell(states);
    const pixelrnn_lstm_parameters parameters = {.input_kernel = kernels.data(),
                                                 .input_mask = mask.data(),
                                                 .bias = bias.data(),
                                                 .state_kernel = state_kernel.data(),
                                                 .initial_hidden = initial.data(),
                                                 .initial_cell = initial.data(),
                                                 .up_kernel = up_kernel.data(),
                                                 .up_mask = up_mask.data(),
                                                 .up_bias = up_bias.data()};
    const pixelrnn_lstm_gradients gradients = {.x = dx.data(),
                                               .input_kernel = dkernels.data(),
                                               .bias = dbias.data(),
                                               .state_kernel = dstate.data(),
                                               .initial_hidden = dinitial.data(),
                                               .initial_cell = dcell.data(),
                                               .up_kernel = dup.data(),
                                               .up_bias = dup_bias.data(),
                                               .addition = nullptr};
    const pixelrnn_row_lstm row = {.batch = 16,
                                   .height = shape.side,
                                   .width = shape.side,
                                   .cin = cin,
                                   .hidden = h,
                                   .kernel_width = 3,
                                   .tap_count = 2,
                                   .taps = taps,
                                   .state_width = 3,
                                   .up = {.channels = cin, .residual = 1}};
    const pixelrnn_diagonal_bilstm diagonal = {.batch = 16,
                                               .height = shape.side,
                                               .width = shape.side,
                                               .cin = cin,
                                               .hidden = h,
                                               .up = {.channels = cin, .residual = 1}};
    const Workspace workspace(
        std::max({pixelrnn_row_lstm_forward_workspace(&row), pixelrnn_row_lstm_backward_workspace(&row),
                  pixelrnn_diagonal_bilstm_forward_workspace(&diagonal),
                  pixelrnn_diagonal_bilstm_backward_workspace(&diagonal)}));
    const double forward = best_of([&] {
        if (shape.directions == 1)
            pixelrnn_row_lstm_forward(&row, x.data(), &parameters, nullptr, all_gates.data(), hidden.data(), y.data(),
                                      workspace.get(), pool.executor());
        else
            pixelrnn_diagonal_bilstm_forward(&diagonal, x.data(), &parameters, nullptr, all_gates.data(), hidden.data(),
                                             y.data(), workspace.get(), pool.executor());
    });
    const double backward = best_of([&] {
        if (shape.directions == 1)
            pixelrnn_row_lstm_backward(&row, x.data(), &parameters, all_gates.data(), hidden.data(), dy.data(),
                                       &gradients, workspace.get(), pool.executor());
        else
            pixelrnn_diagonal_bilstm_backward(&diagonal, x.data(), &parameters, all_gates.data(), hidden.data(),
                                              dy.data(), &gradients, workspace.get(), pool.executor());
    });
    const double work = gigaflops(shape, shape.directions == 1 ? 2 : 1);
    std::printf("%-34s forward %7.3f ms %4.0f   backward %7.3f ms %4.0f   %2d layers %7.2f ms\n", shape.name,
                forward * 1e3, work / forward, backward * 1e3, 2 * work / backward, shape.layers,
                shape.layers * (forward + backward) * 1e3);
}

}  // namespace

void bench_recurrent(ThreadPool& pool) {
    std::printf("\nrecurrent layers with 2h inputs, batch 16: ms and GFLOP/s of the products\n");
    for (const Shape& shape :
         {Shape{"Diagonal BiLSTM 28x28x1, h = 16", 7, 28, 16, 1, 2},
          Shape{"Diagonal BiLSTM 28x28x1, h = 32", 1, 28, 32, 1, 2}, Shape{"Row LSTM 28x28x1, h = 16", 7, 28, 16, 1, 1},
          Shape{"Diagonal BiLSTM 32x32x3, h = 32", 12, 32, 32, 3, 2},
          Shape{"Row LSTM 32x32x3, h = 32", 12, 32, 32, 3, 1}})
        bench(shape, pool);
}

}  // namespace bench
