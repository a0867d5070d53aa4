// PixelrnnGatedConv2d and its gradients.
#include "tensorflow/conv_tensors.h"

namespace pixelrnn {
namespace {

// Optional tensors are lists of none or one.
struct Optional {
    const int32_t biases, vectors, maps;

    explicit Optional(const Attributes& attributes)
        : biases(attributes.integer("biases")),
          vectors(attributes.integer("vectors")),
          maps(attributes.integer("maps")) {}
};

class GatedConvolution {
public:
    explicit GatedConvolution(const Attributes& attributes) : convolution_(attributes.integers("taps"), false, false) {}

    pixelrnn_conv describe(const ConvTensors& tensors) const {
        const pixelrnn_conv conv = convolution_.describe(tensors);
        if (conv.cout % 2 != 0)
            reject("kernel " + text(tensors.kernel.shape) + " must have two halves of output channels");
        return conv;
    }

private:
    const Convolution convolution_;
};

Shape half_shape(const pixelrnn_conv& conv) { return {conv.batch, conv.height, conv.width, conv.cout / 2}; }

class GatedConv2d {
public:
    static constexpr const char* name = "PixelrnnGatedConv2d";

    explicit GatedConv2d(const Attributes& attributes) : convolution_(attributes), optional_(attributes) {}

    void compute(Call& call) const {
        const ConvTensors tensors = {call.floats(0), call.floats(1), call.floats(2)};
        const pixelrnn_conv conv = convolution_.describe(tensors);
        FloatTensor bias = {}, vector = {}, map = {};
        int index = 3;
        if (optional_.biases) expect_shape("bias", bias = call.floats(index++), {conv.cout});
        if (optional_.vectors) expect_shape("vector", vector = call.floats(index++), {conv.batch, conv.cout});
        if (optional_.maps) expect_shape("map", map = call.floats(index++), output_shape(conv));
        float* y = call.output(0, half_shape(conv));
        float* halves = call.output(1, output_shape(conv));
        void* workspace = call.workspace(pixelrnn_gated_conv_forward_workspace(&conv));
        pixelrnn_gated_conv_forward(&conv, tensors.x.values, tensors.kernel.values, tensors.mask.values, bias.values,
                                    vector.values, map.values, halves, y, workspace, executor());
    }

private:
    const GatedConvolution convolution_;
    const Optional optional_;
};

class GatedConv2dBackward {
public:
    static constexpr const char* name = "PixelrnnGatedConv2dBackward";

    explicit GatedConv2dBackward(const Attributes& attributes) : convolution_(attributes), optional_(attributes) {}

    void compute(Call& call) const {
        const ConvTensors tensors = {call.floats(0), call.floats(1), call.floats(2)};
        const pixelrnn_conv conv = convolution_.describe(tensors);
        const FloatTensor halves = call.floats(3), dy = call.floats(4);
        expect_shape("halves", halves, output_shape(conv));
        expect_shape("dy", dy, half_shape(conv));
        int index = 0;
        float* dx = call.output(index++, tensors.x.shape);
        float* dkernel = call.output(index++, tensors.kernel.shape);
        float* dbias = optional_.biases ? call.output(index++, {conv.cout}) : nullptr;
        float* dvector = optional_.vectors ? call.output(index++, {conv.batch, conv.cout}) : nullptr;
        float* dmap = optional_.maps ? call.output(index++, output_shape(conv)) : nullptr;
        void* workspace = call.workspace(pixelrnn_gated_conv_backward_workspace(&conv));
        pixelrnn_gated_conv_backward(&conv, tensors.x.values, tensors.kernel.values, tensors.mask.values, halves.values,
                                     dy.values, dx, dkernel, dbias, dvector, dmap, workspace, executor());
    }

private:
    const GatedConvolution convolution_;
    const Optional optional_;
};

}  // namespace

static void register_gated_conv() {
    const std::vector<std::string> attributes = {"taps: list(int)", "biases: int >= 0", "vectors: int >= 0",
                                                 "maps: int >= 0"};
    define_op(GatedConv2d::name,
              {"x: float", "kernel: float", "mask: float", "bias: biases * float", "vector: vectors * float",
               "map: maps * float"},
              {"y: float", "halves: float"}, attributes);
    register_kernel<GatedConv2d>();
    define_op(
        GatedConv2dBackward::name, {"x: float", "kernel: float", "mask: float", "halves: float", "dy: float"},
        {"dx: float", "dkernel: float", "dbias: biases * float", "dvector: vectors * float", "dmap: maps * float"},
        attributes);
    register_kernel<GatedConv2dBackward>();
}

static const OpRegistration registration(register_gated_conv);

}  // namespace pixelrnn
