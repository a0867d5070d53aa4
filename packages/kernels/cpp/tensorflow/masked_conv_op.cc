// PixelrnnMaskedConv2d and its gradients.
#include "ops.h"

namespace pixelrnn {
namespace {

struct ConvTensors {
    FloatTensor x, kernel, mask;
};

// The attributes that forward and backward share.
class Convolution {
public:
    explicit Convolution(const Attributes& attributes)
        : taps_(attributes.integers("taps")),
          input_relu_(attributes.flag("input_relu")),
          output_relu_(attributes.flag("output_relu")) {
        if (taps_.empty() || taps_.size() % 2 != 0) {
            reject("taps must be at least one pair of row and column, got " + std::to_string(taps_.size()) +
                   " numbers");
        }
        for (size_t i = 0; i < taps_.size(); i += 2) {
            for (size_t j = 0; j < i; j += 2) {
                if (taps_[i] == taps_[j] && taps_[i + 1] == taps_[j + 1]) reject("tap " + tap(i) + " is given twice");
            }
        }
    }

    bool output_relu() const { return output_relu_; }

    // Valid as long as this object.
    pixelrnn_conv describe(const ConvTensors& tensors) const {
        const Shape &x = tensors.x.shape, &kernel = tensors.kernel.shape;
        if (x.size() != 4 || size_of(x) == 0) reject("x must be a non-empty [B, H, W, Cin], got " + text(x));
        if (kernel.size() != 4 || size_of(kernel) == 0) {
            reject("kernel must be a non-empty [kh, kw, Cin, Cout], got " + text(kernel));
        }
        if (x[3] != kernel[2]) reject("x " + text(x) + " and kernel " + text(kernel) + " differ in Cin");
        if (tensors.mask.shape != kernel) {
            reject("mask " + text(tensors.mask.shape) + " must have the kernel's shape " + text(kernel));
        }
        for (size_t i = 0; i < taps_.size(); i += 2) {
            const bool inside = taps_[i] >= 0 && taps_[i] < kernel[0] && taps_[i + 1] >= 0 && taps_[i + 1] < kernel[1];
            if (!inside) reject("tap " + tap(i) + " lies outside the kernel " + text(kernel));
        }
        pixelrnn_conv conv;
        conv.batch = narrow(x[0], "the batch");
        conv.height = narrow(x[1], "the height");
        conv.width = narrow(x[2], "the width");
        conv.cin = narrow(x[3], "Cin");
        conv.cout = narrow(kernel[3], "Cout");
        conv.kernel_height = narrow(kernel[0], "the kernel's height");
        conv.kernel_width = narrow(kernel[1], "the kernel's width");
        conv.tap_count = static_cast<int32_t>(taps_.size() / 2);
        conv.taps = taps_.data();
        conv.input_relu = input_relu_;
        conv.output_relu = output_relu_;
        return conv;
    }

private:
    std::string tap(size_t i) const {
        return "(" + std::to_string(taps_[i]) + ", " + std::to_string(taps_[i + 1]) + ")";
    }

    const std::vector<int32_t> taps_;
    const bool input_relu_, output_relu_;
};

Shape output_shape(const pixelrnn_conv& conv) { return {conv.batch, conv.height, conv.width, conv.cout}; }

void expect_shape(const char* name, const FloatTensor& tensor, const Shape& expected) {
    if (tensor.shape != expected) {
        reject(std::string(name) + " must be " + text(expected) + ", got " + text(tensor.shape));
    }
}

class MaskedConv2d {
public:
    static constexpr const char* name = "PixelrnnMaskedConv2d";

    explicit MaskedConv2d(const Attributes& attributes)
        : convolution_(attributes),
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
        : convolution_(attributes),
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
        pixelrnn_conv_backward(&conv, tensors.x.values, tensors.kernel.values, tensors.mask.values, y.values,
                               dy.values, dx, dkernel, dbias, workspace, executor());
    }

private:
    const Convolution convolution_;
    const int32_t outputs_, input_gradients_, bias_gradients_;
};

}  // namespace

// Optional tensors are lists of none or one.
void register_masked_conv() {
    define_op(MaskedConv2d::name, {"x: float", "kernel: float", "mask: float", "bias: biases * float",
              "residual: residuals * float"},
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

}  // namespace pixelrnn
