// Chains of convolutions against the convolutions one after the other.
#include <cmath>

#include "base/thread_pool.h"
#include "conv/conv_chain.h"
#include "test/testing.h"

namespace testing {
namespace {

typedef std::vector<float> Floats;

// A convolution of a chain: output channels, kernel side, whether a relu comes first, whose input is added.
struct Link {
    int32_t channels, side, relu, residual;
};

struct Size {
    int32_t batch, height, width, channels, colors;
    std::vector<Link> links;
};

std::vector<const float*> pointers(const std::vector<Floats>& arrays) {
    std::vector<const float*> result;
    for (const Floats& array : arrays) result.push_back(array.data());
    return result;
}
std::vector<float*> pointers(std::vector<Floats>& arrays) {
    std::vector<float*> result;
    for (Floats& array : arrays) result.push_back(array.data());
    return result;
}

struct Results {
    std::vector<Floats> dkernels, dbiases;
    Floats y, dx;

    std::vector<const Floats*> all() const {
        std::vector<const Floats*> list = {&y, &dx};
        for (const auto* arrays : {&dkernels, &dbiases})
            for (const Floats& array : *arrays) list.push_back(&array);
        return list;
    }
};

struct Case {
    size_t pixels;
    Floats x, dy;
    std::vector<Floats> kernels, masks, biases;
    std::vector<std::vector<int32_t>> taps;
    std::vector<int32_t> residuals;
    std::vector<pixelrnn_conv> convs;

    Case(const Size& s, Numbers& numbers) : pixels(static_cast<size_t>(s.batch) * s.height * s.width) {
        x = numbers.array(pixels * s.channels);
        int32_t cin = s.channels;
        for (const Link& link : s.links) {
            const int32_t cout = link.channels, side = link.side, centre = side / 2;
            kernels.push_back(numbers.array(static_cast<size_t>(side) * side * cin * cout, -0.3f, 0.3f));
            biases.push_back(numbers.array(cout));
            masks.emplace_back();
            taps.emplace_back();
            for (int32_t position = 0; position < side * side; position++) {
                const bool before = position < centre * side + centre, at = position == centre * side + centre;
                for (int32_t in = 0; in < cin; in++)
                    for (int32_t out = 0; out < cout; out++)
                        masks.back().push_back(before || (at && in % s.colors <= out % s.colors) ? 1.0f : 0.0f);
                if (before || at) taps.back().insert(taps.back().end(), {position / side, position % side});
            }
            residuals.push_back(link.residual);
            convs.push_back({.batch = s.batch,
                             .height = s.height,
                             .width = s.width,
                             .cin = cin,
                             .cout = cout,
                             .kernel_height = side,
                             .kernel_width = side,
                             .tap_count = static_cast<int32_t>(taps.back().size() / 2),
                             .taps = nullptr,
                             .input_relu = link.relu,
                             .output_relu = 0});
            cin = cout;
        }
        for (size_t c = 0; c < convs.size(); c++) convs[c].taps = taps[c].data();
        dy = numbers.array(pixels * cin);
    }

    int32_t count() const { return static_cast<int32_t>(convs.size()); }
    pixelrnn_conv_chain chain() const { return {count(), convs.data(), residuals.data()}; }

    Results unwritten_results() const {
        Results r;
        for (int32_t c = 0; c < count(); c++) {
            r.dkernels.push_back(unwritten(kernels[c].size()));
            r.dbiases.push_back(unwritten(biases[c].size()));
        }
        r.y = unwritten(dy.size());
        r.dx = unwritten(x.size());
        return r;
    }
};

Results compute(const Case& given, const pixelrnn_executor* executor) {
    Results r = given.unwritten_results();
    const pixelrnn_conv_chain chain = given.chain();
    const auto kernels = pointers(given.kernels), masks = pointers(given.masks), biases = pointers(given.biases);
    auto dkernels = pointers(r.dkernels), dbiases = pointers(r.dbiases);
    Floats maps = unwritten(pixelrnn_conv_chain_maps(&chain));
    const Workspace forward(pixelrnn_conv_chain_forward_workspace(&chain));
    pixelrnn_conv_chain_forward(&chain, given.x.data(), kernels.data(), masks.data(), biases.data(), maps.data(),
                                r.y.data(), forward.get(), executor);
    const Workspace backward(pixelrnn_conv_chain_backward_workspace(&chain));
    pixelrnn_conv_chain_backward(&chain, given.x.data(), kernels.data(), masks.data(), maps.data(), given.dy.data(),
                                 r.dx.data(), dkernels.data(), dbiases.data(), backward.get(), executor);
    return r;
}

Results composed(const Case& given) {
    Results r = given.unwritten_results();
    const int32_t count = given.count();
    std::vector<Floats> maps;
    for (const pixelrnn_conv& conv : given.convs) maps.push_back(unwritten(given.pixels * conv.cout));
    const auto input = [&](int32_t c) { return c == 0 ? given.x.data() : maps[c - 1].data(); };
    for (int32_t c = 0; c < count; c++) {
        const Workspace workspace(pixelrnn_conv_forward_workspace(&given.convs[c]));
        const float* residual = given.residuals[c] < 0 ? nullptr : input(given.residuals[c]);
        pixelrnn_conv_forward(&given.convs[c], input(c), given.kernels[c].data(), given.masks[c].data(),
                              given.biases[c].data(), residual, c == count - 1 ? r.y.data() : maps[c].data(),
                              workspace.get(), nullptr);
    }
    std::vector<Floats> gradients(count + 1);
    gradients[count] = given.dy;
    for (int32_t c = count - 1; c >= 0; c--) {
        const Workspace workspace(pixelrnn_conv_backward_workspace(&given.convs[c]));
        gradients[c] = unwritten(given.pixels * given.convs[c].cin);
        pixelrnn_conv_backward(&given.convs[c], input(c), given.kernels[c].data(), given.masks[c].data(), nullptr,
                               gradients[c + 1].data(), gradients[c].data(), r.dkernels[c].data(), r.dbiases[c].data(),
                               workspace.get(), nullptr);
        for (int32_t to = c; to < count; to++)
            if (given.residuals[to] == c)
                for (size_t i = 0; i < gradients[c].size(); i++) gradients[c][i] += gradients[to + 1][i];
    }
    r.dx = gradients[0];
    return r;
}

void test(const Size& size, Numbers& numbers) {
    static pixelrnn::ThreadPool two(2), three(3);
    const Case given(size, numbers);
    char name[120];
    std::snprintf(name, sizeof name, "chain of %d, %dx%dx%d, %d channels, %d colors", given.count(), size.batch,
                  size.height, size.width, size.channels, size.colors);
    const Results alone = compute(given, nullptr), wanted = composed(given);
    const auto got = alone.all(), expected = wanted.all();
    for (size_t i = 0; i < got.size(); i++)
        check(difference(*got[i], *expected[i]) <= 5e-6, std::string(name) + ", array " + std::to_string(i));
    for (pixelrnn::ThreadPool* pool : {&two, &three}) {
        const Results together = compute(given, pool->executor());
        const auto same = together.all();
        for (size_t i = 0; i < got.size(); i++)
            check(identical(*got[i], *same[i]),
                  std::string(name) + ": same bits with " + std::to_string(pool->threads()) + " threads");
    }
}

std::vector<Link> blocks(int32_t count, int32_t h, int32_t side) {
    std::vector<Link> links;
    for (int32_t block = 0; block < count; block++)
        for (const Link& link : {Link{h, 1, 1, -1}, Link{h, side, 1, -1}, Link{2 * h, 1, 1, 3 * block}})
            links.push_back(link);
    return links;
}

// Random channels, sides and relus; residuals wherever channels agree.
std::vector<Link> any_links(int32_t channels, Numbers& numbers) {
    std::vector<Link> links;
    std::vector<int32_t> inputs = {channels};
    std::vector<bool> added;
    for (int32_t c = 0, count = 1 + numbers.below(7); c < count; c++) {
        const int32_t cout = numbers.below(2) == 0 ? channels : 1 + numbers.below(40);
        int32_t residual = numbers.below(c + 2) - 1;
        added.push_back(false);
        if (residual >= 0 && (inputs[residual] != cout || added[residual])) residual = -1;
        if (residual >= 0) added[residual] = true;
        links.push_back({cout, 1 + 2 * numbers.below(3), numbers.below(2), residual});
        inputs.push_back(cout);
    }
    return links;
}

void test_gradient_buffers() {
    Numbers numbers(9);
    const Case given({1, 2, 2, 4, 1, blocks(5, 2, 3)}, numbers);
    const pixelrnn_conv_chain chain = given.chain();
    const pixelrnn::GradientBuffers buffers(chain);
    // The one of a block's output lives until the block's input has its own; two of hidden maps, and the input's.
    check(buffers.count == 3, "five blocks need three buffers of gradients, not " + std::to_string(buffers.count));
}

void test_chains() {
    test_gradient_buffers();
    Numbers numbers(6);
    test({5, 28, 28, 32, 1, blocks(1, 16, 3)}, numbers);
    test({4, 9, 8, 64, 3, blocks(3, 32, 3)}, numbers);
    test({70, 2, 3, 6, 3, blocks(2, 3, 3)}, numbers);  // more images than groups
    test({2, 4, 5, 400, 3, blocks(1, 200, 3)}, numbers);
    test({3, 9, 70, 24, 3, {{60, 1, 1, -1}, {60, 1, 1, -1}, {300, 1, 1, -1}}}, numbers);  // stretches of pixels
    test({2, 31, 33, 5, 1, {{7, 1, 0, -1}, {5, 1, 1, 0}}}, numbers);
    test({1, 1, 1, 1, 1, {{1, 1, 0, 0}}}, numbers);
    for (int32_t i = 0; i < 60; i++) {
        const int32_t channels = 1 + numbers.below(40);
        test({1 + numbers.below(6), 1 + numbers.below(9), 1 + numbers.below(9), channels, numbers.below(2) == 0 ? 1 : 3,
              any_links(channels, numbers)},
             numbers);
    }
}

const Suite suite(test_chains);

}  // namespace
}  // namespace testing
