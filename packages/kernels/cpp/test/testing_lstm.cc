#include "test/testing_lstm.h"

namespace testing {
namespace {

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

// Where a pixel's states before lie: a pixel of the same image, or kInitial, or kNone.
constexpr int32_t kInitial = -1, kNone = -2;

struct Pixel {
    int32_t image, row, column, direction;
};

struct Geometry {
    const LstmShape& shape;

    size_t at(int32_t image, int32_t pixel) const {
        return static_cast<size_t>(image) * shape.height * shape.width + static_cast<size_t>(pixel);
    }
    // The pixel whose hidden state meets part number `part` of the state kernel.
    int32_t hidden_source(const Pixel& p, int32_t part) const {
        if (shape.directions == 1) {
            const int32_t column = p.column + part - shape.state_width / 2;
            if (column < 0 || column >= shape.width) return kNone;
            return p.row == 0 ? kInitial : (p.row - 1) * shape.width + column;
        }
        if (part == 0) return cell_source(p);
        return p.row == 0 ? kNone : (p.row - 1) * shape.width + p.column;
    }
    int32_t cell_source(const Pixel& p) const {
        if (shape.directions == 1) return p.row == 0 ? kInitial : (p.row - 1) * shape.width + p.column;
        const int32_t column = p.direction == 0 ? p.column - 1 : p.column + 1;
        return column < 0 || column >= shape.width ? kInitial : p.row * shape.width + column;
    }
    // In an order in which every pixel's sources come first.
    template <typename F>
    void each(bool backward, const F& f) const {
        const int32_t count = shape.height * shape.width;
        for (int32_t image = 0; image < shape.batch; image++)
            for (int32_t direction = 0; direction < shape.directions; direction++)
                for (int32_t i = 0; i < count; i++) {
                    const int32_t place = backward ? count - 1 - i : i, row = place / shape.width;
                    const int32_t column = place % shape.width;
                    f(Pixel{image, row, direction == 0 ? column : shape.width - 1 - column, direction});
                }
    }
    int32_t place(const Pixel& p) const { return p.row * shape.width + p.column; }
    // f(input's pixel, position in the kernel)
    template <typename F>
    void each_input(const Pixel& p, const F& f) const {
        for (int32_t j = 0; j < shape.kernel_width; j++) {
            const int32_t column = p.column + j - shape.kernel_width / 2;
            if (column >= 0 && column < shape.width) f(at(p.image, p.row * shape.width + column), j);
        }
    }
};

}  // namespace

LstmStates naive_forward(const LstmShape& shape, const LstmArrays<double>& inputs, const std::vector<float>& mask) {
    const Geometry geometry = {shape};
    const int32_t h = shape.hidden, gates = shape.gates();
    const size_t cells = shape.pixels() * shape.directions;
    LstmStates states = {Doubles(cells * 4 * h), Doubles(cells * h), Doubles(cells * h)};
    geometry.each(false, [&](const Pixel& p) {
        const size_t pixel = geometry.at(p.image, geometry.place(p)), cell = pixel * shape.directions + p.direction;
        double* sums = states.gates.data() + cell * 4 * h;
        const int32_t first = p.direction * 4 * h;
        for (int32_t n = 0; n < 4 * h; n++) {
            sums[n] = inputs.bias[first + n];
            if (!inputs.addition.empty()) sums[n] += inputs.addition[pixel * gates + first + n];
        }
        geometry.each_input(p, [&](size_t from, int32_t j) {
            for (int32_t i = 0; i < shape.cin; i++)
                for (int32_t n = 0; n < 4 * h; n++) {
                    const size_t k = (static_cast<size_t>(j) * shape.cin + i) * gates + first + n;
                    sums[n] += inputs.x[from * shape.cin + i] * inputs.input_kernel[k] * mask[k];
                }
        });
        const auto state = [&](const Doubles& map, const Doubles& initial, int32_t source) {
            return source == kInitial
                       ? initial.data() + p.direction * h
                       : map.data() + (geometry.at(p.image, source) * shape.directions + p.direction) * h;
        };
        for (int32_t part = 0; part < shape.state_width; part++) {
            const int32_t source = geometry.hidden_source(p, part);
            if (source == kNone) continue;
            const double* before = state(states.hidden, inputs.initial_hidden, source);
            const double* kernel = inputs.state_kernel.data() + p.direction * shape.state_block() + part * h * 4 * h;
            for (int32_t m = 0; m < h; m++)
                for (int32_t n = 0; n < 4 * h; n++) sums[n] += before[m] * kernel[m * 4 * h + n];
        }
        const double* before = state(states.cell, inputs.initial_cell, geometry.cell_source(p));
        for (int32_t m = 0; m < h; m++) {
            for (int32_t gate = 0; gate < 3; gate++) sums[gate * h + m] = sigmoid(sums[gate * h + m]);
            sums[3 * h + m] = std::tanh(sums[3 * h + m]);
            const double c = sums[h + m] * before[m] + sums[2 * h + m] * sums[3 * h + m];
            states.cell[cell * h + m] = c;
            states.hidden[cell * h + m] = sums[m] * std::tanh(c);
        }
    });
    return states;
}

Doubles naive_hidden(const LstmShape& shape, const LstmStates& states) {
    const int32_t h = shape.hidden, above = shape.width;
    Doubles y(shape.pixels() * h);
    for (size_t pixel = 0; pixel < shape.pixels(); pixel++)
        for (int32_t m = 0; m < h; m++) {
            y[pixel * h + m] = states.hidden[pixel * shape.directions * h + m];
            const bool first_row = pixel / shape.width % shape.height == 0;
            if (shape.directions == 2 && !first_row)
                y[pixel * h + m] += states.hidden[((pixel - above) * 2 + 1) * h + m];
        }
    return y;
}

Doubles naive_output(const LstmShape& shape, const LstmArrays<double>& inputs, const std::vector<float>& up_mask,
                     const LstmStates& states) {
    const Doubles hidden = naive_hidden(shape, states);
    if (shape.up == 0) return hidden;
    Doubles y(shape.pixels() * shape.up);
    for (size_t pixel = 0; pixel < shape.pixels(); pixel++)
        for (int32_t n = 0; n < shape.up; n++) {
            double& sum = y[pixel * shape.up + n];
            sum = inputs.up_bias[n] + (shape.residual ? inputs.x[pixel * shape.cin + n] : 0);
            for (int32_t m = 0; m < shape.hidden; m++)
                sum +=
                    hidden[pixel * shape.hidden + m] * inputs.up_kernel[m * shape.up + n] * up_mask[m * shape.up + n];
        }
    return y;
}

namespace {

// Backward through the up-projection and the residual; returns the gradient of the hidden map.
Doubles naive_up_backward(const LstmShape& shape, const LstmArrays<double>& inputs, const std::vector<float>& up_mask,
                          const LstmStates& states, const Doubles& dy, LstmArrays<double>& d) {
    if (shape.up == 0) return dy;
    const Doubles hidden = naive_hidden(shape, states);
    Doubles dhidden(hidden.size());
    for (size_t pixel = 0; pixel < shape.pixels(); pixel++)
        for (int32_t n = 0; n < shape.up; n++) {
            const double dsum = dy[pixel * shape.up + n];
            d.up_bias[n] += dsum;
            if (shape.residual) d.x[pixel * shape.cin + n] += dsum;
            for (int32_t m = 0; m < shape.hidden; m++) {
                const size_t k = static_cast<size_t>(m) * shape.up + n;
                d.up_kernel[k] += dsum * hidden[pixel * shape.hidden + m] * up_mask[k];
                dhidden[pixel * shape.hidden + m] += dsum * inputs.up_kernel[k] * up_mask[k];
            }
        }
    return dhidden;
}

}  // namespace

LstmArrays<double> naive_backward(const LstmShape& shape, const LstmArrays<double>& inputs,
                                  const std::vector<float>& mask, const std::vector<float>& up_mask,
                                  const LstmStates& states, const Doubles& dy) {
    const Geometry geometry = {shape};
    const int32_t h = shape.hidden, gates = shape.gates();
    LstmArrays<double> d = {Doubles(inputs.x.size()),
                            Doubles(inputs.input_kernel.size()),
                            Doubles(inputs.bias.size()),
                            Doubles(inputs.state_kernel.size()),
                            Doubles(inputs.initial_hidden.size()),
                            Doubles(inputs.initial_cell.size()),
                            Doubles(shape.pixels() * gates),
                            Doubles(inputs.up_kernel.size()),
                            Doubles(inputs.up_bias.size())};
    const Doubles dmap = naive_up_backward(shape, inputs, up_mask, states, dy, d);
    Doubles dhidden(states.hidden.size()), dcell(states.cell.size());
    for (size_t pixel = 0; pixel < shape.pixels(); pixel++)
        for (int32_t m = 0; m < h; m++) {
            dhidden[pixel * shape.directions * h + m] = dmap[pixel * h + m];
            const bool last_row = pixel / shape.width % shape.height == static_cast<size_t>(shape.height) - 1;
            if (shape.directions == 2 && !last_row)
                dhidden[(pixel * 2 + 1) * h + m] = dmap[(pixel + shape.width) * h + m];
        }
    geometry.each(true, [&](const Pixel& p) {
        const size_t pixel = geometry.at(p.image, geometry.place(p)), cell = pixel * shape.directions + p.direction;
        const int32_t first = p.direction * 4 * h;
        const auto index = [&](int32_t source) {
            return (geometry.at(p.image, source) * shape.directions + p.direction) * h;
        };
        const double* gate = states.gates.data() + cell * 4 * h;
        double* dsums = d.addition.data() + pixel * gates + first;
        const int32_t source = geometry.cell_source(p);
        const double* before =
            source == kInitial ? inputs.initial_cell.data() + p.direction * h : states.cell.data() + index(source);
        double* dbefore = source == kInitial ? d.initial_cell.data() + p.direction * h : dcell.data() + index(source);
        for (int32_t m = 0; m < h; m++) {
            const double o = gate[m], f = gate[h + m], i = gate[2 * h + m], g = gate[3 * h + m];
            const double tanh_cell = std::tanh(states.cell[cell * h + m]), dh = dhidden[cell * h + m];
            const double dc = dcell[cell * h + m] + dh * o * (1 - tanh_cell * tanh_cell);
            dsums[m] = dh * tanh_cell * o * (1 - o);
            dsums[h + m] = dc * before[m] * f * (1 - f);
            dsums[2 * h + m] = dc * g * i * (1 - i);
            dsums[3 * h + m] = dc * i * (1 - g * g);
            dbefore[m] += dc * f;
        }
        for (int32_t n = 0; n < 4 * h; n++) d.bias[first + n] += dsums[n];
        geometry.each_input(p, [&](size_t from, int32_t j) {
            for (int32_t i = 0; i < shape.cin; i++)
                for (int32_t n = 0; n < 4 * h; n++) {
                    const size_t k = (static_cast<size_t>(j) * shape.cin + i) * gates + first + n;
                    d.x[from * shape.cin + i] += dsums[n] * inputs.input_kernel[k] * mask[k];
                    d.input_kernel[k] += dsums[n] * inputs.x[from * shape.cin + i] * mask[k];
                }
        });
        for (int32_t part = 0; part < shape.state_width; part++) {
            const int32_t from = geometry.hidden_source(p, part);
            if (from == kNone) continue;
            const size_t at = p.direction * shape.state_block() + part * h * 4 * h;
            const bool initial = from == kInitial;
            const double* hidden =
                initial ? inputs.initial_hidden.data() + p.direction * h : states.hidden.data() + index(from);
            double* dh = initial ? d.initial_hidden.data() + p.direction * h : dhidden.data() + index(from);
            for (int32_t m = 0; m < h; m++)
                for (int32_t n = 0; n < 4 * h; n++) {
                    d.state_kernel[at + m * 4 * h + n] += hidden[m] * dsums[n];
                    dh[m] += inputs.state_kernel[at + m * 4 * h + n] * dsums[n];
                }
        }
    });
    return d;
}

}  // namespace testing
