#include "tensorflow/lstm_op.h"

#include <stddef.h>

#include <iterator>

namespace pixelrnn {
namespace {

// What the ops make of a field of kernels.h: its name there, whether only layers with an up-projection have it, the tensor, the
// field, and which field of the struct it is.
struct Parameter {
    const char* name;
    bool projection;
    FloatTensor LstmTensors::* tensor;
    const float* pixelrnn_lstm_parameters::* field;
    size_t place;
};
struct Gradient {
    const char* name;
    bool projection;
    FloatTensor LstmTensors::* tensor;  // of which it is the gradient
    float* pixelrnn_lstm_gradients::* field;
    size_t place;
};

#define PIXELRNN_ROW(type, name, projection) \
    {#name, projection, &LstmTensors::name, &type::name, offsetof(type, name) / sizeof(float*)}
#define PIXELRNN_PARAMETER(name, projection) PIXELRNN_ROW(pixelrnn_lstm_parameters, name, projection)
#define PIXELRNN_GRADIENT(name, projection) PIXELRNN_ROW(pixelrnn_lstm_gradients, name, projection)

constexpr Parameter kParameters[] = {
    PIXELRNN_PARAMETER(input_kernel, false),   PIXELRNN_PARAMETER(input_mask, false),
    PIXELRNN_PARAMETER(bias, false),           PIXELRNN_PARAMETER(state_kernel, false),
    PIXELRNN_PARAMETER(initial_hidden, false), PIXELRNN_PARAMETER(initial_cell, false),
    PIXELRNN_PARAMETER(up_kernel, true),       PIXELRNN_PARAMETER(up_mask, true),
    PIXELRNN_PARAMETER(up_bias, true),
};
// And behind them `addition`.
constexpr Gradient kGradients[] = {
    PIXELRNN_GRADIENT(x, false),
    PIXELRNN_GRADIENT(input_kernel, false),
    PIXELRNN_GRADIENT(bias, false),
    PIXELRNN_GRADIENT(state_kernel, false),
    PIXELRNN_GRADIENT(initial_hidden, false),
    PIXELRNN_GRADIENT(initial_cell, false),
    PIXELRNN_GRADIENT(up_kernel, true),
    PIXELRNN_GRADIENT(up_bias, true),
};

template <typename Table>
constexpr bool in_order(const Table& table) {
    size_t place = 0;
    for (const auto& row : table)
        if (row.place != place++) return false;
    return true;
}
static_assert(in_order(kParameters) && sizeof(pixelrnn_lstm_parameters) == std::size(kParameters) * sizeof(float*),
              "the table must have the fields of pixelrnn_lstm_parameters in their order");
static_assert(in_order(kGradients) &&
                  offsetof(pixelrnn_lstm_gradients, addition) == std::size(kGradients) * sizeof(float*) &&
                  sizeof(pixelrnn_lstm_gradients) == (std::size(kGradients) + 1) * sizeof(float*),
              "the table must have the fields of pixelrnn_lstm_gradients in their order");

typedef std::vector<std::string> List;

// Arguments of the ops' definitions.
template <typename Table>
void add_arguments(List& list, const Table& table, const std::string& prefix) {
    for (const auto& row : table)
        list.push_back(prefix + row.name + (row.projection ? ": projections * float" : ": float"));
}

List with(List list, std::initializer_list<const char*> others) {
    list.insert(list.end(), others.begin(), others.end());
    return list;
}

}  // namespace

LstmTensors::LstmTensors(Call& call, bool projected) {
    x = call.floats(count++);
    for (const Parameter& parameter : kParameters)
        if (projected || !parameter.projection) this->*parameter.tensor = call.floats(count++);
}

Shape LstmTensors::map(int64_t channels) const { return {x.shape[0], x.shape[1], x.shape[2], channels}; }

pixelrnn_lstm_parameters LstmTensors::parameters() const {
    pixelrnn_lstm_parameters parameters = {};
    for (const Parameter& parameter : kParameters) parameters.*parameter.field = (this->*parameter.tensor).values;
    return parameters;
}

LstmOptions::LstmOptions(const Attributes& attributes)
    : projected_(attributes.integer("projections") > 0), residual_(attributes.flag("residual")) {
    if (residual_ && !projected_) reject("a residual needs an up-projection");
}

pixelrnn_up_projection LstmOptions::describe(const LstmTensors& tensors, const pixelrnn_conv& conv, int64_t hidden,
                                             int64_t directions, const Shape& initial_shape) const {
    const int64_t gates = 4 * directions * hidden;
    if (conv.kernel_height != 1 || conv.cout != gates) {
        reject("input_kernel must be [1,k,Cin," + std::to_string(gates) + "] for state_kernel " +
               text(tensors.state_kernel.shape) + ", got " + text(tensors.input_kernel.shape));
    }
    expect_shape("bias", tensors.bias, {gates});
    expect_shape("initial_hidden", tensors.initial_hidden, initial_shape);
    expect_shape("initial_cell", tensors.initial_cell, initial_shape);
    if (!projected_) return {.channels = 0, .residual = 0};
    const Shape& up = tensors.up_kernel.shape;
    if (up.size() != 4 || size_of(up) == 0 || up[0] != 1 || up[1] != 1 || up[2] != hidden) {
        reject("up_kernel must be a non-empty [1,1," + std::to_string(hidden) + ",C], got " + text(up));
    }
    expect_shape("up_mask", tensors.up_mask, up);
    expect_shape("up_bias", tensors.up_bias, {up[3]});
    if (residual_ && up[3] != conv.cin) {
        reject("a residual needs as many channels in up_kernel " + text(up) + " as in x " + text(tensors.x.shape));
    }
    return {.channels = narrow(up[3], "C"), .residual = residual_};
}

pixelrnn_lstm_gradients lstm_gradients(Call& call, const LstmTensors& tensors, const Shape* addition) {
    pixelrnn_lstm_gradients gradients = {};
    const bool projected = tensors.up_kernel.values != nullptr;
    int index = 0;
    for (const Gradient& gradient : kGradients)
        if (projected || !gradient.projection)
            gradients.*gradient.field = call.output(index++, (tensors.*gradient.tensor).shape);
    if (addition) gradients.addition = call.output(index, *addition);
    return gradients;
}

void define_lstm_ops(const char* forward, const char* backward, const std::vector<std::string>& attributes) {
    List inputs = {"x: float"}, gradients;
    add_arguments(inputs, kParameters, "");
    add_arguments(gradients, kGradients, "d");
    const List all = with(attributes, {"projections: int >= 0", "additions: int >= 0", "residual: bool"});
    define_op(forward, with(inputs, {"addition: additions * float"}),
              {"y: float", "gates: float", "hidden: projections * float"}, all);
    define_op(backward, with(inputs, {"gates: float", "hidden: projections * float", "dy: float"}),
              with(gradients, {"daddition: additions * float"}), all);
}

}  // namespace pixelrnn
