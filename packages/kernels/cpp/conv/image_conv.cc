#include "conv/image_conv.h"

namespace pixelrnn {
namespace {

// The patches that the forward pass reads, those of the whole batch.
Patches forward_patches(const ImageConvLayout& layout, const float* x) {
    return patches_of(layout.conv, false, layout.forward, Source::plain, x, nullptr);
}

// The patches of one image's dy, whose address is set later.
Patches turned_patches(const ImageConvLayout& layout) {
    Patches patches = patches_of(layout.conv, true, layout.turned, Source::plain, nullptr, nullptr);
    patches.pixels = layout.pixels();
    return patches;
}

// Nothing of the next image is read, not even to be thrown away: another thread may be writing it.
Patches of_image(Patches patches, int32_t image, int32_t pixels) {
    patches.values += static_cast<size_t>(image) * pixels * patches.channels;
    patches.pixels = pixels;
    return patches;
}

}  // namespace

ImageConvLayout take_image_conv(Arena& arena, const pixelrnn_conv& conv) {
    ImageConvLayout layout = {conv, take_lists(arena, conv.tap_count), {}, {}};
    layout.weights = take_weights(arena, conv.tap_count * conv.cin, conv.cout);
    return layout;
}

ImageConvSums take_image_conv_sums(Arena& arena, const pixelrnn_conv& conv) {
    ImageConvLayout layout = {conv, take_lists(arena, conv.tap_count), take_lists(arena, conv.tap_count), {}};
    layout.weights = take_weights(arena, conv.tap_count * conv.cout, conv.cin);
    const int32_t groups = Groups{conv.batch}.count(), rows = conv.tap_count * conv.cin;
    return {layout, take_partial_sums(arena, groups, rows, conv.cout)};
}

ImageConv::ImageConv(const ImageConvLayout& layout, const float* x, const Filter& filter, const float* bias,
                     const float* addition, const pixelrnn_executor* executor)
    : pixels_(layout.pixels()),
      patches_(forward_patches(layout, x)),
      weights_(pack_weights(layout.weights, weight_order(layout.conv, false, layout.forward), filter.kernel,
                            filter.mask, executor)),
      epilogue_{.bias = bias, .residual = addition} {}

void ImageConv::compute(int32_t image, float* y) const {
    const size_t first = static_cast<size_t>(image) * pixels_;
    Epilogue epilogue = epilogue_;
    if (epilogue.residual) epilogue.residual += first * weights_.columns;
    gemm_range(of_image(patches_, image, pixels_), weights_, epilogue, 0, pixels_, y);
}

ImageConvGradients::ImageConvGradients(const ImageConvSums& sums, const float* x, const Filter& filter, bool with_dx,
                                       const pixelrnn_executor* executor)
    : sums_(sums),
      mask_(filter.mask),
      inputs_(forward_patches(sums.layout, x)),
      turned_(turned_patches(sums.layout)),
      weights_(with_dx ? pack_weights(sums.layout.weights, weight_order(sums.layout.conv, true, sums.layout.turned),
                                      filter.kernel, mask_, executor)
                       : sums.layout.weights),
      color_order_(color_order(inputs_, mask_, turned_.channels)) {}

void ImageConvGradients::add(int32_t image, int32_t group, bool begin, const ImageGradients& gradients) const {
    const int32_t pixels = sums_.layout.pixels();
    if (gradients.dx) {
        Patches turned = turned_;
        turned.values = gradients.dy;
        const Epilogue epilogue = {.residual = gradients.addition, .accumulate = gradients.accumulate};
        gemm_range(turned, weights_, epilogue, 0, pixels, gradients.dx);
    }
    const Patches inputs = of_image(inputs_, image, pixels);
    const OutputGradient dz = {gradients.dy, nullptr, turned_.channels};
    const FilterGradient filter(inputs, dz, sums_.groups, mask_, color_order_);
    for (int32_t block = 0; block < filter.blocks(); block++) filter.add(0, pixels, group, block, begin);
}

void ImageConvGradients::finish(float* dkernel, float* dbias, const pixelrnn_executor* executor) const {
    const OutputGradient dz = {nullptr, nullptr, turned_.channels};
    const FilterGradient filter(inputs_, dz, sums_.groups, mask_, color_order_);
    filter.finish(sums_.layout.conv, dkernel, dbias, executor);
}

}  // namespace pixelrnn
