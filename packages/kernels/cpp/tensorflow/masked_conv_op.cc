// PixelrnnMaskedConv2d and its gradients.
#include "tensorflow/conv_tensors.h"

namespace pixelrnn {
namespace {

Convolution convolution_of(const Attributes& attributes) {
    return {attributes.integers("taps"), attributes.flag("input_relu"), attributes.flag("output_relu")};
}

class MaskedConv2d {
public:
    static constexpr const char* name = "PixelrnnMaskedConv2d";

    explicit MaskedConv2d(const Attributes& attributes)
        : convolution_(convolution_of(attributes)),
          biases_(attributes.integer("biases")),
          residuals_(attributes.integer("residuals")) {
        if (residuals_ && convolution_.output_relu()) reject("output_relu cannot be combined with a residual");
    }

    void compute(Call& call) const {
        const ConvTensors tensors = {call.floats(0), call.floats(1), call.floats(2)};
        const pixelrnn_conv conv = convolution_.describe(tensors);
        const Shape shape = output_shape(conv);
        FloatTensor bias = {}, residual = {};
        if (biases_) expect_shape("bias", bias = call.floats(3), {conv.cout});
        if (residuals_) expect_shape("residual", residual = call.floats(3 + biases_), shape);
        void* workspace = call.workspace(pixelrnn_conv_forward_workspace(&conv));
        pixelrnn_conv_forward(&conv, tensors.x.values, tensors.kernel.values, tensors.mask.values, bias.values,
                              residual.values, call.output(0, shape), workspace, executor());
    }

private:
    const Convolution convolution_;
    const int32_t biases_, residuals_;
};

class MaskedConv2dBackward {
public:
    static constexpr const char* name = "PixelrnnMaskedConv2dBackward";

    explicit MaskedConv2dBackward(const Attributes& attributes)
        : convolution_(convolution_of(attributes)),
          outputs_(attributes.integer("outputs")),
          input_gradients_(attributes.integer("input_gradients")),
          bias_gradients_(attributes.integer("bias_gradients")) {
        if (convolution_.output_relu() && !outputs_) reject("output_relu needs the forward output y");
    }

    void compute(Call& call) const {
        const ConvTensors tensors = {call.floats(0), call.floats(1), call.floats(2)};
        const pixelrnn_conv conv = convolution_.describe(tensors);
        const FloatTensor dy = call.floats(3);
        expect_shape("dy", dy, output_shape(conv));
        FloatTensor y = {};
        if (outputs_) expect_shape("y", y = call.floats(4), output_shape(conv));
        int index = 0;
        float* dx = input_gradients_ ? call.output(index++, tensors.x.shape) : nullptr;
        float* dkernel = call.output(index++, tensors.kernel.shape);
        float* dbias = bias_gradients_ ? call.output(index++, {conv.cout}) : nullptr;
        void* workspace = call.workspace(pixelrnn_conv_backward_workspace(&conv));
        pixelrnn_conv_backward(&conv, tensors.x.values, tensors.kernel.values, tensors.mask.values, y.values, dy.values,
                               dx, dkernel, dbias, workspace, executor());
    }

private:
    const Convolution convolution_;
    const int32_t outputs_, input_gradients_, bias_gradients_;
};

}  // namespace

// Optional tensors are lists of none or one.
static void register_masked_conv() {
    define_op(MaskedConv2d::name,
              {"x: float", "kernel: float", "mask: float", "bias: biases * float", "residual: residuals * float"},
              {"y: float"},
              {"taps: list(int)", "input_relu: bool", "output_relu: bool", "biases: int >= 0", "residuals: int >= 0"});
    register_kernel<MaskedConv2d>();
    define_op(MaskedConv2dBackward::name,
              {"x: float", "kernel: float", "mask: float", "dy: float", "y: outputs * float"},
              {"dx: input_gradients * float", "dkernel: float", "dbias: bias_gradients * float"},
              {"taps: list(int)", "input_relu: bool", "output_relu: bool", "outputs: int >= 0",
               "input_gradients: int >= 0", "bias_gradients: int >= 0"});
    register_kernel<MaskedConv2dBackward>();
}

static const OpRegistration registration(register_masked_conv);

}  // namespace pixelrnn
