// Row LSTM and Diagonal BiLSTM against double precision, pixel by pixel; and that reference against finite differences.
#include <algorithm>

#include "testing_lstm.h"
#include "thread_pool.h"

namespace testing {
namespace {

struct Case {
    LstmShape shape;
    int32_t colors;
    bool masked, bias, addition;
};

std::string describe(const Case& c) {
    const LstmShape& s = c.shape;
    char text[200];
    std::snprintf(text, sizeof text, "%s %dx%dx%dx%d, h %d, kernel %d, state %d, up %d%s, %d colors%s%s",
                  s.directions == 1 ? "Row LSTM" : "Diagonal BiLSTM", s.batch, s.height, s.width, s.cin, s.hidden,
                  s.kernel_width, s.state_width, s.up, s.residual ? " + x" : "", c.colors, c.masked ? "" : ", no mask", c.addition ? ", addition" : "");
    return text;
}

// The members that both directions of an array go through, with their names.
template <typename T, typename F>
void each_array(T& arrays, const F& f) {
    f("x", arrays.x);
    f("input kernel", arrays.input_kernel);
    f("bias", arrays.bias);
    f("state kernel", arrays.state_kernel);
    f("initial hidden", arrays.initial_hidden);
    f("initial cell", arrays.initial_cell);
    f("addition", arrays.addition);
    f("up kernel", arrays.up_kernel);
    f("up bias", arrays.up_bias);
}

struct Problem {
    Case c;
    LstmArrays<float> inputs;
    std::vector<float> mask, up_mask, dy;
    std::vector<int32_t> taps;

    Problem(const Case& shape, Numbers& numbers) : c(shape) {
        const LstmShape& s = c.shape;
        const auto limit = [](int32_t fan) { return 1.5f / std::sqrt(static_cast<float>(fan)); };
        const size_t cells = static_cast<size_t>(s.directions) * s.hidden;
        const float state_limit = limit(s.state_width * s.hidden), input_limit = limit(s.kernel_width * s.cin);
        inputs.x = numbers.array(s.pixels() * s.cin);
        inputs.input_kernel = numbers.array(s.block(), -input_limit, input_limit);
        inputs.bias = c.bias ? numbers.array(s.gates()) : std::vector<float>(s.gates(), 0.0f);
        inputs.state_kernel = numbers.array(s.directions * s.state_block(), -state_limit, state_limit);
        inputs.initial_hidden = numbers.array(cells);
        inputs.initial_cell = numbers.array(cells);
        if (c.addition) inputs.addition = numbers.array(s.pixels() * s.gates());
        inputs.up_kernel = numbers.array(static_cast<size_t>(s.hidden) * s.up, -limit(s.hidden), limit(s.hidden));
        inputs.up_bias = c.bias ? numbers.array(s.up) : std::vector<float>(s.up, 0.0f);
        for (int32_t i = 0; i < s.hidden; i++)
            for (int32_t n = 0; n < s.up; n++) up_mask.push_back(!c.masked || i % c.colors <= n % c.colors ? 1.0f : 0.0f);
        dy = numbers.array(s.pixels() * s.output());
        for (int32_t j = 0; j < s.kernel_width; j++) {
            const int32_t right = j - s.kernel_width / 2;
            for (int32_t i = 0; i < s.cin; i++)
                for (int32_t n = 0; n < s.gates(); n++) {
                    const bool live = right < 0 || (right == 0 && i % c.colors <= n % s.hidden % c.colors);
                    mask.push_back(live || !c.masked ? 1.0f : 0.0f);
                }
            if (right <= 0 || !c.masked) taps.insert(taps.end(), {0, j});
        }
    }

    pixelrnn_lstm_parameters parameters() const {
        return {inputs.input_kernel.data(), c.masked ? mask.data() : nullptr, c.bias ? inputs.bias.data() : nullptr,
                inputs.state_kernel.data(), inputs.initial_hidden.data(), inputs.initial_cell.data(),
                inputs.up_kernel.data(), c.masked ? up_mask.data() : nullptr, c.bias ? inputs.up_bias.data() : nullptr};
    }
    pixelrnn_row_lstm row() const {
        const LstmShape& s = c.shape;
        return {s.batch, s.height, s.width, s.cin, s.hidden, s.kernel_width, static_cast<int32_t>(taps.size() / 2),
                taps.data(), s.state_width, {s.up, s.residual}};
    }
    pixelrnn_diagonal_bilstm diagonal() const {
        const LstmShape& s = c.shape;
        return {s.batch, s.height, s.width, s.cin, s.hidden, {s.up, s.residual}};
    }
};

struct Results {
    std::vector<float> gates, hidden, up;
    LstmArrays<float> gradients;

    const std::vector<float>& y() const { return up.empty() ? hidden : up; }
};

// `all` gradients, or only those that may not be null.
void compute_backward(const Problem& p, bool all, Results& r, const pixelrnn_executor* executor) {
    const pixelrnn_lstm_parameters parameters = p.parameters();
    LstmArrays<float>& d = r.gradients;
    const auto pointer = [](std::vector<float>& array) { return array.empty() ? nullptr : array.data(); };
    each_array(d, [&](const std::string& name, std::vector<float>& array) {
        const bool optional = name == "x" || name == "bias" || name == "addition" || name == "up bias";
        if (!all && optional) array.clear();
    });
    const pixelrnn_lstm_gradients gradients = {pointer(d.x), d.input_kernel.data(), pointer(d.bias), d.state_kernel.data(),
                                               d.initial_hidden.data(), d.initial_cell.data(), pointer(d.addition),
                                               d.up_kernel.data(), pointer(d.up_bias)};
    if (p.c.shape.directions == 1) {
        const pixelrnn_row_lstm lstm = p.row();
        const Workspace workspace(pixelrnn_row_lstm_backward_workspace(&lstm));
        pixelrnn_row_lstm_backward(&lstm, p.inputs.x.data(), &parameters, r.gates.data(), r.hidden.data(),
                                   p.dy.data(), &gradients, workspace.get(), executor);
    } else {
        const pixelrnn_diagonal_bilstm lstm = p.diagonal();
        const Workspace workspace(pixelrnn_diagonal_bilstm_backward_workspace(&lstm));
        pixelrnn_diagonal_bilstm_backward(&lstm, p.inputs.x.data(), &parameters, r.gates.data(), r.hidden.data(),
                                          p.dy.data(), &gradients, workspace.get(), executor);
    }
}

// The addition lies in the gates themselves where `in_place`.
void compute_forward(const Problem& p, bool in_place, Results& r, const pixelrnn_executor* executor) {
    const pixelrnn_lstm_parameters parameters = p.parameters();
    const float* addition = p.c.addition ? p.inputs.addition.data() : nullptr;
    if (in_place && addition) {
        r.gates = p.inputs.addition;
        addition = r.gates.data();
    }
    if (p.c.shape.directions == 1) {
        const pixelrnn_row_lstm lstm = p.row();
        const Workspace workspace(pixelrnn_row_lstm_forward_workspace(&lstm));
        pixelrnn_row_lstm_forward(&lstm, p.inputs.x.data(), &parameters, addition, r.gates.data(), r.hidden.data(),
                                  r.up.data(), workspace.get(), executor);
    } else {
        const pixelrnn_diagonal_bilstm lstm = p.diagonal();
        const Workspace workspace(pixelrnn_diagonal_bilstm_forward_workspace(&lstm));
        pixelrnn_diagonal_bilstm_forward(&lstm, p.inputs.x.data(), &parameters, addition, r.gates.data(),
                                         r.hidden.data(), r.up.data(), workspace.get(), executor);
    }
}

Results compute(const Problem& p, const pixelrnn_executor* executor) {
    const LstmShape& s = p.c.shape;
    Results r = {unwritten(s.pixels() * s.gates()), unwritten(s.pixels() * s.hidden), unwritten(s.pixels() * s.up),
                 p.inputs};
    each_array(r.gradients, [](const char*, std::vector<float>& array) { array = unwritten(array.size()); });
    r.gradients.addition = unwritten(r.gates.size());
    compute_forward(p, false, r, executor);
    compute_backward(p, true, r, executor);
    return r;
}

LstmArrays<double> in_doubles(const LstmArrays<float>& inputs) {
    const auto doubles = [](const std::vector<float>& array) { return Doubles(array.begin(), array.end()); };
    return {doubles(inputs.x),          doubles(inputs.input_kernel),   doubles(inputs.bias),
            doubles(inputs.state_kernel), doubles(inputs.initial_hidden), doubles(inputs.initial_cell),
            doubles(inputs.addition),   doubles(inputs.up_kernel),      doubles(inputs.up_bias)};
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
    return {{batch, height, width, cin, hidden, directions, kernel, directions == 1 ? odd[numbers.below(3)] : 2, up[kind],
             kind == 2},
            numbers.below(2) == 0 ? 1 : 3,
            numbers.below(4) > 0,
            numbers.below(4) > 0,
            numbers.below(2) == 0};
}

// Gradients that may be null change nothing of the others; the addition may become the gates.
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
    Results in_place = all;
    compute_forward(p, true, in_place, nullptr);
    check(identical(all.y(), in_place.y()), "addition in the gates of " + describe(p.c));
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
    check(lost(1, 1) && !lost(1, 0) && lost(2, 1) && lost(2, 2) && !first_row && !second_image, "NaN reaches its pixels");
}

}  // namespace

void test_lstm() {
    Numbers numbers(11);
    // The layers that the bench measures, in small images.
    for (const int32_t directions : {1, 2}) {
        const int32_t kernel = directions == 1 ? 3 : 1, state = directions == 1 ? 3 : 2;
        test({{1, 28, 28, 32, 16, directions, kernel, state, 32, true}, 1, true, true, false}, numbers);
        test({{2, 8, 14, 64, 32, directions, kernel, state, 64, true}, 3, true, true, false}, numbers);
    }
    for (int32_t hidden = 1; hidden <= 70; hidden++)
        for (const int32_t directions : {1, 2}) test(random_case(directions, hidden, numbers), numbers);
    for (const int32_t directions : {1, 2}) {
        for (const int32_t batch : {15, 16, 17, 35}) {  // more images than working slots
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

}  // namespace testing
