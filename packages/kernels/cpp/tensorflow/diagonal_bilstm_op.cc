// PixelrnnDiagonalBiLSTM and its gradients.
#include "tensorflow/lstm_op.h"

namespace pixelrnn {
namespace {

class DiagonalBiLstm {
public:
    typedef pixelrnn_diagonal_bilstm Description;
    static constexpr const char *forward_name = "PixelrnnDiagonalBiLSTM",
                                *backward_name = "PixelrnnDiagonalBiLSTMBackward";
    static constexpr int32_t directions = 2;
    static constexpr auto forward_workspace = pixelrnn_diagonal_bilstm_forward_workspace;
    static constexpr auto forward = pixelrnn_diagonal_bilstm_forward;
    static constexpr auto backward_workspace = pixelrnn_diagonal_bilstm_backward_workspace;
    static constexpr auto backward = pixelrnn_diagonal_bilstm_backward;

    explicit DiagonalBiLstm(const Attributes& attributes) : options_(attributes), convolution_({0, 0}, false, false) {}

    bool projected() const { return options_.projected(); }

    pixelrnn_diagonal_bilstm describe(const LstmTensors& tensors) const {
        const pixelrnn_conv conv = convolution_.describe(tensors.conv());
        const Shape& state = tensors.state_kernel.shape;
        const bool fits = state.size() == 4 && state[0] == 2 && state[1] == 2 && state[3] == 4 * state[2];
        if (!fits || size_of(state) == 0) reject("state_kernel must be a non-empty [2, 2, h, 4h], got " + text(state));
        const pixelrnn_up_projection up = options_.describe(tensors, conv, state[2], directions, {2, state[2]});
        if (conv.kernel_width != 1) reject("input_kernel must be 1 x 1, got " + text(tensors.input_kernel.shape));
        return {.batch = conv.batch,
                .height = conv.height,
                .width = conv.width,
                .cin = conv.cin,
                .hidden = narrow(state[2], "h"),
                .up = up};
    }

private:
    const LstmOptions options_;
    const Convolution convolution_;
};

}  // namespace

static void register_diagonal_bilstm() {
    define_lstm_ops(DiagonalBiLstm::forward_name, DiagonalBiLstm::backward_name, {});
    register_kernel<LstmForward<DiagonalBiLstm>>();
    register_kernel<LstmBackward<DiagonalBiLstm>>();
}

static const OpRegistration registration(register_diagonal_bilstm);

}  // namespace pixelrnn
