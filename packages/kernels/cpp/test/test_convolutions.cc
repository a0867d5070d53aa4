// The convolution and its gradients against sums in double precision, written out plainly.
#include <algorithm>

#include "base/thread_pool.h"
#include "test/testing.h"

namespace testing {
namespace {

// grouped: as b, but the outputs of a colour are neighbours.
enum class Mask { none, a, b, grouped, random, rows_above };

struct Case {
    int32_t batch, height, width, cin, cout, kernel_height, kernel_width;
    Mask mask;
    int32_t colors;
    bool input_relu, output_relu, bias, residual;
};

std::string describe(const Case& c) {
    char text[200];
    std::snprintf(text, sizeof text, "%dx%dx%d, %d -> %d channels, kernel %dx%d, mask %d, %d colors, relu %d %d",
                  c.batch, c.height, c.width, c.cin, c.cout, c.kernel_height, c.kernel_width, static_cast<int>(c.mask),
                  c.colors, c.input_relu, c.output_relu);
    return text;
}

bool live(const Case& c, int32_t row, int32_t column, int32_t in, int32_t out, Numbers& numbers) {
    const int32_t down = row - c.kernel_height / 2, right = column - c.kernel_width / 2;
    if (c.mask == Mask::none) return true;
    if (c.mask == Mask::random) return numbers.below(3) == 0;
    if (down != 0 || c.mask == Mask::rows_above) return down < 0;
    if (right != 0) return right < 0;
    if (c.mask == Mask::grouped) return in % c.colors <= out / (c.cout / c.colors);
    return c.mask == Mask::a ? in % c.colors < out % c.colors : in % c.colors <= out % c.colors;
}

struct Problem {
    Case c;
    std::vector<float> x, kernel, mask, bias, residual, dy;
    std::vector<int32_t> taps;
    pixelrnn_conv conv;

    Problem(const Case& shape, Numbers& numbers) : c(shape) {
        const size_t pixels = static_cast<size_t>(c.batch) * c.height * c.width;
        const size_t block = static_cast<size_t>(c.cin) * c.cout;
        x = numbers.array(pixels * c.cin);
        kernel = numbers.array(c.kernel_height * c.kernel_width * block);
        bias = numbers.array(c.cout);
        residual = numbers.array(pixels * c.cout);
        dy = numbers.array(pixels * c.cout);
        for (int32_t position = 0; position < c.kernel_height * c.kernel_width; position++) {
            const int32_t row = position / c.kernel_width, column = position % c.kernel_width;
            bool any = false;
            for (int32_t in = 0; in < c.cin; in++)
                for (int32_t out = 0; out < c.cout; out++) {
                    const bool alive = live(c, row, column, in, out, numbers);
                    any = any || alive;
                    mask.push_back(alive ? 1.0f : 0.0f);
                }
            if (any) taps.insert(taps.end(), {row, column});
        }
        conv = {.batch = c.batch,
                .height = c.height,
                .width = c.width,
                .cin = c.cin,
                .cout = c.cout,
                .kernel_height = c.kernel_height,
                .kernel_width = c.kernel_width,
                .tap_count = static_cast<int32_t>(taps.size() / 2),
                .taps = taps.data(),
                .input_relu = c.input_relu,
                .output_relu = c.output_relu};
    }

    const float* mask_or_null() const { return c.mask == Mask::none ? nullptr : mask.data(); }
};

// The bound that kernels.h promises for the forward's workspace.
size_t gemm_bytes(size_t taps, size_t in, size_t out) {
    return 5 * taps * in * (out + 64) + 4 * out + 128 * taps + 4096;
}

void test_workspaces(const Problem& p) {
    const size_t taps = p.taps.size() / 2, in = p.c.cin, out = p.c.cout;
    check(pixelrnn_conv_forward_workspace(&p.conv) <= gemm_bytes(taps, in, out), "forward workspace, " + describe(p.c));
    const size_t sums = 4 * (taps * in + 49) * std::max<size_t>(3072, out + 16);
    check(pixelrnn_conv_backward_workspace(&p.conv) <= gemm_bytes(taps, out, in) + sums,
          "backward workspace, " + describe(p.c));
}

struct Results {
    std::vector<float> y, dx, dkernel, dbias;
};

Results compute(const Problem& p, const pixelrnn_executor* executor) {
    const Case& c = p.c;
    Results r = {unwritten(p.dy.size()), unwritten(p.x.size()), unwritten(p.kernel.size()), unwritten(c.cout)};
    const Workspace forward(pixelrnn_conv_forward_workspace(&p.conv));
    pixelrnn_conv_forward(&p.conv, p.x.data(), p.kernel.data(), p.mask_or_null(), c.bias ? p.bias.data() : nullptr,
                          c.residual ? p.residual.data() : nullptr, r.y.data(), forward.get(), executor);
    const Workspace backward(pixelrnn_conv_backward_workspace(&p.conv));
    pixelrnn_conv_backward(&p.conv, p.x.data(), p.kernel.data(), p.mask_or_null(), c.output_relu ? r.y.data() : nullptr,
                           p.dy.data(), r.dx.data(), r.dkernel.data(), c.bias ? r.dbias.data() : nullptr,
                           backward.get(), executor);
    return r;
}

// A sum and the sum of its terms' magnitudes, which bounds the rounding of any order of adding.
struct Sum {
    double value = 0, size = 0;
    void add(double term) {
        value += term;
        size += std::fabs(term);
    }
};

void compare(const std::vector<float>& got, const std::vector<Sum>& wanted, const std::string& what) {
    double worst = 0;
    for (size_t i = 0; i < got.size(); i++) {
        const double error = std::fabs(got[i] - wanted[i].value) / (wanted[i].size + 1e-30);
        worst = error <= worst ? worst : error;  // a NaN stays
    }
    check(worst <= 2e-6, what + ": relative error " + std::to_string(worst));
}

void compare(const Problem& p, const Results& got) {
    const Case& c = p.c;
    std::vector<Sum> y(p.dy.size()), dx(p.x.size()), dkernel(p.kernel.size()), dbias(c.cout);
    const auto act = [&](float value) { return c.input_relu ? std::max(value, 0.0f) : value; };
    const auto each_term = [&](const auto& visit) {
        for (int32_t n = 0; n < c.batch; n++)
            for (int32_t row = 0; row < c.height; row++)
                for (int32_t column = 0; column < c.width; column++)
                    for (size_t t = 0; t < p.taps.size(); t += 2) {
                        const int32_t from_row = row + p.taps[t] - c.kernel_height / 2;
                        const int32_t from_column = column + p.taps[t + 1] - c.kernel_width / 2;
                        if (from_row < 0 || from_row >= c.height || from_column < 0 || from_column >= c.width) continue;
                        const size_t to = (static_cast<size_t>(n) * c.height + row) * c.width + column;
                        const size_t from = (static_cast<size_t>(n) * c.height + from_row) * c.width + from_column;
                        visit(to * c.cout, from * c.cin, (p.taps[t] * c.kernel_width + p.taps[t + 1]) * c.cin);
                    }
    };
    each_term([&](size_t to, size_t from, size_t at) {
        for (int32_t in = 0; in < c.cin; in++)
            for (int32_t out = 0; out < c.cout; out++) {
                const size_t k = (at + in) * c.cout + out;
                if (p.mask[k] != 0) y[to + out].add(double(act(p.x[from + in])) * p.kernel[k]);
            }
    });
    for (size_t i = 0; i < y.size(); i++) {
        if (c.bias) y[i].add(p.bias[i % c.cout]);
        if (c.output_relu) y[i].value = std::max(y[i].value, 0.0);
        if (c.residual) y[i].add(p.residual[i]);
    }
    compare(got.y, y, "y of " + describe(c));

    // The kernel's own y decides where its relu was shut.
    std::vector<double> dz(p.dy.begin(), p.dy.end());
    for (size_t i = 0; i < dz.size(); i++)
        if (c.output_relu && !(got.y[i] > 0)) dz[i] = 0;
    each_term([&](size_t to, size_t from, size_t at) {
        for (int32_t in = 0; in < c.cin; in++)
            for (int32_t out = 0; out < c.cout; out++) {
                const size_t k = (at + in) * c.cout + out;
                if (p.mask[k] == 0) continue;
                dx[from + in].add(dz[to + out] * p.kernel[k]);
                dkernel[k].add(dz[to + out] * act(p.x[from + in]));
            }
    });
    for (size_t i = 0; i < dx.size(); i++)
        if (c.input_relu && !(p.x[i] > 0)) dx[i].value = 0;
    for (size_t i = 0; i < dz.size(); i++) dbias[i % c.cout].add(dz[i]);
    compare(got.dx, dx, "dx of " + describe(c));
    compare(got.dkernel, dkernel, "dkernel of " + describe(c));
    if (c.bias) compare(got.dbias, dbias, "dbias of " + describe(c));
}

void test(const Case& c, Numbers& numbers) {
    static pixelrnn::ThreadPool two(2), three(3);
    const Problem problem(c, numbers);
    if (problem.taps.empty()) return;
    test_workspaces(problem);
    const Results alone = compute(problem, nullptr);
    compare(problem, alone);
    for (pixelrnn::ThreadPool* pool : {&two, &three}) {
        const Results together = compute(problem, pool->executor());
        check(identical(alone.y, together.y) && identical(alone.dx, together.dx) &&
                  identical(alone.dkernel, together.dkernel) && (!c.bias || identical(alone.dbias, together.dbias)),
              "same bits with " + std::to_string(pool->threads()) + " threads, " + describe(c));
    }
}

void test_wide_workspaces(Numbers& numbers) {
    for (const int32_t cin : {1, 3000})
        for (const int32_t cout : {1, 3000})
            test_workspaces(Problem({200, 1, 1, cin, cout, 1, 1, Mask::none, 1, false, false, false, false}, numbers));
}

void test_null_dx(Numbers& numbers) {
    const Problem p({2, 5, 4, 3, 8, 3, 3, Mask::a, 3, false, false, false, false}, numbers);
    const Results all = compute(p, nullptr);
    std::vector<float> dkernel = unwritten(p.kernel.size());
    const Workspace workspace(pixelrnn_conv_backward_workspace(&p.conv));
    pixelrnn_conv_backward(&p.conv, p.x.data(), p.kernel.data(), p.mask.data(), nullptr, p.dy.data(), nullptr,
                           dkernel.data(), nullptr, workspace.get(), nullptr);
    check(identical(all.dkernel, dkernel), "dkernel without dx");
}

// A step that diverged must be seen: relu keeps NaN.
void test_nan(Numbers& numbers) {
    Problem p({1, 3, 3, 16, 16, 1, 1, Mask::none, 1, true, true, true, false}, numbers);
    p.x[5] = std::numeric_limits<float>::quiet_NaN();
    const Results results = compute(p, nullptr);
    check(std::isnan(results.y[0]) && std::isnan(results.y[15]) && !std::isnan(results.y[16]), "NaN reaches its pixel");
}

void test_convolutions() {
    Numbers numbers(1);
    // The layers of the two PixelCNNs that the bench measures, in small images.
    for (const bool relu : {false, true}) {
        test({2, 28, 28, 1, 32, 7, 7, Mask::a, 1, false, false, true, false}, numbers);
        test({2, 9, 8, 3, 64, 7, 7, Mask::a, 3, false, relu, true, false}, numbers);
        test({2, 28, 28, 32, 16, 1, 1, Mask::b, 1, true, relu, true, false}, numbers);
        test({1, 28, 28, 16, 16, 3, 3, Mask::b, 1, true, relu, true, false}, numbers);
        test({2, 9, 8, 32, 32, 3, 3, Mask::b, 3, true, relu, true, false}, numbers);
        test({2, 9, 8, 32, 64, 1, 1, Mask::b, 3, true, false, true, true}, numbers);
        test({1, 9, 8, 64, 256, 1, 1, Mask::b, 3, true, relu, true, false}, numbers);
        test({1, 5, 8, 256, 768, 1, 1, Mask::b, 3, true, relu, true, false}, numbers);
        test({1, 5, 8, 256, 768, 1, 1, Mask::grouped, 3, true, relu, true, false}, numbers);
        test({2, 9, 8, 32, 1, 1, 1, Mask::b, 1, true, relu, true, false}, numbers);
        test({1, 5, 7, 70, 48, 3, 3, Mask::none, 1, true, relu, true, false}, numbers);  // a patch of several chunks
        test({1, 5, 7, 70, 140, 3, 3, Mask::b, 3, false, relu, true, !relu}, numbers);
    }
    for (const int32_t cin : {47, 48, 49, 64, 100, 288, 290, 337})
        for (const int32_t cout : {93, 96, 99, 123, 192, 198})
            test({2, 5, 4, cin, cout, 1, 1, Mask::grouped, 3, cout % 2 == 0, false, true, false}, numbers);
    test({2, 28, 28, 96, 192, 1, 1, Mask::grouped, 3, true, false, true, false}, numbers);  // several panels and pieces
    test({1, 1, 1, 1, 1, 7, 7, Mask::none, 1, false, false, false, false}, numbers);
    test({3, 1, 2, 5, 3, 5, 9, Mask::random, 1, true, false, true, true}, numbers);
    for (int32_t channels = 1; channels <= 70; channels++) {
        const Mask masks[] = {Mask::none, Mask::a, Mask::b, Mask::random, Mask::rows_above};
        const bool relu = numbers.below(2) == 0;
        const Case c = {1 + numbers.below(3),
                        1 + numbers.below(9),
                        1 + numbers.below(9),
                        channels,
                        1 + numbers.below(70),
                        1 + numbers.below(4),
                        1 + numbers.below(4),
                        masks[numbers.below(5)],
                        numbers.below(2) == 0 ? 1 : 3,
                        numbers.below(2) == 0,
                        relu,
                        numbers.below(2) == 0,
                        !relu && numbers.below(2) == 0};
        test(c, numbers);
        Case turned = c;
        std::swap(turned.cin, turned.cout);
        test(turned, numbers);
    }
    test_wide_workspaces(numbers);
    test_null_dx(numbers);
    test_nan(numbers);
}

const Suite suite(test_convolutions);

}  // namespace
}  // namespace testing
