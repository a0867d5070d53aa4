// PixelrnnGatedLayer, both stacks of a layer of Gated PixelCNN, and its gradients.
#include <array>

#include "tensorflow/conv_tensors.h"

namespace pixelrnn {
namespace {

// Vertical, link, horizontal, projection: the order of pixelrnn_gated_layer.
constexpr int kConvolutions = 4;
typedef std::array<FloatTensor, kConvolutions> Four;

Four four(Call& call, int first) {
    return {call.floats(first), call.floats(first + 1), call.floats(first + 2), call.floats(first + 3)};
}

std::array<const float*, kConvolutions> values_of(const Four& tensors) {
    return {tensors[0].values, tensors[1].values, tensors[2].values, tensors[3].values};
}

// The inputs that both ops begin with.
struct LayerTensors {
    const FloatTensor v, h;
    const Four kernels, masks;
    static constexpr int count = 2 + 2 * kConvolutions;

    explicit LayerTensors(Call& call)
        : v(call.floats(0)), h(call.floats(1)), kernels(four(call, 2)), masks(four(call, 2 + kConvolutions)) {}
    Shape map(int64_t channels) const { return {v.shape[0], v.shape[1], v.shape[2], channels}; }
};

void expect_output(const char* name, const pixelrnn_conv& conv, const Shape& expected) {
    const Shape got = output_shape(conv);
    if (got != expected)
        reject("the output of the " + std::string(name) + " must be " + text(expected) + ", got " + text(got));
}

class GatedLayerOptions {
public:
    explicit GatedLayerOptions(const Attributes& attributes)
        : vertical_(attributes.integers("vertical_taps"), false, false),
          link_(attributes.integers("link_taps"), false, false),
          horizontal_(attributes.integers("horizontal_taps"), false, false),
          projection_({0, 0}, false, false),
          residual_(attributes.flag("residual")),
          vectors_(attributes.integer("vectors")),
          maps_(attributes.integer("maps")) {
        const int32_t count = attributes.integer("count");
        if (count != kConvolutions) reject("there must be 4 convolutions, got " + std::to_string(count));
    }

    int32_t vectors() const { return vectors_; }
    int32_t maps() const { return maps_; }

    // Checks all shapes; valid as long as this object.
    pixelrnn_gated_layer describe(const LayerTensors& tensors) const {
        const auto conv = [&](const Convolution& convolution, const FloatTensor& x, int which) {
            return convolution.describe({x, tensors.kernels[which], tensors.masks[which]});
        };
        pixelrnn_gated_layer layer = {};
        layer.vertical = conv(vertical_, tensors.v, 0);
        if (layer.vertical.cout % 2 != 0)
            reject("the vertical kernel " + text(tensors.kernels[0].shape) +
                   " must have two halves of output channels");
        const Shape sums = output_shape(layer.vertical), maps = tensors.map(sums[3] / 2);
        layer.link = conv(link_, {nullptr, sums}, 1);
        expect_output("link", layer.link, sums);
        layer.horizontal = conv(horizontal_, tensors.h, 2);
        expect_output("horizontal convolution", layer.horizontal, sums);
        expect_shape("the projection's kernel", tensors.kernels[3], {1, 1, maps[3], maps[3]});
        layer.projection = conv(projection_, {nullptr, maps}, 3);
        if (residual_) expect_shape("h, which is added,", tensors.h, maps);
        layer.residual = residual_;
        return layer;
    }

private:
    const Convolution vertical_, link_, horizontal_, projection_;
    const bool residual_;
    const int32_t vectors_, maps_;  // none or one
};

class GatedLayer {
public:
    static constexpr const char* name = "PixelrnnGatedLayer";

    explicit GatedLayer(const Attributes& attributes) : options_(attributes) {}

    void compute(Call& call) const {
        const LayerTensors tensors(call);
        const pixelrnn_gated_layer layer = options_.describe(tensors);
        const Shape sums = output_shape(layer.vertical), maps = tensors.map(sums[3] / 2);
        int index = LayerTensors::count;
        const Four biases = four(call, index);
        for (int c = 0; c < kConvolutions; c++) expect_shape("bias", biases[c], {tensors.kernels[c].shape[3]});
        index += kConvolutions;
        FloatTensor vector = {}, map = {};
        if (options_.vectors()) expect_shape("vector", vector = call.floats(index++), {sums[0], 2 * sums[3]});
        if (options_.maps()) expect_shape("map", map = call.floats(index++), tensors.map(2 * sums[3]));
        float *next_v = call.output(0, maps), *next_h = call.output(1, maps);
        float *saved_sums = call.output(2, sums), *halves = call.output(3, sums);
        void* workspace = call.workspace(pixelrnn_gated_layer_forward_workspace(&layer));
        pixelrnn_gated_layer_forward(&layer, tensors.v.values, tensors.h.values, values_of(tensors.kernels).data(),
                                     values_of(tensors.masks).data(), values_of(biases).data(), vector.values,
                                     map.values, next_v, next_h, saved_sums, halves, workspace, executor());
    }

private:
    const GatedLayerOptions options_;
};

class GatedLayerBackward {
public:
    static constexpr const char* name = "PixelrnnGatedLayerBackward";

    explicit GatedLayerBackward(const Attributes& attributes)
        : options_(attributes), inputs_(attributes.integer("inputs")) {
        if (inputs_ != 0 && inputs_ != 2) reject("inputs must be 0 or 2, got " + std::to_string(inputs_));
    }

    void compute(Call& call) const {
        const LayerTensors tensors(call);
        const pixelrnn_gated_layer layer = options_.describe(tensors);
        const Shape sums_shape = output_shape(layer.vertical), maps = tensors.map(sums_shape[3] / 2);
        int index = LayerTensors::count;
        FloatTensor sums, halves, dnext_v, dnext_h;
        expect_shape("sums", sums = call.floats(index++), sums_shape);
        expect_shape("halves", halves = call.floats(index++), sums_shape);
        expect_shape("the gradient of v", dnext_v = call.floats(index++), maps);
        expect_shape("the gradient of h", dnext_h = call.floats(index++), maps);
        int output = 0;
        float* dv = inputs_ ? call.output(output++, tensors.v.shape) : nullptr;
        float* dh = inputs_ ? call.output(output++, tensors.h.shape) : nullptr;
        float *dkernels[kConvolutions], *dbiases[kConvolutions];
        for (int c = 0; c < kConvolutions; c++) dkernels[c] = call.output(output++, tensors.kernels[c].shape);
        for (int c = 0; c < kConvolutions; c++) dbiases[c] = call.output(output++, {tensors.kernels[c].shape[3]});
        float* dvector = options_.vectors() ? call.output(output++, {sums_shape[0], 2 * sums_shape[3]}) : nullptr;
        float* dmap = options_.maps() ? call.output(output++, tensors.map(2 * sums_shape[3])) : nullptr;
        void* workspace = call.workspace(pixelrnn_gated_layer_backward_workspace(&layer));
        pixelrnn_gated_layer_backward(&layer, tensors.v.values, tensors.h.values, values_of(tensors.kernels).data(),
                                      values_of(tensors.masks).data(), sums.values, halves.values, dnext_v.values,
                                      dnext_h.values, dv, dh, dkernels, dbiases, dvector, dmap, workspace, executor());
    }

private:
    const GatedLayerOptions options_;
    const int32_t inputs_;  // whose gradients are wanted: none, or both
};

}  // namespace

static void register_gated_layer() {
    const std::vector<std::string> attributes = {
        "count: int >= 4", "vertical_taps: list(int)", "link_taps: list(int)", "horizontal_taps: list(int)",
        "residual: bool",  "vectors: int >= 0",        "maps: int >= 0"};
    define_op(GatedLayer::name,
              {"v: float", "h: float", "kernels: count * float", "masks: count * float", "biases: count * float",
               "vector: vectors * float", "map: maps * float"},
              {"next_v: float", "next_h: float", "sums: float", "halves: float"}, attributes);
    register_kernel<GatedLayer>();
    std::vector<std::string> backward = attributes;
    backward.push_back("inputs: int >= 0");
    define_op(GatedLayerBackward::name,
              {"v: float", "h: float", "kernels: count * float", "masks: count * float", "sums: float", "halves: float",
               "dnext_v: float", "dnext_h: float"},
              {"dinputs: inputs * float", "dkernels: count * float", "dbiases: count * float",
               "dvector: vectors * float", "dmap: maps * float"},
              backward);
    register_kernel<GatedLayerBackward>();
}

static const OpRegistration registration(register_gated_layer);

}  // namespace pixelrnn
