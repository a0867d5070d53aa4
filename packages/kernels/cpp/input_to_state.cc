#include "input_to_state.h"

namespace pixelrnn {
namespace {

// Of the whole batch.
Patches forward_patches(const InputToState& input, const float* x) {
    return patches_of(input.conv, false, input.forward, Source::plain, x, nullptr);
}

// Of one image's dgates, which are named later.
Patches turned_patches(const InputToState& input) {
    Patches patches = patches_of(input.conv, true, input.turned, Source::plain, nullptr, nullptr);
    patches.pixels = input.pixels();
    return patches;
}

PartialSums piece_of(const PartialSums& sums, int32_t piece) {
    return {1, sums.rows, sums.columns, sums.kernel + static_cast<size_t>(piece) * sums.rows * sums.columns,
            sums.bias + static_cast<size_t>(piece) * sums.columns};
}

void add_vectors(float* to, const float* from, size_t count) {
    for (size_t i = 0; i < count; i += kLanes) store(to + i, load(to + i) + load(from + i));
}

}  // namespace

InputToState take_input_forward(Arena& arena, const pixelrnn_conv& conv) {
    InputToState input = {conv, take_lists(arena, conv.tap_count), {}, {}};
    input.weights = take_weights(arena, conv.tap_count * conv.cin, conv.cout);
    return input;
}

InputToStateSums take_input_backward(Arena& arena, const pixelrnn_conv& conv) {
    InputToState input = {conv, take_lists(arena, conv.tap_count), take_lists(arena, conv.tap_count), {}};
    input.weights = take_weights(arena, conv.tap_count * conv.cout, conv.cin);
    const int32_t groups = Groups{conv.batch}.count(), rows = conv.tap_count * conv.cin;
    const PartialSums sums = take_partial_sums(arena, groups, rows, conv.cout);
    return {input, sums, take_partial_sums(arena, groups, rows, conv.cout)};
}

InputSums::InputSums(const InputToState& input, const float* x, const pixelrnn_lstm_parameters& parameters,
                     const float* addition, const pixelrnn_executor* executor)
    : pixels_(input.pixels()),
      patches_(forward_patches(input, x)),
      weights_(pack_weights(input.weights, weight_order(input.conv, false, input.forward), parameters.input_kernel,
                            parameters.input_mask, executor)),
      epilogue_{parameters.bias, false, nullptr, addition} {}

void InputSums::compute(int32_t image, float* sums) const {
    const int64_t first = static_cast<int64_t>(image) * pixels_;
    multiply_range(patches_, weights_, epilogue_, first, first + pixels_, sums);
}

InputGradients::InputGradients(const InputToStateSums& layout, const float* x, const pixelrnn_lstm_parameters& parameters,
                               float* dx, const pixelrnn_executor* executor)
    : layout_(layout),
      mask_(parameters.input_mask),
      dx_(dx),
      inputs_(forward_patches(layout.input, x)),
      gradients_(turned_patches(layout.input)),
      weights_(dx ? pack_weights(layout.input.weights, weight_order(layout.input.conv, true, layout.input.turned),
                                 parameters.input_kernel, mask_, executor)
                  : layout.input.weights) {}

void InputGradients::add(int32_t image, int32_t group, int32_t slot, bool begin, const float* dgates) const {
    const int32_t pixels = layout_.input.pixels(), channels = inputs_.channels, columns = gradients_.channels;
    const size_t at = static_cast<size_t>(image) * pixels * channels;
    if (dx_) {
        Patches gradients = gradients_;
        gradients.values = dgates;
        multiply_range(gradients, weights_, {nullptr, false, nullptr, nullptr}, 0, pixels, dx_ + at);
    }
    Patches inputs = inputs_;
    inputs.values += at;
    inputs.pixels = pixels;
    const PartialSums total = piece_of(layout_.groups, group), own = begin ? total : piece_of(layout_.slots, slot);
    const OutputGradient dz = {dgates, nullptr, columns};
    const FilterGradient filter(inputs, dz, own, mask_);
    for (int32_t block = 0; block < filter.blocks(); block++) filter.add(0, block);
    if (begin) return;
    add_vectors(total.kernel, own.kernel, static_cast<size_t>(inputs.size()) * total.columns);
    add_vectors(total.bias, own.bias, total.columns);
}

void InputGradients::finish(float* dkernel, float* dbias, const pixelrnn_executor* executor) const {
    const OutputGradient dz = {nullptr, nullptr, gradients_.channels};
    const FilterGradient filter(inputs_, dz, layout_.groups, mask_);
    filter.finish(layout_.input.conv, dkernel, dbias, executor);
}

}  // namespace pixelrnn
