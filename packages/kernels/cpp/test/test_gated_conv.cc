// The gated convolution against the plain one and gates in double precision.
#include <cmath>

#include "base/thread_pool.h"
#include "test/testing.h"

namespace testing {
namespace {

typedef std::vector<float> Floats;

struct Case {
    int32_t batch, height, width, cin, maps, side, colors;
    bool bias, vector, map;
};

struct Problem {
    Case c;
    size_t pixels, sums_size;
    Floats x, kernel, mask, bias, vector, map, dy;
    std::vector<int32_t> taps;
    pixelrnn_conv conv;

    Problem(const Case& shape, Numbers& numbers)
        : c(shape), pixels(static_cast<size_t>(c.batch) * c.height * c.width), sums_size(pixels * 2 * c.maps) {
        const int32_t cout = 2 * c.maps, centre = c.side / 2;
        x = numbers.array(pixels * c.cin);
        kernel = numbers.array(static_cast<size_t>(c.side) * c.side * c.cin * cout, -0.4f, 0.4f);
        bias = numbers.array(cout);
        vector = numbers.array(static_cast<size_t>(c.batch) * cout);
        map = numbers.array(sums_size);
        dy = numbers.array(pixels * c.maps);
        for (int32_t position = 0; position < c.side * c.side; position++) {
            const bool before = position < centre * c.side + centre, at = position == centre * c.side + centre;
            for (int32_t in = 0; in < c.cin; in++)
                for (int32_t out = 0; out < cout; out++)
                    mask.push_back(before || (at && in % c.colors <= out % c.maps % c.colors) ? 1.0f : 0.0f);
            if (before || at) taps.insert(taps.end(), {position / c.side, position % c.side});
        }
        conv = {.batch = c.batch,
                .height = c.height,
                .width = c.width,
                .cin = c.cin,
                .cout = cout,
                .kernel_height = c.side,
                .kernel_width = c.side,
                .tap_count = static_cast<int32_t>(taps.size() / 2),
                .taps = taps.data(),
                .input_relu = 0,
                .output_relu = 0};
    }
};

struct Results {
    Floats halves, y, dx, dkernel, dbias, dvector, dmap;

    explicit Results(const Problem& p)
        : halves(unwritten(p.sums_size)),
          y(unwritten(p.dy.size())),
          dx(unwritten(p.x.size())),
          dkernel(unwritten(p.kernel.size())),
          dbias(unwritten(p.bias.size())),
          dvector(unwritten(p.vector.size())),
          dmap(unwritten(p.sums_size)) {}

    std::vector<const Floats*> all() const { return {&halves, &y, &dx, &dkernel, &dbias, &dvector, &dmap}; }
};

Results compute(const Problem& p, const pixelrnn_executor* executor) {
    Results r(p);
    const Workspace forward(pixelrnn_gated_conv_forward_workspace(&p.conv));
    pixelrnn_gated_conv_forward(&p.conv, p.x.data(), p.kernel.data(), p.mask.data(), p.c.bias ? p.bias.data() : nullptr,
                                p.c.vector ? p.vector.data() : nullptr, p.c.map ? p.map.data() : nullptr,
                                r.halves.data(), r.y.data(), forward.get(), executor);
    const Workspace backward(pixelrnn_gated_conv_backward_workspace(&p.conv));
    pixelrnn_gated_conv_backward(&p.conv, p.x.data(), p.kernel.data(), p.mask.data(), r.halves.data(), p.dy.data(),
                                 r.dx.data(), r.dkernel.data(), r.dbias.data(), r.dvector.data(), r.dmap.data(),
                                 backward.get(), executor);
    return r;
}

Results composed(const Problem& p) {
    Results r(p);
    const size_t maps = p.c.maps, per_image = p.pixels / p.c.batch;
    const Workspace forward(pixelrnn_conv_forward_workspace(&p.conv));
    Floats sums = unwritten(p.sums_size);
    pixelrnn_conv_forward(&p.conv, p.x.data(), p.kernel.data(), p.mask.data(), p.c.bias ? p.bias.data() : nullptr,
                          p.c.map ? p.map.data() : nullptr, sums.data(), forward.get(), nullptr);
    std::vector<double> dvector(p.vector.size());
    for (size_t pixel = 0; pixel < p.pixels; pixel++)
        for (size_t map = 0; map < maps; map++) {
            const size_t a = pixel * 2 * maps + map, b = a + maps, condition = pixel / per_image * 2 * maps + map;
            const bool with = p.c.vector;
            const double tangent = std::tanh(double(sums[a]) + (with ? p.vector[condition] : 0));
            const double gate = 1 / (1 + std::exp(-(double(sums[b]) + (with ? p.vector[condition + maps] : 0))));
            const double dy = p.dy[pixel * maps + map];
            const double da = dy * gate * (1 - tangent * tangent), db = dy * tangent * gate * (1 - gate);
            r.halves[a] = static_cast<float>(tangent);
            r.halves[b] = static_cast<float>(gate);
            r.y[pixel * maps + map] = static_cast<float>(tangent * gate);
            r.dmap[a] = static_cast<float>(da);
            r.dmap[b] = static_cast<float>(db);
            dvector[condition] += da;
            dvector[condition + maps] += db;
        }
    r.dvector.assign(dvector.begin(), dvector.end());
    const Workspace backward(pixelrnn_conv_backward_workspace(&p.conv));
    pixelrnn_conv_backward(&p.conv, p.x.data(), p.kernel.data(), p.mask.data(), nullptr, r.dmap.data(), r.dx.data(),
                           r.dkernel.data(), r.dbias.data(), backward.get(), nullptr);
    return r;
}

void test(const Case& c, Numbers& numbers) {
    static pixelrnn::ThreadPool two(2), three(3);
    const Problem p(c, numbers);
    char name[120];
    std::snprintf(name, sizeof name,
                  "gated convolution %dx%dx%d, %d -> %d maps, kernel %d, %d colors, vector %d, map %d", c.batch,
                  c.height, c.width, c.cin, c.maps, c.side, c.colors, c.vector, c.map);
    const Results alone = compute(p, nullptr), wanted = composed(p);
    const auto got = alone.all(), expected = wanted.all();
    for (size_t i = 0; i < got.size(); i++)
        check(difference(*got[i], *expected[i]) <= 5e-6, std::string(name) + ", array " + std::to_string(i));
    for (pixelrnn::ThreadPool* pool : {&two, &three}) {
        const Results together = compute(p, pool->executor());
        const auto same = together.all();
        for (size_t i = 0; i < got.size(); i++)
            check(identical(*got[i], *same[i]),
                  std::string(name) + ": same bits with " + std::to_string(pool->threads()) + " threads");
    }
}

// Gradients that may be null change nothing of the others; the map may become the halves.
void test_optional(Numbers& numbers) {
    const Problem p({3, 4, 5, 6, 16, 3, 3, true, true, true}, numbers);
    const Results all = compute(p, nullptr);
    Results some = all;
    some.dkernel = unwritten(some.dkernel.size());
    const Workspace backward(pixelrnn_gated_conv_backward_workspace(&p.conv));
    pixelrnn_gated_conv_backward(&p.conv, p.x.data(), p.kernel.data(), p.mask.data(), all.halves.data(), p.dy.data(),
                                 nullptr, some.dkernel.data(), nullptr, nullptr, nullptr, backward.get(), nullptr);
    check(identical(all.dkernel, some.dkernel), "gated convolution: the filter's gradient alone");
    some.halves = p.map;
    const Workspace forward(pixelrnn_gated_conv_forward_workspace(&p.conv));
    pixelrnn_gated_conv_forward(&p.conv, p.x.data(), p.kernel.data(), p.mask.data(), p.bias.data(), p.vector.data(),
                                some.halves.data(), some.halves.data(), some.y.data(), forward.get(), nullptr);
    check(identical(all.y, some.y) && identical(all.halves, some.halves), "gated convolution: the map in the halves");
}

void test_gated_convolutions() {
    Numbers numbers(12);
    test({5, 28, 28, 16, 16, 3, 1, true, true, true}, numbers);
    test({2, 9, 8, 32, 32, 5, 3, true, false, false}, numbers);
    test({35, 2, 3, 3, 3, 3, 3, true, true, false}, numbers);  // more images than pieces of memory
    test({1, 17, 31, 12, 100, 3, 3, false, false, true}, numbers);
    for (int32_t maps = 1; maps <= 40; maps++)
        test({1 + numbers.below(6), 1 + numbers.below(9), 1 + numbers.below(9), 1 + numbers.below(30), maps,
              1 + 2 * numbers.below(3), numbers.below(2) == 0 ? 1 : 3, numbers.below(3) > 0, numbers.below(2) == 0,
              numbers.below(2) == 0},
             numbers);
    test_optional(numbers);
}

const Suite suite(test_gated_convolutions);

}  // namespace
}  // namespace testing
