// Times every kernel of the two PixelCNNs of the training bench and adds them up to a step, and the recurrent and the gated
// layers; minima over the rounds. bench.sh compiles and runs it.
#include "bench/benching.h"

namespace {

using namespace bench;

struct Layer {
    int32_t times, side, cin, cout, kernel;
    bool mask_a, input_relu, output_relu, residual, input_gradient;
};

struct Times {
    double forward = 0, backward = 0;
};

Times bench(const Layer& layer, int32_t colors, ThreadPool& pool) {
    const int32_t centre = layer.kernel / 2;
    std::vector<int32_t> taps;
    std::vector<float> mask;
    for (int32_t row = 0; row < layer.kernel; row++)
        for (int32_t column = 0; column < layer.kernel; column++) {
            const bool before = row < centre || (row == centre && column < centre);
            const bool at_centre = row == centre && column == centre;
            bool any = false;
            for (int32_t in = 0; in < layer.cin; in++)
                for (int32_t out = 0; out < layer.cout; out++) {
                    const int32_t i = in % colors, o = out % colors;
                    const bool live = before || (at_centre && (layer.mask_a ? i < o : i <= o));
                    any = any || live;
                    mask.push_back(live ? 1 : 0);
                }
            if (any) taps.insert(taps.end(), {row, column});
        }
    const pixelrnn_conv conv = {.batch = 16,
                                .height = layer.side,
                                .width = layer.side,
                                .cin = layer.cin,
                                .cout = layer.cout,
                                .kernel_height = layer.kernel,
                                .kernel_width = layer.kernel,
                                .tap_count = static_cast<int32_t>(taps.size() / 2),
                                .taps = taps.data(),
                                .input_relu = layer.input_relu,
                                .output_relu = layer.output_relu};
    const size_t pixels = 16u * layer.side * layer.side;
    const Array x(pixels * layer.cin), kernel(mask.size(), 0.1f), bias(layer.cout), residual(pixels * layer.cout);
    const Array dy(residual.size()), y(dy.size()), dx(x.size()), dkernel(kernel.size()), dbias(bias.size());
    const Workspace workspace(
        std::max(pixelrnn_conv_forward_workspace(&conv), pixelrnn_conv_backward_workspace(&conv)));
    const auto forward = [&] {
        pixelrnn_conv_forward(&conv, x.data(), kernel.data(), mask.data(), bias.data(),
                              layer.residual ? residual.data() : nullptr, y.data(), workspace.get(), pool.executor());
    };
    const auto backward = [&](bool with_dx) {
        pixelrnn_conv_backward(&conv, x.data(), kernel.data(), mask.data(), y.data(), dy.data(),
                               with_dx ? dx.data() : nullptr, dkernel.data(), dbias.data(), workspace.get(),
                               pool.executor());
    };
    const double flops = 2.0 * pixels * conv.tap_count * layer.cin * layer.cout;
    const double t_forward = best_of(forward), t_filter = best_of([&] { backward(false); });
    const double t_both = layer.input_gradient ? best_of([&] { backward(true); }) : t_filter;
    std::printf("%2d x (%3d, %3d, %2d) %7.3f ms %4.0f   dkernel %7.3f ms %4.0f", layer.times, layer.cin, layer.cout,
                conv.tap_count, t_forward * 1e3, flops / t_forward / 1e9, t_filter * 1e3, flops / t_filter / 1e9);
    if (layer.input_gradient)
        std::printf("   dx %7.3f ms %4.0f", (t_both - t_filter) * 1e3, flops / (t_both - t_filter) / 1e9);
    std::printf("\n");
    return {layer.times * t_forward, layer.times * t_both};
}

double bench_losses(int32_t side, int32_t colors, ThreadPool& pool) {
    Numbers numbers(8);
    const int32_t per_image = side * side * colors, levels = 256;
    const size_t rows = 16u * per_image, count = rows * (colors == 3 ? levels : 1);
    const Array logits(count, 3), dnats(16), nats(16), normaliser(rows), dlogits(count);
    std::vector<int32_t> labels(rows);
    for (int32_t& label : labels) label = numbers.below(colors == 3 ? levels : 2);
    const double forward = best_of([&] {
        if (colors == 3)
            pixelrnn_softmax_cross_entropy_forward(16, per_image, levels, logits.data(), labels.data(), nats.data(),
                                                   normaliser.data(), pool.executor());
        else
            pixelrnn_bernoulli_cross_entropy_forward(16, per_image, logits.data(), labels.data(), nats.data(),
                                                     pool.executor());
    });
    const double backward = best_of([&] {
        if (colors == 3)
            pixelrnn_softmax_cross_entropy_backward(16, per_image, levels, logits.data(), labels.data(),
                                                    normaliser.data(), dnats.data(), dlogits.data(), pool.executor());
        else
            pixelrnn_bernoulli_cross_entropy_backward(16, per_image, logits.data(), labels.data(), dnats.data(),
                                                      dlogits.data(), pool.executor());
    });
    const double bytes = static_cast<double>(count) * sizeof(float);
    std::printf("cross-entropy forward %.3f ms (%.1f GB/s read), backward %.3f ms (%.1f GB/s read and written)\n",
                forward * 1e3, bytes / forward / 1e9, backward * 1e3, 2 * bytes / backward / 1e9);
    return forward + backward;
}

double bench_optimizers(size_t count) {
    const Array g(count), p(count), m(count), s(count);
    std::fill(s.data(), s.data() + count, 0.01f);
    const double rmsprop = best_of(
        [&] { pixelrnn_rmsprop(count, 1e-3f, 0.99f, 1e-8f, g.data(), p.data(), s.data(), p.data(), s.data()); });
    const double adam = best_of([&] {
        pixelrnn_adam(count, 1e-3f, 0.9f, 0.999f, 1e-8f, 3, g.data(), p.data(), m.data(), s.data(), p.data(), m.data(),
                      s.data());
    });
    std::printf("%zu parameters: RMSProp %.3f ms, Adam %.3f ms\n", count, rmsprop * 1e3, adam * 1e3);
    return rmsprop;
}

void bench_network(const char* name, const std::vector<Layer>& layers, int32_t colors, ThreadPool& pool) {
    std::printf("\n%s, batch 16: times (cin, cout, taps), ms and GFLOP/s of live taps\n", name);
    Times total;
    size_t parameters = 0;
    for (const Layer& layer : layers) {
        const Times times = bench(layer, colors, pool);
        total.forward += times.forward;
        total.backward += times.backward;
        parameters += static_cast<size_t>(layer.times) * layer.cout * (1 + layer.cin * layer.kernel * layer.kernel);
    }
    const double rest = bench_losses(layers[0].side, colors, pool) + bench_optimizers(parameters);
    const double step = total.forward + total.backward + rest;
    std::printf("convolutions forward %.2f ms, backward %.2f ms; step %.2f ms = %.0f images/s\n", total.forward * 1e3,
                total.backward * 1e3, step * 1e3, 16 / step);
}

}  // namespace

int main(int argc, char** argv) {
    ThreadPool pool(argc > 1 ? std::atoi(argv[1]) : 2);
    processor_time = pool.threads() == 1;
    if (argc > 2) seconds_each = std::atof(argv[2]);
    const std::string only = argc > 3 ? argv[3] : "";
    std::printf("%d lanes, %d threads, peak %.0f GFLOP/s\n", kLanes, pool.threads(), peak_gflops(pool));
    if (only.empty() || only == "recurrent") bench_recurrent(pool);
    if (only.empty() || only == "gated") bench_gated(pool);
    if (!only.empty() && only != "convolutions") return 0;
    bench_network("PixelCNN 28x28x1, h = 16, 7 blocks, head 32",
                  {{1, 28, 1, 32, 7, true, false, false, false, false},
                   {7, 28, 32, 16, 1, false, true, false, false, true},
                   {7, 28, 16, 16, 3, false, true, false, false, true},
                   {7, 28, 16, 32, 1, false, true, false, true, true},
                   {2, 28, 32, 32, 1, false, true, false, false, true},
                   {1, 28, 32, 1, 1, false, true, false, false, true}},
                  1, pool);
    bench_network("PixelCNN 32x32x3, h = 32, 12 blocks, head 256",
                  {{1, 32, 3, 64, 7, true, false, false, false, false},
                   {12, 32, 64, 32, 1, false, true, false, false, true},
                   {12, 32, 32, 32, 3, false, true, false, false, true},
                   {12, 32, 32, 64, 1, false, true, false, true, true},
                   {1, 32, 64, 256, 1, false, true, false, false, true},
                   {1, 32, 256, 256, 1, false, true, false, false, true},
                   {1, 32, 256, 768, 1, false, true, false, false, true}},
                  3, pool);
}
