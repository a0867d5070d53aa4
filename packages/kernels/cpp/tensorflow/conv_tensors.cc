#include "tensorflow/conv_tensors.h"

#include <utility>

namespace pixelrnn {

Convolution::Convolution(std::vector<int32_t> taps, bool input_relu, bool output_relu)
    : taps_(std::move(taps)), input_relu_(input_relu), output_relu_(output_relu) {
    if (taps_.empty() || taps_.size() % 2 != 0) {
        reject("taps must be at least one pair of row and column, got " + std::to_string(taps_.size()) + " numbers");
    }
    for (size_t i = 0; i < taps_.size(); i += 2) {
        for (size_t j = 0; j < i; j += 2) {
            if (taps_[i] == taps_[j] && taps_[i + 1] == taps_[j + 1]) reject("tap " + tap(i) + " is given twice");
        }
    }
}

pixelrnn_conv Convolution::describe(const ConvTensors& tensors) const {
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
    return {.batch = narrow(x[0], "the batch"),
            .height = narrow(x[1], "the height"),
            .width = narrow(x[2], "the width"),
            .cin = narrow(x[3], "Cin"),
            .cout = narrow(kernel[3], "Cout"),
            .kernel_height = narrow(kernel[0], "the kernel's height"),
            .kernel_width = narrow(kernel[1], "the kernel's width"),
            .tap_count = static_cast<int32_t>(taps_.size() / 2),
            .taps = taps_.data(),
            .input_relu = input_relu_,
            .output_relu = output_relu_};
}

std::string Convolution::tap(size_t i) const {
    return "(" + std::to_string(taps_[i]) + ", " + std::to_string(taps_[i + 1]) + ")";
}

Shape output_shape(const pixelrnn_conv& conv) { return {conv.batch, conv.height, conv.width, conv.cout}; }

void expect_shape(const char* name, const FloatTensor& tensor, const Shape& expected) {
    if (tensor.shape != expected) {
        reject(std::string(name) + " must be " + text(expected) + ", got " + text(tensor.shape));
    }
}

}  // namespace pixelrnn
