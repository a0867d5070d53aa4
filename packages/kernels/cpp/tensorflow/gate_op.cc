// PixelrnnGate and its gradient.
#include "tensorflow/conv_tensors.h"

namespace pixelrnn {
namespace {

struct GateSizes {
    int32_t pixels, maps;
    Shape half;  // of y
};

GateSizes sizes_of(const FloatTensor& sums) {
    if (sums.shape.empty() || size_of(sums.shape) == 0 || sums.shape.back() % 2 != 0)
        reject("sums must be a non-empty [..., 2p], got " + text(sums.shape));
    Shape half = sums.shape;
    half.back() /= 2;
    return {narrow(size_of(half) / half.back(), "the number of pixels"), narrow(half.back(), "the number of maps"),
            half};
}

class Gate {
public:
    static constexpr const char* name = "PixelrnnGate";
    explicit Gate(const Attributes&) {}

    void compute(Call& call) const {
        const FloatTensor sums = call.floats(0);
        const GateSizes sizes = sizes_of(sums);
        pixelrnn_gate_forward(sizes.pixels, sizes.maps, sums.values, call.output(0, sizes.half), executor());
    }
};

class GateBackward {
public:
    static constexpr const char* name = "PixelrnnGateBackward";
    explicit GateBackward(const Attributes&) {}

    void compute(Call& call) const {
        const FloatTensor sums = call.floats(0), dy = call.floats(1);
        const GateSizes sizes = sizes_of(sums);
        expect_shape("dy", dy, sizes.half);
        pixelrnn_gate_backward(sizes.pixels, sizes.maps, sums.values, dy.values, call.output(0, sums.shape),
                               executor());
    }
};

}  // namespace

static void register_gate() {
    define_op(Gate::name, {"sums: float"}, {"y: float"}, {});
    register_kernel<Gate>();
    define_op(GateBackward::name, {"sums: float", "dy: float"}, {"dsums: float"}, {});
    register_kernel<GateBackward>();
}

static const OpRegistration registration(register_gate);

}  // namespace pixelrnn
