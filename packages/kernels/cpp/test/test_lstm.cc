// Row LSTM and Diagonal BiLSTM against double precision, pixel by pixel; and that reference against finite differences.
#include <algorithm>

#include "base/thread_pool.h"
#include "test/testing_lstm_problem.h"

namespace testing {
namespace {

LstmArrays<double> in_doubles(const LstmArrays<float>& inputs) {
    const auto doubles = [](const std::vector<float>& array) { return Doubles(array.begin(), array.end()); };
    return {.x = doubles(inputs.x),
            .input_kernel = doubles(inputs.input_kernel),
            .bias = doubles(inputs.bias),
            .state_kernel = doubles(inputs.state_kernel),
            .initial_hidden = doubles(inputs.initial_hidden),
            .initial_cell = doubles(inputs.initial_cell),
            .addition = doubles(inputs.addition),
            .up_kernel = doubles(inputs.up_kernel),
            .up_bias = doubles(inputs.up_bias)};
}

// Against the largest of the array.
void compare(const std::vector<float>& got, const Doubles& wanted, const std::string& what) {
    double worst = 0, size = 1e-30;
    for (const double value : wanted) size = std::max(size, std::fabs(value));
    for (size_t i = 0; i < got.size(); i++) {
        const double error = std::fabs(got[i] - wanted[i]) / size;
        worst = error <= worst ? worst : error;  // a NaN stays
    }
    check(got.size() == wanted.size() && worst <= 3e-6, what + ": relative error " + std::to_string(worst));
}

// sum of dy y along the line through the inputs, against the gradient.
void check_reference(const Problem& p, const LstmArrays<double>& inputs, const LstmArrays<double>& gradients,
                     Numbers& numbers) {
    constexpr double step = 1e-5;
    LstmArrays<double> higher = inputs, lower = inputs;
    double wanted = 0;
    std::vector<const Doubles*> all;
    each_array(gradients, [&](const char*, const Doubles& array) { all.push_back(&array); });
    std::vector<Doubles*> ups, downs;
    each_array(higher, [&](const char*, Doubles& array) { ups.push_back(&array); });
    each_array(lower, [&](const char*, Doubles& array) { downs.push_back(&array); });
    for (size_t a = 0; a < all.size(); a++)
        for (size_t i = 0; i < ups[a]->size(); i++) {
            const double direction = numbers.uniform(-1, 1);
            (*ups[a])[i] += step * direction;
            (*downs[a])[i] -= step * direction;
            wanted += direction * (*all[a])[i];
        }
    const auto loss = [&](const LstmArrays<double>& at) {
        const Doubles y = naive_output(p.c.shape, at, p.up_mask, naive_forward(p.c.shape, at, p.mask));
        double total = 0;
        for (size_t i = 0; i < y.size(); i++) total += p.dy[i] * y[i];
        return total;
    };
    const double got = (loss(higher) - loss(lower)) / (2 * step);
    check(std::fabs(got - wanted) <= 1e-6 * (1 + std::fabs(wanted)), "finite differences of " + describe(p.c));
}

bool same_gradients(LstmArrays<float>& a, LstmArrays<float>& b) {
    bool same = true;
    std::vector<std::vector<float>*> others;
    each_array(b, [&](const char*, std::vector<float>& array) { others.push_back(&array); });
    size_t i = 0;
    each_array(a, [&](const char*, std::vector<float>& array) { same = identical(array, *others[i++]) && same; });
    return same;
}

void test(const Case& c, Numbers& numbers) {
    static pixelrnn::ThreadPool two(2), three(3);
    const Problem problem(c, numbers);
    const LstmArrays<double> inputs = in_doubles(problem.inputs);
    const LstmStates states = naive_forward(c.shape, inputs, problem.mask);
    const LstmArrays<double> wanted = naive_backward(c.shape, inputs, problem.mask, problem.up_mask, states,
                                                     Doubles(problem.dy.begin(), problem.dy.end()));
    if (c.shape.hidden <= 6) check_reference(problem, inputs, wanted, numbers);

    Results alone = compute(problem, nullptr);
    compare(alone.y(), naive_output(c.shape, inputs, problem.up_mask, states), "y of " + describe(c));
    compare(alone.hidden, naive_hidden(c.shape, states), "hidden map of " + describe(c));
    std::vector<const Doubles*> all;
    each_array(wanted, [&](const char*, const Doubles& array) { all.push_back(&array); });
    size_t i = 0;
    each_array(alone.gradients, [&](const std::string& name, std::vector<float>& array) {
        compare(array, *all[i++], "gradient of " + name + " of " + describe(c));
    });
    for (pixelrnn::ThreadPool* pool : {&two, &three}) {
        Results together = compute(problem, pool->executor());
        check(identical(alone.y(), together.y()) && same_gradients(alone.gradients, together.gradients),
              "same bits with " + std::to_string(pool->threads()) + " threads, " + describe(c));
    }
}

Case random_case(int32_t directions, int32_t hidden, Numbers& numbers) {
    const int32_t batch = 1 + numbers.below(5), height = 1 + numbers.below(9), width = 1 + numbers.below(13);
    const int32_t odd[] = {1, 3, 5}, kernel = directions == 1 ? odd[numbers.below(3)] : 1;
    const int32_t cin = 1 + numbers.below(40), up[] = {0, 1 + numbers.below(40), cin}, kind = numbers.below(3);
    return {{batch, height, width, cin, hidden, directions, kernel, directions == 1 ? odd[numbers.below(3)] : 2,
             up[kind], kind == 2},
            numbers.below(2) == 0 ? 1 : 3,
            numbers.below(4) > 0,
            numbers.below(4) > 0,
            numbers.below(2) == 0};
}

// Gradients that may be null change nothing of the others.
void test_optional(int32_t directions, Numbers& numbers) {
    const int32_t kernel = directions == 1 ? 3 : 1, state = directions == 1 ? 3 : 2;
    const Problem p({{3, 4, 5, 6, 16, directions, kernel, state, 6, true}, 3, true, true, true}, numbers);
    const Results all = compute(p, nullptr);
    Results some = all;
    compute_backward(p, false, some, nullptr);
    check(identical(all.gradients.input_kernel, some.gradients.input_kernel) &&
              identical(all.gradients.state_kernel, some.gradients.state_kernel) &&
              identical(all.gradients.up_kernel, some.gradients.up_kernel) &&
              identical(all.gradients.initial_hidden, some.gradients.initial_hidden) &&
              identical(all.gradients.initial_cell, some.gradients.initial_cell),
          "gradients without x, bias and addition of " + describe(p.c));
}

// A step that diverged must be seen, and only where it is.
void test_nan(int32_t directions, Numbers& numbers) {
    const int32_t kernel = directions == 1 ? 3 : 1, state = directions == 1 ? 3 : 2;
    Problem p({{2, 3, 4, 2, 5, directions, kernel, state, 0, false}, 1, true, true, false}, numbers);
    p.inputs.x[(1 * 4 + 1) * 2] = std::numeric_limits<float>::quiet_NaN();  // of the first image, row 1, column 1
    const Results r = compute(p, nullptr);
    const auto lost = [&](int32_t row, int32_t column) { return std::isnan(r.hidden[(row * 4 + column) * 5]); };
    bool first_row = false, second_image = false;
    for (int32_t i = 0; i < 4 * 5; i++) first_row = first_row || std::isnan(r.hidden[i]);
    for (int32_t i = 0; i < 12 * 5; i++) second_image = second_image || std::isnan(r.hidden[12 * 5 + i]);
    check(lost(1, 1) && !lost(1, 0) && lost(2, 1) && lost(2, 2) && !first_row && !second_image,
          "NaN reaches its pixels");
}

void test_lstm() {
    Numbers numbers(11);
    // The layers that the bench measures, in small images.
    for (const int32_t directions : {1, 2}) {
        const int32_t kernel = directions == 1 ? 3 : 1, state = directions == 1 ? 3 : 2;
        test({{1, 28, 28, 32, 16, directions, kernel, state, 32, true}, 1, true, true, false}, numbers);
        test({{2, 8, 14, 64, 32, directions, kernel, state, 64, true}, 3, true, true, false}, numbers);
    }
    // Taps that are not neighbours, without a mask for their dead position.
    for (const bool masked : {true, false})
        test({{2, 4, 6, 3, 16, 1, 5, 3, 0, false}, 1, masked, true, true, true}, numbers);
    for (int32_t hidden = 1; hidden <= 70; hidden++)
        for (const int32_t directions : {1, 2}) test(random_case(directions, hidden, numbers), numbers);
    for (const int32_t directions : {1, 2}) {
        for (const int32_t batch : {15, 16, 17, 35}) {  // more images than pieces of memory
            Case c = random_case(directions, 3, numbers);
            c.shape.batch = batch;
            test(c, numbers);
        }
        for (const int32_t height : {1, 2, 13})
            for (const int32_t width : {1, 2, 9}) {
                Case c = random_case(directions, 5, numbers);
                c.shape.height = height;
                c.shape.width = width;
                test(c, numbers);
            }
        test_optional(directions, numbers);
        test_nan(directions, numbers);
    }
}

const Suite suite(test_lstm);

}  // namespace
}  // namespace testing
