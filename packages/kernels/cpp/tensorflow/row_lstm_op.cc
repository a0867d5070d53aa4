// PixelrnnRowLSTM and its gradients.
#include "tensorflow/lstm_op.h"

namespace pixelrnn {
namespace {

class RowLstm {
public:
    typedef pixelrnn_row_lstm Description;
    static constexpr const char *forward_name = "PixelrnnRowLSTM", *backward_name = "PixelrnnRowLSTMBackward";
    static constexpr int32_t directions = 1;
    static constexpr auto forward_workspace = pixelrnn_row_lstm_forward_workspace;
    static constexpr auto forward = pixelrnn_row_lstm_forward;
    static constexpr auto backward_workspace = pixelrnn_row_lstm_backward_workspace;
    static constexpr auto backward = pixelrnn_row_lstm_backward;

    explicit RowLstm(const Attributes& attributes)
        : options_(attributes), convolution_(attributes.integers("taps"), false, false) {}

    bool projected() const { return options_.projected(); }

    pixelrnn_row_lstm describe(const LstmTensors& tensors) const {
        const pixelrnn_conv conv = convolution_.describe(tensors.conv());
        const Shape& state = tensors.state_kernel.shape;
        if (state.size() != 3 || size_of(state) == 0 || state[0] % 2 == 0 || state[2] != 4 * state[1]) {
            reject("state_kernel must be a non-empty [k, h, 4h] with odd k, got " + text(state));
        }
        const pixelrnn_up_projection up = options_.describe(tensors, conv, state[1], directions, {state[1]});
        return {.batch = conv.batch,
                .height = conv.height,
                .width = conv.width,
                .cin = conv.cin,
                .hidden = narrow(state[1], "h"),
                .kernel_width = conv.kernel_width,
                .tap_count = conv.tap_count,
                .taps = conv.taps,
                .state_width = narrow(state[0], "the state kernel's width"),
                .up = up};
    }

private:
    const LstmOptions options_;
    const Convolution convolution_;
};

}  // namespace

static void register_row_lstm() {
    define_lstm_ops(RowLstm::forward_name, RowLstm::backward_name, {"taps: list(int)"});
    register_kernel<LstmForward<RowLstm>>();
    register_kernel<LstmBackward<RowLstm>>();
}

static const OpRegistration registration(register_row_lstm);

}  // namespace pixelrnn
