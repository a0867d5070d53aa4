#include "tensorflow/lstm_op.h"

namespace pixelrnn {

LstmTensors::LstmTensors(Call& call, bool projected)
    : conv{call.floats(0), call.floats(1), call.floats(2)},
      bias(call.floats(3)),
      state_kernel(call.floats(4)),
      initial_hidden(call.floats(5)),
      initial_cell(call.floats(6)),
      up_kernel{},
      up_mask{},
      up_bias{},
      count(7) {
    if (!projected) return;
    up_kernel = call.floats(count++);
    up_mask = call.floats(count++);
    up_bias = call.floats(count++);
}

Shape LstmTensors::map(int64_t channels) const {
    const Shape& x = conv.x.shape;
    return {x[0], x[1], x[2], channels};
}

pixelrnn_lstm_parameters LstmTensors::parameters() const {
    return {conv.kernel.values,    conv.mask.values,    bias.values,      state_kernel.values, initial_hidden.values,
            initial_cell.values, up_kernel.values, up_mask.values, up_bias.values};
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
               text(tensors.state_kernel.shape) + ", got " + text(tensors.conv.kernel.shape));
    }
    expect_shape("bias", tensors.bias, {gates});
    expect_shape("initial_hidden", tensors.initial_hidden, initial_shape);
    expect_shape("initial_cell", tensors.initial_cell, initial_shape);
    if (!projected_) return {0, 0};
    const Shape& up = tensors.up_kernel.shape;
    if (up.size() != 4 || size_of(up) == 0 || up[0] != 1 || up[1] != 1 || up[2] != hidden) {
        reject("up_kernel must be a non-empty [1,1," + std::to_string(hidden) + ",C], got " + text(up));
    }
    expect_shape("up_mask", tensors.up_mask, up);
    expect_shape("up_bias", tensors.up_bias, {up[3]});
    if (residual_ && up[3] != conv.cin) {
        reject("a residual needs as many channels in up_kernel " + text(up) + " as in x " + text(tensors.conv.x.shape));
    }
    return {narrow(up[3], "C"), residual_};
}

pixelrnn_lstm_gradients lstm_gradients(Call& call, const LstmTensors& tensors, const Shape* addition) {
    pixelrnn_lstm_gradients gradients = {};
    int index = 0;
    const auto output = [&](const FloatTensor& tensor) { return call.output(index++, tensor.shape); };
    gradients.x = output(tensors.conv.x);
    gradients.input_kernel = output(tensors.conv.kernel);
    gradients.bias = output(tensors.bias);
    gradients.state_kernel = output(tensors.state_kernel);
    gradients.initial_hidden = output(tensors.initial_hidden);
    gradients.initial_cell = output(tensors.initial_cell);
    if (tensors.up_kernel.values) {
        gradients.up_kernel = output(tensors.up_kernel);
        gradients.up_bias = output(tensors.up_bias);
    }
    if (addition) gradients.addition = call.output(index, *addition);
    return gradients;
}

void define_lstm_ops(const char* forward, const char* backward, const std::vector<const char*>& attributes) {
    typedef std::vector<const char*> List;
    const auto with = [](List list, std::initializer_list<const char*> others) {
        list.insert(list.end(), others);
        return list;
    };
    const List inputs = {"x: float",
                         "input_kernel: float",
                         "input_mask: float",
                         "bias: float",
                         "state_kernel: float",
                         "initial_hidden: float",
                         "initial_cell: float",
                         "up_kernel: projections * float",
                         "up_mask: projections * float",
                         "up_bias: projections * float"};
    const List all = with(attributes, {"projections: int >= 0", "additions: int >= 0", "residual: bool"});
    define_op(forward, with(inputs, {"addition: additions * float"}),
              {"y: float", "gates: float", "hidden: projections * float"}, all);
    define_op(backward, with(inputs, {"gates: float", "hidden: projections * float", "dy: float"}),
              {"dx: float", "dinput_kernel: float", "dbias: float", "dstate_kernel: float", "dinitial_hidden: float",
               "dinitial_cell: float", "dup_kernel: projections * float", "dup_bias: projections * float",
               "daddition: additions * float"},
              all);
}

}  // namespace pixelrnn
