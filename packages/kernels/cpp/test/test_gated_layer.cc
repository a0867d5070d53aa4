// The gated layer against its convolutions, one by one, and gates in double precision.
#include <cmath>

#include "base/thread_pool.h"
#include "test/testing.h"

namespace testing {
namespace {

typedef std::vector<float> Floats;
enum { kVertical, kLink, kHorizontal, kProjection, kAll };

struct Case {
    int32_t batch, height, width, above, left, maps, kernel_height, kernel_width, colors;
    bool mask_a, residual, vector, map;
};

struct Problem {
    Case c;
    size_t pixels;
    Floats v, h, vector, map, dnext_v, dnext_h, kernels[kAll], masks[kAll], biases[kAll];
    std::vector<int32_t> taps[kAll];
    pixelrnn_gated_layer layer;

    Problem(const Case& shape, Numbers& numbers) : c(shape), pixels(static_cast<size_t>(c.batch) * c.height * c.width) {
        const int32_t p = c.maps, colors = c.colors;
        v = numbers.array(pixels * c.above);
        h = numbers.array(pixels * c.left);
        vector = numbers.array(static_cast<size_t>(c.batch) * 4 * p);
        map = numbers.array(pixels * 4 * p);
        dnext_v = numbers.array(pixels * p);
        dnext_h = numbers.array(pixels * p);
        layer.vertical = convolution(numbers, kVertical, c.kernel_height, c.kernel_width, c.above, 2 * p,
                                     [](int32_t row, int32_t, int32_t, int32_t) { return row <= 0; });
        layer.link = convolution(numbers, kLink, 3, 1, 2 * p, 2 * p,
                                 [](int32_t row, int32_t, int32_t, int32_t) { return row < 0; });
        layer.horizontal = convolution(numbers, kHorizontal, 1, c.kernel_width + 1, c.left, 2 * p,
                                       [&](int32_t, int32_t column, int32_t in, int32_t out) {
                                           const int32_t from = in % colors, to = out % p % colors;
                                           return column < 0 || (column == 0 && (c.mask_a ? from < to : from <= to));
                                       });
        layer.projection =
            convolution(numbers, kProjection, 1, 1, p, p,
                        [=](int32_t, int32_t, int32_t in, int32_t out) { return in % colors <= out % colors; });
        layer.residual = c.residual;
    }

    // Live where `keep` says so of the row and column from the centre and the channels.
    template <typename F>
    pixelrnn_conv convolution(Numbers& numbers, int32_t which, int32_t rows, int32_t columns, int32_t cin, int32_t cout,
                              const F& keep) {
        kernels[which] = numbers.array(static_cast<size_t>(rows) * columns * cin * cout, -0.3f, 0.3f);
        biases[which] = numbers.array(cout);
        for (int32_t row = 0; row < rows; row++)
            for (int32_t column = 0; column < columns; column++) {
                bool any = false;
                for (int32_t in = 0; in < cin; in++)
                    for (int32_t out = 0; out < cout; out++) {
                        const bool live = keep(row - rows / 2, column - columns / 2, in, out);
                        any = any || live;
                        masks[which].push_back(live ? 1.0f : 0.0f);
                    }
                if (any) taps[which].insert(taps[which].end(), {row, column});
            }
        return {.batch = c.batch,
                .height = c.height,
                .width = c.width,
                .cin = cin,
                .cout = cout,
                .kernel_height = rows,
                .kernel_width = columns,
                .tap_count = static_cast<int32_t>(taps[which].size() / 2),
                .taps = taps[which].data(),
                .input_relu = 0,
                .output_relu = 0};
    }

    const pixelrnn_conv& conv(int32_t which) const {
        const pixelrnn_conv* all[kAll] = {&layer.vertical, &layer.link, &layer.horizontal, &layer.projection};
        return *all[which];
    }
};

struct Results {
    Floats next_v, next_h, sums, halves, dv, dh, dvector, dmap, dkernels[kAll], dbiases[kAll];

    explicit Results(const Problem& p)
        : next_v(unwritten(p.dnext_v.size())),
          next_h(unwritten(p.dnext_v.size())),
          sums(unwritten(2 * p.dnext_v.size())),
          halves(unwritten(2 * p.dnext_v.size())),
          dv(unwritten(p.v.size())),
          dh(unwritten(p.h.size())),
          dvector(unwritten(p.vector.size())),
          dmap(unwritten(p.map.size())) {
        for (int32_t c = 0; c < kAll; c++) {
            dkernels[c] = unwritten(p.kernels[c].size());
            dbiases[c] = unwritten(p.biases[c].size());
        }
    }

    std::vector<const Floats*> all() const {
        std::vector<const Floats*> all = {&next_v, &next_h, &sums, &halves, &dv, &dh, &dvector, &dmap};
        for (int32_t c = 0; c < kAll; c++) all.insert(all.end(), {&dkernels[c], &dbiases[c]});
        return all;
    }
};

struct Lists {
    const float *kernels[kAll], *masks[kAll], *biases[kAll];
    float *dkernels[kAll], *dbiases[kAll];

    Lists(const Problem& p, Results& r) {
        for (int32_t c = 0; c < kAll; c++) {
            kernels[c] = p.kernels[c].data();
            masks[c] = p.masks[c].data();
            biases[c] = p.biases[c].data();
            dkernels[c] = r.dkernels[c].data();
            dbiases[c] = r.dbiases[c].data();
        }
    }
};

void backward(const Problem& p, Results& r, bool all, const pixelrnn_executor* executor) {
    const Lists lists(p, r);
    const Workspace workspace(pixelrnn_gated_layer_backward_workspace(&p.layer));
    pixelrnn_gated_layer_backward(
        &p.layer, p.v.data(), p.h.data(), lists.kernels, lists.masks, r.sums.data(), r.halves.data(), p.dnext_v.data(),
        p.dnext_h.data(), all ? r.dv.data() : nullptr, all ? r.dh.data() : nullptr, lists.dkernels, lists.dbiases,
        all ? r.dvector.data() : nullptr, all ? r.dmap.data() : nullptr, workspace.get(), executor);
}

Results compute(const Problem& p, const pixelrnn_executor* executor) {
    Results r(p);
    const Lists lists(p, r);
    const Workspace workspace(pixelrnn_gated_layer_forward_workspace(&p.layer));
    pixelrnn_gated_layer_forward(&p.layer, p.v.data(), p.h.data(), lists.kernels, lists.masks, lists.biases,
                                 p.c.vector ? p.vector.data() : nullptr, p.c.map ? p.map.data() : nullptr,
                                 r.next_v.data(), r.next_h.data(), r.sums.data(), r.halves.data(), workspace.get(),
                                 executor);
    backward(p, r, true, executor);
    return r;
}

Floats convolve(const Problem& p, int32_t which, const Floats& x, const float* residual) {
    const Workspace workspace(pixelrnn_conv_forward_workspace(&p.conv(which)));
    Floats y = unwritten(p.pixels * p.conv(which).cout);
    pixelrnn_conv_forward(&p.conv(which), x.data(), p.kernels[which].data(), p.masks[which].data(),
                          p.biases[which].data(), residual, y.data(), workspace.get(), nullptr);
    return y;
}

Floats differentiate(const Problem& p, int32_t which, const Floats& x, const Floats& dy, Results& r) {
    const Workspace workspace(pixelrnn_conv_backward_workspace(&p.conv(which)));
    Floats dx = unwritten(x.size());
    pixelrnn_conv_backward(&p.conv(which), x.data(), p.kernels[which].data(), p.masks[which].data(), nullptr, dy.data(),
                           dx.data(), r.dkernels[which].data(), r.dbiases[which].data(), workspace.get(), nullptr);
    return dx;
}

void add(Floats& to, const Floats& other) {
    for (size_t i = 0; i < to.size(); i++) to[i] += other[i];
}

// f(a half's place among the sums, among the maps, of the pixel's conditions, of the image's)
template <typename F>
void each_unit(const Problem& p, int32_t stack, const F& f) {
    const size_t maps = p.c.maps, per_image = p.pixels / p.c.batch;
    for (size_t pixel = 0; pixel < p.pixels; pixel++)
        for (size_t map = 0; map < maps; map++)
            f(2 * pixel * maps + map, pixel * maps + map, (4 * pixel + 2 * stack) * maps + map,
              (4 * (pixel / per_image) + 2 * stack) * maps + map);
}

void add_conditions(const Problem& p, int32_t stack, Floats& sums) {
    const size_t maps = p.c.maps;
    each_unit(p, stack, [&](size_t at, size_t, size_t pixel, size_t image) {
        for (size_t half = 0; half <= maps; half += maps) {
            if (p.c.map) sums[at + half] += p.map[pixel + half];
            if (p.c.vector) sums[at + half] += p.vector[image + half];
        }
    });
}

// y, the halves and the gradient of the sums for dy.
void unit(const Problem& p, const Floats& sums, const Floats* dy, Floats* y, Floats* halves, Floats* dsums) {
    const size_t maps = p.c.maps;
    each_unit(p, 0, [&](size_t at, size_t map, size_t, size_t) {
        const double tangent = std::tanh(double(sums[at])), gate = 1 / (1 + std::exp(-double(sums[at + maps])));
        if (y) (*y)[map] = static_cast<float>(tangent * gate);
        if (halves) (*halves)[at] = static_cast<float>(tangent);
        if (halves) (*halves)[at + maps] = static_cast<float>(gate);
        if (!dy) return;
        (*dsums)[at] = static_cast<float>((*dy)[map] * gate * (1 - tangent * tangent));
        (*dsums)[at + maps] = static_cast<float>((*dy)[map] * tangent * gate * (1 - gate));
    });
}

Results composed(const Problem& p) {
    Results r(p);
    const size_t maps = p.c.maps;
    r.sums = convolve(p, kVertical, p.v, nullptr);
    add_conditions(p, 0, r.sums);
    unit(p, r.sums, nullptr, &r.next_v, nullptr, nullptr);
    const Floats linked = convolve(p, kLink, r.sums, nullptr);
    Floats beside = convolve(p, kHorizontal, p.h, linked.data());
    add_conditions(p, 1, beside);
    Floats gated = unwritten(p.pixels * maps), dbelow = unwritten(r.sums.size()), dbeside = dbelow;
    unit(p, beside, nullptr, &gated, &r.halves, nullptr);
    r.next_h = convolve(p, kProjection, gated, p.c.residual ? p.h.data() : nullptr);

    const Floats dgated = differentiate(p, kProjection, gated, p.dnext_h, r);
    unit(p, beside, &dgated, nullptr, nullptr, &dbeside);
    r.dh = differentiate(p, kHorizontal, p.h, dbeside, r);
    if (p.c.residual) add(r.dh, p.dnext_h);
    unit(p, r.sums, &p.dnext_v, nullptr, nullptr, &dbelow);
    add(dbelow, differentiate(p, kLink, r.sums, dbeside, r));
    r.dv = differentiate(p, kVertical, p.v, dbelow, r);
    std::vector<double> dvector(p.vector.size());
    for (int32_t stack = 0; stack < 2; stack++) {
        const Floats& dsums = stack == 0 ? dbelow : dbeside;
        each_unit(p, stack, [&](size_t at, size_t, size_t pixel, size_t image) {
            for (size_t half = 0; half <= maps; half += maps) {
                r.dmap[pixel + half] = dsums[at + half];
                dvector[image + half] += dsums[at + half];
            }
        });
    }
    r.dvector.assign(dvector.begin(), dvector.end());
    return r;
}

// Relative to the largest value, or to 1 where the terms of sums cancel.
bool close(const Floats& got, const Floats& wanted) {
    double largest = 0;
    for (const float value : wanted) largest = std::fmax(largest, std::fabs(value));
    return difference(got, wanted) * std::fmin(largest, 1.0) <= 1e-5;
}

void test(const Case& c, Numbers& numbers) {
    static pixelrnn::ThreadPool two(2), three(3);
    const Problem p(c, numbers);
    char name[160];
    std::snprintf(
        name, sizeof name,
        "gated layer %dx%dx%d, %d and %d -> %d maps, kernel %dx%d, %d colors, mask %c, residual %d, vector %d, "
        "map %d",
        c.batch, c.height, c.width, c.above, c.left, c.maps, c.kernel_height, c.kernel_width, c.colors,
        c.mask_a ? 'A' : 'B', c.residual, c.vector, c.map);
    const Results alone = compute(p, nullptr), wanted = composed(p);
    const auto got = alone.all(), expected = wanted.all();
    for (size_t i = 0; i < got.size(); i++)
        check(close(*got[i], *expected[i]), std::string(name) + ", array " + std::to_string(i));
    for (pixelrnn::ThreadPool* pool : {&two, &three}) {
        const Results together = compute(p, pool->executor());
        const auto same = together.all();
        for (size_t i = 0; i < got.size(); i++)
            check(identical(*got[i], *same[i]),
                  std::string(name) + ": same bits with " + std::to_string(pool->threads()) + " threads");
    }
}

// Gradients that may be null change nothing of the others.
void test_optional(Numbers& numbers) {
    const Problem p({3, 4, 5, 6, 16, 16, 3, 3, 3, false, true, true, true}, numbers);
    const Results all = compute(p, nullptr);
    Results some(p);
    some.sums = all.sums;
    some.halves = all.halves;
    backward(p, some, false, nullptr);
    for (int32_t c = 0; c < kAll; c++)
        check(identical(all.dkernels[c], some.dkernels[c]) && identical(all.dbiases[c], some.dbiases[c]),
              "gated layer: the gradients of the weights alone");
}

void test_gated_layers() {
    Numbers numbers(12);
    test({5, 28, 28, 16, 16, 16, 3, 3, 1, false, true, false, false}, numbers);
    test({2, 16, 16, 32, 32, 32, 3, 3, 3, false, true, true, true}, numbers);
    test({2, 9, 8, 3, 3, 32, 7, 7, 3, true, false, false, false}, numbers);
    test({35, 2, 3, 3, 3, 3, 3, 3, 3, false, true, true, false}, numbers);  // more images than pieces of memory
    test({1, 17, 31, 12, 100, 100, 3, 2, 3, false, true, false, true}, numbers);
    for (int32_t maps = 1; maps <= 36; maps++) {
        const bool residual = numbers.below(2) == 0;
        const int32_t left = residual ? maps : 1 + numbers.below(30);
        test({1 + numbers.below(6), 1 + numbers.below(14), 1 + numbers.below(14), 1 + numbers.below(30), left, maps,
              1 + numbers.below(5), 1 + numbers.below(5), numbers.below(2) == 0 ? 1 : 3, numbers.below(2) == 0,
              residual, numbers.below(2) == 0, numbers.below(2) == 0},
             numbers);
    }
    test_optional(numbers);
}

const Suite suite(test_gated_layers);

}  // namespace
}  // namespace testing
