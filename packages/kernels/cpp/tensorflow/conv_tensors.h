// What the ops of convolutions share: tensors and attributes, and their checks.
#pragma once

#include "tensorflow/op.h"

namespace pixelrnn {

struct ConvTensors {
    FloatTensor x, kernel, mask;
};

// The attributes of one convolution.
class Convolution {
public:
    Convolution(std::vector<int32_t> taps, bool input_relu, bool output_relu);

    bool output_relu() const { return output_relu_; }
    // Valid as long as this object.
    pixelrnn_conv describe(const ConvTensors& tensors) const;

private:
    std::string tap(size_t i) const;

    const std::vector<int32_t> taps_;
    const bool input_relu_, output_relu_;
};

Shape output_shape(const pixelrnn_conv& conv);
void expect_shape(const char* name, const FloatTensor& tensor, const Shape& expected);

}  // namespace pixelrnn
