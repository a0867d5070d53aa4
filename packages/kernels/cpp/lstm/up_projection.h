// The 1 x 1 convolution and the residual behind a recurrent layer, image by image.
#pragma once

#include "conv/image_conv.h"

namespace pixelrnn {

template <typename Lstm>
pixelrnn_conv up_conv(const Lstm& lstm) {
    static constexpr int32_t centre[] = {0, 0};
    return {.batch = lstm.batch,
            .height = lstm.height,
            .width = lstm.width,
            .cin = lstm.hidden,
            .cout = lstm.up.channels,
            .kernel_height = 1,
            .kernel_width = 1,
            .tap_count = 1,
            .taps = centre,
            .input_relu = 0,
            .output_relu = 0};
}

template <typename Lstm>
ImageConvLayout take_up(Arena& arena, const Lstm& lstm) {
    return lstm.up.channels > 0 ? take_image_conv(arena, up_conv(lstm)) : ImageConvLayout{};
}

template <typename Lstm>
ImageConvSums take_up_sums(Arena& arena, const Lstm& lstm) {
    return lstm.up.channels > 0 ? take_image_conv_sums(arena, up_conv(lstm)) : ImageConvSums{};
}

template <typename Lstm>
int32_t output_channels(const Lstm& lstm) {
    return lstm.up.channels > 0 ? lstm.up.channels : lstm.hidden;
}

// Nothing at all without an up-projection.
class UpProjection {
public:
    UpProjection(const pixelrnn_up_projection& up, const ImageConvLayout& layout, const float* x, const float* hidden,
                 const pixelrnn_lstm_parameters& parameters, const pixelrnn_executor* executor)
        : there_(up.channels > 0),
          conv_(layout, hidden, {parameters.up_kernel, parameters.up_mask}, parameters.up_bias,
                up.residual ? x : nullptr, executor) {}

    void compute(int32_t image, float* y) const {
        if (there_) conv_.compute(image, y);
    }

private:
    const bool there_;
    const ImageConv conv_;
};

class UpProjectionGradients {
public:
    UpProjectionGradients(const pixelrnn_up_projection& up, const ImageConvSums& sums, const float* hidden,
                          const pixelrnn_lstm_parameters& parameters, const pixelrnn_executor* executor)
        : there_(up.channels > 0),
          gradients_(sums, hidden, {parameters.up_kernel, parameters.up_mask}, up.channels > 0, executor) {}

    // dy of the layer's output in the image; gives that of the hidden map, in `dhidden` or dy itself.
    const float* add(int32_t image, int32_t group, bool begin, const float* dy, float* dhidden) const {
        if (!there_) return dy;
        gradients_.add(image, group, begin, {.dy = dy, .dx = dhidden});
        return dhidden;
    }
    void finish(float* dkernel, float* dbias, const pixelrnn_executor* executor) const {
        if (there_) gradients_.finish(dkernel, dbias, executor);
    }

private:
    const bool there_;
    const ImageConvGradients gradients_;
};

}  // namespace pixelrnn
