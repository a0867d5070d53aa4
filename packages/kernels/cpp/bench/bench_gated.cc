// Times the layers of the two Gated PixelCNNs of the training bench, batch 16, and GFLOP/s of their live taps.
#include "bench/benching.h"

namespace bench {
namespace {

enum { kVertical, kLink, kHorizontal, kProjection, kAll };

struct Shape {
    const char* name;
    int32_t layers, side, maps, colors;
};

// One of the convolutions with what it reads and what its gradients are written to.
struct Part {
    std::vector<int32_t> taps;
    std::vector<float> mask;
    pixelrnn_conv conv;
    Array kernel, bias, dkernel, dbias;

    template <typename F>
    Part(const Shape& shape, int32_t rows, int32_t columns, int32_t cin, int32_t cout, const F& live)
        : kernel(static_cast<size_t>(rows) * columns * cin * cout, 0.1f),
          bias(cout),
          dkernel(kernel.size()),
          dbias(cout) {
        for (int32_t row = 0; row < rows; row++)
            for (int32_t column = 0; column < columns; column++) {
                bool any = false;
                for (int32_t in = 0; in < cin; in++)
                    for (int32_t out = 0; out < cout; out++) {
                        const bool kept = live(row - rows / 2, column - columns / 2, in % shape.colors,
                                               out % shape.maps % shape.colors);
                        any = any || kept;
                        mask.push_back(kept ? 1 : 0);
                    }
                if (!any) continue;
                taps.push_back(row);
                taps.push_back(column);
            }
        conv = {.batch = 16,
                .height = shape.side,
                .width = shape.side,
                .cin = cin,
                .cout = cout,
                .kernel_height = rows,
                .kernel_width = columns,
                .tap_count = static_cast<int32_t>(taps.size() / 2),
                .taps = taps.data(),
                .input_relu = 0,
                .output_relu = 0};
    }
};

void bench(const Shape& shape, ThreadPool& pool) {
    const int32_t p = shape.maps;
    Part parts[kAll] = {
        Part(shape, 3, 3, p, 2 * p, [](int32_t down, int32_t, int32_t, int32_t) { return down <= 0; }),
        Part(shape, 3, 1, 2 * p, 2 * p, [](int32_t down, int32_t, int32_t, int32_t) { return down < 0; }),
        Part(shape, 1, 3, p, 2 * p,
             [](int32_t, int32_t right, int32_t in, int32_t out) { return right < 0 || (right == 0 && in <= out); }),
        Part(shape, 1, 1, p, p, [](int32_t, int32_t, int32_t in, int32_t out) { return in <= out; })};
    const pixelrnn_gated_layer layer = {.vertical = parts[kVertical].conv,
                                        .link = parts[kLink].conv,
                                        .horizontal = parts[kHorizontal].conv,
                                        .projection = parts[kProjection].conv,
                                        .residual = 1};
    const float *kernels[kAll], *masks[kAll], *biases[kAll];
    float *dkernels[kAll], *dbiases[kAll];
    double work = 0;
    const size_t pixels = 16u * shape.side * shape.side;
    for (int32_t c = 0; c < kAll; c++) {
        const Part& part = parts[c];
        kernels[c] = part.kernel.data();
        masks[c] = part.mask.data();
        biases[c] = part.bias.data();
        dkernels[c] = part.dkernel.data();
        dbiases[c] = part.dbias.data();
        work += 2e-9 * pixels * part.conv.tap_count * part.conv.cin * part.conv.cout;
    }
    const Array v(pixels * p), h(v.size()), next_v(v.size()), next_h(v.size()), sums(2 * v.size()),
        halves(2 * v.size());
    const Array dnext_v(v.size()), dnext_h(v.size()), dv(v.size()), dh(v.size());
    const Workspace workspace(
        std::max(pixelrnn_gated_layer_forward_workspace(&layer), pixelrnn_gated_layer_backward_workspace(&layer)));
    const double forward = best_of([&] {
        pixelrnn_gated_layer_forward(&layer, v.data(), h.data(), kernels, masks, biases, nullptr, nullptr,
                                     next_v.data(), next_h.data(), sums.data(), halves.data(), workspace.get(),
                                     pool.executor());
    });
    const double backward = best_of([&] {
        pixelrnn_gated_layer_backward(&layer, v.data(), h.data(), kernels, masks, sums.data(), halves.data(),
                                      dnext_v.data(), dnext_h.data(), dv.data(), dh.data(), dkernels, dbiases, nullptr,
                                      nullptr, workspace.get(), pool.executor());
    });
    std::printf("%-34s forward %7.3f ms %4.0f   backward %7.3f ms %4.0f   %2d layers %7.2f ms\n", shape.name,
                forward * 1e3, work / forward, backward * 1e3, 2 * work / backward, shape.layers,
                shape.layers * (forward + backward) * 1e3);
}

}  // namespace

void bench_gated(ThreadPool& pool) {
    std::printf("\ngated layers, batch 16: ms and GFLOP/s of the live taps\n");
    for (const Shape& shape : {Shape{"Gated PixelCNN 28x28x1, h = 16", 7, 28, 16, 1},
                               Shape{"Gated PixelCNN 32x32x3, h = 32", 12, 32, 32, 3}})
        bench(shape, pool);
}

}  // namespace bench
