// The residual block against its three convolutions one after the other.
#include <cmath>

#include "testing.h"
#include "thread_pool.h"

namespace testing {
namespace {

struct Size {
    int32_t batch, height, width, h, side, colors;
};

typedef std::vector<float> Floats;

struct Results {
    Floats hidden1, hidden2, y, dx, dkernels[3], dbiases[3];

    std::vector<const Floats*> all() const {
        std::vector<const Floats*> list = {&hidden1, &hidden2, &y, &dx};
        for (int c = 0; c < 3; c++) list.insert(list.end(), {&dkernels[c], &dbiases[c]});
        return list;
    }
};

struct Block {
    Size size;
    size_t pixels;
    Floats x, dy, kernels[3], masks[3], biases[3];
    std::vector<int32_t> taps[3];
    pixelrnn_conv convs[3];

    Block(const Size& s, Numbers& numbers) : size(s), pixels(static_cast<size_t>(s.batch) * s.height * s.width) {
        const int32_t channels[] = {2 * s.h, s.h, s.h, 2 * s.h}, sides[] = {1, s.side, 1};
        x = numbers.array(pixels * 2 * s.h);
        dy = numbers.array(pixels * 2 * s.h);
        for (int c = 0; c < 3; c++) {
            const int32_t cin = channels[c], cout = channels[c + 1], side = sides[c], centre = side / 2;
            kernels[c] = numbers.array(static_cast<size_t>(side) * side * cin * cout, -0.3f, 0.3f);
            biases[c] = numbers.array(cout);
            for (int32_t position = 0; position < side * side; position++) {
                const bool before = position < centre * side + centre, at = position == centre * side + centre;
                for (int32_t in = 0; in < cin; in++)
                    for (int32_t out = 0; out < cout; out++)
                        masks[c].push_back(before || (at && in % s.colors <= out % s.colors) ? 1.0f : 0.0f);
                if (before || at) taps[c].insert(taps[c].end(), {position / side, position % side});
            }
            convs[c] = {s.batch, s.height, s.width, cin, cout, side, side, static_cast<int32_t>(taps[c].size() / 2),
                        taps[c].data(), 1, 0};
        }
    }

    Results unwritten_results() const {
        Results r = {unwritten(pixels * size.h), unwritten(pixels * size.h), unwritten(x.size()), unwritten(x.size()),
                     {}, {}};
        for (int c = 0; c < 3; c++) {
            r.dkernels[c] = unwritten(kernels[c].size());
            r.dbiases[c] = unwritten(biases[c].size());
        }
        return r;
    }
};

Results compute(const Block& b, const pixelrnn_executor* executor) {
    Results r = b.unwritten_results();
    const float* const kernels[] = {b.kernels[0].data(), b.kernels[1].data(), b.kernels[2].data()};
    const float* const masks[] = {b.masks[0].data(), b.masks[1].data(), b.masks[2].data()};
    const float* const biases[] = {b.biases[0].data(), b.biases[1].data(), b.biases[2].data()};
    float* const dkernels[] = {r.dkernels[0].data(), r.dkernels[1].data(), r.dkernels[2].data()};
    float* const dbiases[] = {r.dbiases[0].data(), r.dbiases[1].data(), r.dbiases[2].data()};
    const Workspace forward(pixelrnn_block_forward_workspace(b.convs));
    pixelrnn_block_forward(b.convs, b.x.data(), kernels, masks, biases, r.hidden1.data(), r.hidden2.data(), r.y.data(),
                           forward.get(), executor);
    const Workspace backward(pixelrnn_block_backward_workspace(b.convs));
    pixelrnn_block_backward(b.convs, b.x.data(), kernels, masks, r.hidden1.data(), r.hidden2.data(), b.dy.data(),
                            r.dx.data(), dkernels, dbiases, backward.get(), executor);
    return r;
}

Results composed(const Block& b) {
    Results r = b.unwritten_results();
    Floats dhidden1 = r.hidden1, dhidden2 = r.hidden2;
    const float* const inputs[] = {b.x.data(), r.hidden1.data(), r.hidden2.data()};
    float* const outputs[] = {r.hidden1.data(), r.hidden2.data(), r.y.data()};
    for (int c = 0; c < 3; c++) {
        const Workspace workspace(pixelrnn_conv_forward_workspace(&b.convs[c]));
        pixelrnn_conv_forward(&b.convs[c], inputs[c], b.kernels[c].data(), b.masks[c].data(), b.biases[c].data(),
                              c == 2 ? b.x.data() : nullptr, outputs[c], workspace.get(), nullptr);
    }
    const float* const gradients[] = {dhidden1.data(), dhidden2.data(), b.dy.data()};
    float* const results[] = {r.dx.data(), dhidden1.data(), dhidden2.data()};
    for (int c = 2; c >= 0; c--) {
        const Workspace workspace(pixelrnn_conv_backward_workspace(&b.convs[c]));
        pixelrnn_conv_backward(&b.convs[c], inputs[c], b.kernels[c].data(), b.masks[c].data(), nullptr, gradients[c],
                               results[c], r.dkernels[c].data(), r.dbiases[c].data(), workspace.get(), nullptr);
    }
    for (size_t i = 0; i < r.dx.size(); i++) r.dx[i] += b.dy[i];
    return r;
}

// Largest difference, relative to the largest value; a NaN stays.
double difference(const Floats& got, const Floats& wanted) {
    double worst = 0, scale = 1e-30;
    for (size_t i = 0; i < got.size(); i++) {
        const double distance = std::fabs(double(got[i]) - wanted[i]);
        worst = distance <= worst ? worst : distance;
        scale = std::fabs(wanted[i]) > scale ? std::fabs(wanted[i]) : scale;
    }
    return worst / scale;
}

void test(const Size& size, Numbers& numbers) {
    static pixelrnn::ThreadPool two(2), three(3);
    const Block block(size, numbers);
    char name[100];
    std::snprintf(name, sizeof name, "block %dx%dx%d, h %d, kernel %d, %d colors", size.batch, size.height, size.width,
                  size.h, size.side, size.colors);
    const Results alone = compute(block, nullptr), wanted = composed(block);
    const auto got = alone.all(), expected = wanted.all();
    for (size_t i = 0; i < got.size(); i++)
        check(difference(*got[i], *expected[i]) <= 5e-6, std::string(name) + ", array " + std::to_string(i));
    for (pixelrnn::ThreadPool* pool : {&two, &three}) {
        const Results together = compute(block, pool->executor());
        const auto same = together.all();
        for (size_t i = 0; i < got.size(); i++)
            check(identical(*got[i], *same[i]),
                  std::string(name) + ": same bits with " + std::to_string(pool->threads()) + " threads");
    }
}

}  // namespace

void test_blocks() {
    Numbers numbers(6);
    test({5, 28, 28, 16, 3, 1}, numbers);
    test({4, 9, 8, 32, 3, 3}, numbers);
    test({70, 2, 3, 3, 3, 3}, numbers);  // more images than slots
    test({2, 4, 5, 200, 3, 3}, numbers);
    for (int32_t h = 1; h <= 40; h++)
        test({1 + numbers.below(6), 1 + numbers.below(9), 1 + numbers.below(9), h, 1 + 2 * numbers.below(3),
              numbers.below(2) == 0 ? 1 : 3},
             numbers);
}

}  // namespace testing
