// PixelrnnBlock, a residual block of three convolutions, and its gradients.
#include "conv_tensors.h"
#include "ops.h"

namespace pixelrnn {
namespace {

constexpr int kConvs = 3;

// Inputs are x and, for each convolution, kernel, mask and bias.
struct BlockTensors {
    FloatTensor x;
    FloatTensor kernels[kConvs], masks[kConvs], biases[kConvs];

    explicit BlockTensors(Call& call) : x(call.floats(0)) {
        for (int c = 0; c < kConvs; c++) {
            kernels[c] = call.floats(1 + 3 * c);
            masks[c] = call.floats(2 + 3 * c);
            biases[c] = call.floats(3 + 3 * c);
        }
    }
};
constexpr int kBlockInputs = 1 + 3 * kConvs;

class Block {
public:
    explicit Block(const Attributes& attributes)
        : convolutions_{{attributes.integers("taps1"), true, false},
                        {attributes.integers("taps2"), true, false},
                        {attributes.integers("taps3"), true, false}} {}

    // Valid as long as this object.
    void describe(const BlockTensors& tensors, pixelrnn_conv* convs) const {
        Shape shape = tensors.x.shape;
        for (int c = 0; c < kConvs; c++) {
            const FloatTensor x = {nullptr, shape};
            convs[c] = convolutions_[c].describe({x, tensors.kernels[c], tensors.masks[c]});
            expect_shape("bias", tensors.biases[c], {convs[c].cout});
            shape = output_shape(convs[c]);
        }
        if (shape != tensors.x.shape) reject("the output " + text(shape) + " must have x's shape " + text(tensors.x.shape));
    }

private:
    const Convolution convolutions_[kConvs];
};

struct Pointers {
    const float *kernels[kConvs], *masks[kConvs], *biases[kConvs];

    explicit Pointers(const BlockTensors& tensors) {
        for (int c = 0; c < kConvs; c++) {
            kernels[c] = tensors.kernels[c].values;
            masks[c] = tensors.masks[c].values;
            biases[c] = tensors.biases[c].values;
        }
    }
};

class Forward {
public:
    static constexpr const char* name = "PixelrnnBlock";

    explicit Forward(const Attributes& attributes) : block_(attributes) {}

    void compute(Call& call) const {
        const BlockTensors tensors(call);
        pixelrnn_conv convs[kConvs];
        block_.describe(tensors, convs);
        const Pointers given(tensors);
        float* y = call.output(0, tensors.x.shape);
        float* hidden1 = call.output(1, output_shape(convs[0]));
        float* hidden2 = call.output(2, output_shape(convs[1]));
        void* workspace = call.workspace(pixelrnn_block_forward_workspace(convs));
        pixelrnn_block_forward(convs, tensors.x.values, given.kernels, given.masks, given.biases, hidden1, hidden2, y,
                               workspace, executor());
    }

private:
    const Block block_;
};

class Backward {
public:
    static constexpr const char* name = "PixelrnnBlockBackward";

    explicit Backward(const Attributes& attributes) : block_(attributes) {}

    void compute(Call& call) const {
        const BlockTensors tensors(call);
        pixelrnn_conv convs[kConvs];
        block_.describe(tensors, convs);
        const FloatTensor hidden1 = call.floats(kBlockInputs), hidden2 = call.floats(kBlockInputs + 1);
        const FloatTensor dy = call.floats(kBlockInputs + 2);
        expect_shape("hidden1", hidden1, output_shape(convs[0]));
        expect_shape("hidden2", hidden2, output_shape(convs[1]));
        expect_shape("dy", dy, tensors.x.shape);
        const Pointers given(tensors);
        float* dx = call.output(0, tensors.x.shape);
        float *dkernels[kConvs], *dbiases[kConvs];
        for (int c = 0; c < kConvs; c++) {
            dkernels[c] = call.output(1 + 2 * c, tensors.kernels[c].shape);
            dbiases[c] = call.output(2 + 2 * c, tensors.biases[c].shape);
        }
        void* workspace = call.workspace(pixelrnn_block_backward_workspace(convs));
        pixelrnn_block_backward(convs, tensors.x.values, given.kernels, given.masks, hidden1.values, hidden2.values,
                                dy.values, dx, dkernels, dbiases, workspace, executor());
    }

private:
    const Block block_;
};

}  // namespace

void register_block() {
    define_op(Forward::name,
              {"x: float", "kernel1: float", "mask1: float", "bias1: float", "kernel2: float", "mask2: float",
               "bias2: float", "kernel3: float", "mask3: float", "bias3: float"},
              {"y: float", "hidden1: float", "hidden2: float"},
              {"taps1: list(int)", "taps2: list(int)", "taps3: list(int)"});
    register_kernel<Forward>();
    define_op(Backward::name,
              {"x: float", "kernel1: float", "mask1: float", "bias1: float", "kernel2: float", "mask2: float",
               "bias2: float", "kernel3: float", "mask3: float", "bias3: float", "hidden1: float", "hidden2: float",
               "dy: float"},
              {"dx: float", "dkernel1: float", "dbias1: float", "dkernel2: float", "dbias2: float", "dkernel3: float",
               "dbias3: float"},
              {"taps1: list(int)", "taps2: list(int)", "taps3: list(int)"});
    register_kernel<Backward>();
}

}  // namespace pixelrnn
