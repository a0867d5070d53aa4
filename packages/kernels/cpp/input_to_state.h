// The part of an LSTM's gates that comes from the inputs, a masked convolution, and its gradients, image by image:
// what is written for one image is read again while the cache still holds it.
#pragma once

#include "convolution.h"
#include "slots.h"

namespace pixelrnn {

struct InputToState {
    pixelrnn_conv conv;  // cout is the number of gates
    TapLists forward, turned;
    Weights weights;

    int32_t pixels() const { return conv.height * conv.width; }
};

struct InputToStateSums {
    InputToState input;
    PartialSums groups, slots;
};

InputToState take_input_forward(Arena& arena, const pixelrnn_conv& conv);
InputToStateSums take_input_backward(Arena& arena, const pixelrnn_conv& conv);

class InputSums {
public:
    // addition may be null
    InputSums(const InputToState& input, const float* x, const pixelrnn_lstm_parameters& parameters,
              const float* addition, const pixelrnn_executor* executor);
    // sums [batch, pixels, gates], of which one image is written
    void compute(int32_t image, float* sums) const;

private:
    const int32_t pixels_;
    const Patches patches_;
    const Weights weights_;
    const Epilogue epilogue_;
};

class InputGradients {
public:
    // dx may be null
    InputGradients(const InputToStateSums& layout, const float* x, const pixelrnn_lstm_parameters& parameters, float* dx,
                   const pixelrnn_executor* executor);
    // dgates [pixels, gates] of one image, with kLanes readable floats behind; `begin` where it is its group's first.
    void add(int32_t image, int32_t group, int32_t slot, bool begin, const float* dgates) const;
    // After all have been added; dbias may be null.
    void finish(float* dkernel, float* dbias, const pixelrnn_executor* executor) const;

private:
    const InputToStateSums layout_;
    const float* mask_;
    float* dx_;
    const Patches inputs_, gradients_;
    const Weights weights_;
};

}  // namespace pixelrnn
