// PixelrnnConvolutionChain, convolutions one after the other, and its gradients.
#include "tensorflow/conv_tensors.h"

namespace pixelrnn {
namespace {

// The attributes of the convolutions, each list one after the other: `taps`, of which the first convolution has
// tap_counts[0] pairs, and so on.
class Chain {
public:
    explicit Chain(const Attributes& attributes) : residuals_(attributes.integers("residuals")) {
        const std::vector<int32_t> taps = attributes.integers("taps"), counts = attributes.integers("tap_counts"),
                                   relus = attributes.integers("input_relus");
        if (counts.empty() || counts.size() > PIXELRNN_MOST_CONVOLUTIONS) {
            reject("there must be 1 to " + std::to_string(PIXELRNN_MOST_CONVOLUTIONS) + " convolutions, got " +
                   std::to_string(counts.size()));
        }
        if (relus.size() != counts.size() || residuals_.size() != counts.size()) {
            reject("input_relus and residuals must be as many as the convolutions, " + std::to_string(counts.size()) +
                   ", got " + std::to_string(relus.size()) + " and " + std::to_string(residuals_.size()));
        }
        size_t at = 0;
        for (size_t c = 0; c < counts.size(); c++) {
            const int32_t count = counts[c], residual = residuals_[c];
            if (count < 0 || 2 * static_cast<size_t>(count) > taps.size() - at) {
                reject("tap_counts[" + std::to_string(c) + "] must be within the taps, got " + std::to_string(count));
            }
            convolutions_.emplace_back(std::vector<int32_t>(taps.begin() + at, taps.begin() + at + 2 * count),
                                       relus[c] != 0, false);
            at += 2 * count;
            if (residual < -1 || residual > static_cast<int32_t>(c)) {
                reject("residuals[" + std::to_string(c) + "] must be -1 or a convolution up to it, got " +
                       std::to_string(residual));
            }
            for (size_t before = 0; residual >= 0 && before < c; before++)
                if (residuals_[before] == residual)
                    reject("the input of convolution " + std::to_string(residual) + " is added twice");
        }
    }

    int count() const { return static_cast<int>(convolutions_.size()); }

    // What the kernels are told of the convolutions, in their order; valid as long as this object.
    std::vector<pixelrnn_conv> describe(const Shape& x, const std::vector<FloatTensor>& kernels,
                                        const std::vector<FloatTensor>& masks) const {
        std::vector<pixelrnn_conv> convs;
        Shape shape = x;
        std::vector<int64_t> channels;
        for (int c = 0; c < count(); c++) {
            const FloatTensor input = {nullptr, shape};
            convs.push_back(convolutions_[c].describe({input, kernels[c], masks[c]}));
            channels.push_back(shape[3]);
            shape = output_shape(convs[c]);
            const int32_t residual = residuals_[c];
            if (residual >= 0 && channels[residual] != shape[3]) {
                reject("the input of convolution " + std::to_string(residual) + ", " +
                       std::to_string(channels[residual]) + " channels, cannot be added to the output " + text(shape) +
                       " of convolution " + std::to_string(c));
            }
        }
        return convs;
    }
    pixelrnn_conv_chain of(const std::vector<pixelrnn_conv>& convs) const {
        return {count(), convs.data(), residuals_.data()};
    }

private:
    std::vector<Convolution> convolutions_;
    const std::vector<int32_t> residuals_;
};

std::vector<FloatTensor> list(Call& call, int first, int count) {
    std::vector<FloatTensor> tensors;
    for (int i = 0; i < count; i++) tensors.push_back(call.floats(first + i));
    return tensors;
}

std::vector<const float*> values_of(const std::vector<FloatTensor>& tensors) {
    std::vector<const float*> values;
    for (const FloatTensor& tensor : tensors) values.push_back(tensor.values);
    return values;
}

class Forward {
public:
    static constexpr const char* name = "PixelrnnConvolutionChain";

    explicit Forward(const Attributes& attributes) : chain_(attributes) {}

    void compute(Call& call) const {
        const int count = chain_.count();
        const FloatTensor x = call.floats(0);
        const auto kernels = list(call, 1, count), masks = list(call, 1 + count, count),
                   biases = list(call, 1 + 2 * count, count);
        const std::vector<pixelrnn_conv> convs = chain_.describe(x.shape, kernels, masks);
        for (int c = 0; c < count; c++) expect_shape("bias", biases[c], {convs[c].cout});
        float* y = call.output(0, output_shape(convs[count - 1]));
        const pixelrnn_conv_chain chain = chain_.of(convs);
        float* maps = call.output(1, {static_cast<int64_t>(pixelrnn_conv_chain_maps(&chain))});
        void* workspace = call.workspace(pixelrnn_conv_chain_forward_workspace(&chain));
        pixelrnn_conv_chain_forward(&chain, x.values, values_of(kernels).data(), values_of(masks).data(),
                                    values_of(biases).data(), maps, y, workspace, executor());
    }

private:
    const Chain chain_;
};

class Backward {
public:
    static constexpr const char* name = "PixelrnnConvolutionChainBackward";

    explicit Backward(const Attributes& attributes) : chain_(attributes) {}

    void compute(Call& call) const {
        const int count = chain_.count();
        const FloatTensor x = call.floats(0), dy = call.floats(1);
        const FloatTensor maps = call.floats(2);
        const auto kernels = list(call, 3, count), masks = list(call, 3 + count, count);
        const std::vector<pixelrnn_conv> convs = chain_.describe(x.shape, kernels, masks);
        const pixelrnn_conv_chain chain = chain_.of(convs);
        expect_shape("maps", maps, {static_cast<int64_t>(pixelrnn_conv_chain_maps(&chain))});
        expect_shape("dy", dy, output_shape(convs[count - 1]));
        float* dx = call.output(0, x.shape);
        std::vector<float*> dkernels, dbiases;
        for (int c = 0; c < count; c++) dkernels.push_back(call.output(1 + c, kernels[c].shape));
        for (int c = 0; c < count; c++) dbiases.push_back(call.output(1 + count + c, {convs[c].cout}));
        void* workspace = call.workspace(pixelrnn_conv_chain_backward_workspace(&chain));
        pixelrnn_conv_chain_backward(&chain, x.values, values_of(kernels).data(), values_of(masks).data(), maps.values,
                                     dy.values, dx, dkernels.data(), dbiases.data(), workspace, executor());
    }

private:
    const Chain chain_;
};

}  // namespace

static void register_chain() {
    define_op(Forward::name, {"x: float", "kernels: count * float", "masks: count * float", "biases: count * float"},
              {"y: float", "maps: float"},
              {"count: int >= 1", "taps: list(int)", "tap_counts: list(int)", "input_relus: list(int)",
               "residuals: list(int)"});
    register_kernel<Forward>();
    define_op(Backward::name,
              {"x: float", "dy: float", "maps: float", "kernels: count * float", "masks: count * float"},
              {"dx: float", "dkernels: count * float", "dbiases: count * float"},
              {"count: int >= 1", "taps: list(int)", "tap_counts: list(int)", "input_relus: list(int)",
               "residuals: list(int)"});
    register_kernel<Backward>();
}

static const OpRegistration registration(register_chain);

}  // namespace pixelrnn
