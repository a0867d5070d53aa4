// A convolution and its gradients image by image, for layers that go on with what was written for one image while the cache
// still holds it.
#pragma once

#include "base/worker_memory.h"
#include "conv/convolution.h"

namespace pixelrnn {

struct ImageConvLayout {
    pixelrnn_conv conv;  // without activations
    TapLists forward, turned;
    Weights weights;

    int32_t pixels() const { return conv.height * conv.width; }
};

struct ImageConvSums {
    ImageConvLayout layout;
    PartialSums groups;
};

ImageConvLayout take_image_conv(Arena& arena, const pixelrnn_conv& conv);
ImageConvSums take_image_conv_sums(Arena& arena, const pixelrnn_conv& conv);

// The mask may be null.
struct Filter {
    const float *kernel, *mask;
};

class ImageConv {
public:
    // bias and addition may be null
    ImageConv(const ImageConvLayout& layout, const float* x, const Filter& filter, const float* bias,
              const float* addition, const pixelrnn_executor* executor);
    // y [pixels, cout] of the image
    void compute(int32_t image, float* y) const;

private:
    const int32_t pixels_;
    const Patches patches_;
    const Weights weights_;
    const Epilogue epilogue_;
};

// What the gradients of one image are made from and where those of its pixels go.
struct ImageGradients {
    const float* dy;                  // [pixels, cout]
    float* dx;                        // [pixels, cin], or null
    const float* addition = nullptr;  // to dx, or null
    bool accumulate = false;          // whether dx is added to what is there
};

class ImageConvGradients {
public:
    ImageConvGradients(const ImageConvSums& sums, const float* x, const Filter& filter, bool with_dx,
                       const pixelrnn_executor* executor);
    // `begin` where the image is its group's first.
    void add(int32_t image, int32_t group, bool begin, const ImageGradients& gradients) const;
    // After all have been added; dbias may be null.
    void finish(float* dkernel, float* dbias, const pixelrnn_executor* executor) const;

private:
    const ImageConvSums sums_;
    const float* mask_;
    const Patches inputs_, turned_;
    const Weights weights_;
    const ColorOrder color_order_;
};

}  // namespace pixelrnn
