// The ops of the two recurrent layers, which differ in shapes and in the functions that they call.
//
// Inputs are x and pixelrnn_lstm_parameters in their order; forward addition if given, backward gates, hidden where there is an
// up-projection, and dy. Outputs are y, gates, and hidden where there is an up-projection; backward pixelrnn_lstm_gradients in
// their order. Optional tensors are lists of none or one.
#pragma once

#include "tensorflow/conv_tensors.h"

namespace pixelrnn {

struct LstmTensors {
    FloatTensor x, input_kernel, input_mask, bias, state_kernel, initial_hidden, initial_cell;
    FloatTensor up_kernel = {}, up_mask = {}, up_bias = {};  // empty without an up-projection
    int count = 0;                                           // of all these

    LstmTensors(Call& call, bool projected);
    ConvTensors conv() const { return {x, input_kernel, input_mask}; }
    // The batch, height and width of x, and `channels`.
    Shape map(int64_t channels) const;
    pixelrnn_lstm_parameters parameters() const;
};

// The attributes and checks that both layers have.
class LstmOptions {
public:
    explicit LstmOptions(const Attributes& attributes);

    bool projected() const { return projected_; }
    // Checks all shapes that follow from the state kernel's, which has been checked.
    pixelrnn_up_projection describe(const LstmTensors& tensors, const pixelrnn_conv& conv, int64_t hidden,
                                    int64_t directions, const Shape& initial_shape) const;

private:
    const bool projected_, residual_;
};

// Allocates them, `addition` where a shape is given.
pixelrnn_lstm_gradients lstm_gradients(Call& call, const LstmTensors& tensors, const Shape* addition);

// With attributes besides those of LstmOptions and the number of additions.
void define_lstm_ops(const char* forward, const char* backward, const std::vector<std::string>& attributes);

// `Lstm` has `Description`, the struct of kernels.h; `forward_name` and `backward_name`; `directions`; the four functions of
// kernels.h; a constructor from Attributes; projected(); and describe(tensors), which checks all shapes.
template <typename Lstm>
class LstmForward {
public:
    static constexpr const char* name = Lstm::forward_name;

    explicit LstmForward(const Attributes& attributes)
        : lstm_(attributes), additions_(attributes.integer("additions")) {}

    void compute(Call& call) const {
        const LstmTensors tensors(call, lstm_.projected());
        const typename Lstm::Description lstm = lstm_.describe(tensors);
        const Shape shape = tensors.map(4 * Lstm::directions * int64_t{lstm.hidden}),
                    hidden_shape = tensors.map(lstm.hidden);
        FloatTensor addition = {};
        if (additions_) expect_shape("addition", addition = call.floats(tensors.count), shape);
        const pixelrnn_lstm_parameters parameters = tensors.parameters();
        float* y = call.output(0, lstm_.projected() ? tensors.map(lstm.up.channels) : hidden_shape);
        float* gates = call.output(1, shape);
        float* hidden = lstm_.projected() ? call.output(2, hidden_shape) : y;
        void* workspace = call.workspace(Lstm::forward_workspace(&lstm));
        Lstm::forward(&lstm, tensors.x.values, &parameters, addition.values, gates, hidden, y, workspace, executor());
    }

private:
    const Lstm lstm_;
    const int32_t additions_;
};

template <typename Lstm>
class LstmBackward {
public:
    static constexpr const char* name = Lstm::backward_name;

    explicit LstmBackward(const Attributes& attributes)
        : lstm_(attributes), additions_(attributes.integer("additions")) {}

    void compute(Call& call) const {
        const LstmTensors tensors(call, lstm_.projected());
        const typename Lstm::Description lstm = lstm_.describe(tensors);
        const Shape hidden_shape = tensors.map(lstm.hidden);
        int index = tensors.count;
        const FloatTensor gates = call.floats(index++);
        expect_shape("gates", gates, tensors.map(4 * Lstm::directions * int64_t{lstm.hidden}));
        FloatTensor hidden = {};
        if (lstm_.projected()) expect_shape("hidden", hidden = call.floats(index++), hidden_shape);
        const FloatTensor dy = call.floats(index);
        expect_shape("dy", dy, lstm_.projected() ? tensors.map(lstm.up.channels) : hidden_shape);
        const pixelrnn_lstm_parameters parameters = tensors.parameters();
        const pixelrnn_lstm_gradients gradients = lstm_gradients(call, tensors, additions_ ? &gates.shape : nullptr);
        void* workspace = call.workspace(Lstm::backward_workspace(&lstm));
        Lstm::backward(&lstm, tensors.x.values, &parameters, gates.values, hidden.values, dy.values, &gradients,
                       workspace, executor());
    }

private:
    const Lstm lstm_;
    const int32_t additions_;
};

}  // namespace pixelrnn
