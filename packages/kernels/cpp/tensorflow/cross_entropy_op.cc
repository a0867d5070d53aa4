// Cross-entropies on integer labels, and their gradients.
#include "tensorflow/op.h"

namespace pixelrnn {
namespace {

struct Sizes {
    int32_t batch, per_image, levels;
};

// `levels` is 0 where the logits have no axis for them.
Sizes sizes_of(const Shape& logits, const Shape& labels, bool level_axis) {
    Shape expected = logits;
    if (level_axis && !expected.empty()) expected.pop_back();
    if (expected.empty() || size_of(logits) == 0) {
        reject(std::string("logits must be a non-empty ") + (level_axis ? "[B, ..., L]" : "[B, ...]") + ", got " +
               text(logits));
    }
    if (labels != expected) reject("labels must be " + text(expected) + ", got " + text(labels));
    return {narrow(labels[0], "the batch"), narrow(size_of(labels) / labels[0], "the number of labels an image"),
            level_axis ? narrow(logits.back(), "the number of levels") : 2};
}

void reject_label(int64_t position, const IntTensor& labels, int32_t levels) {
    reject("label " + std::to_string(labels.values[position]) + " at position " + std::to_string(position) +
           " of labels " + text(labels.shape) + " lies outside 0 .. " + std::to_string(levels - 1));
}

// The gradients trust their labels.
void check_labels(const IntTensor& labels, int32_t levels) {
    for (int64_t i = 0; i < size_of(labels.shape); i++) {
        if (labels.values[i] < 0 || labels.values[i] >= levels) reject_label(i, labels, levels);
    }
}

void check_dnats(const FloatTensor& dnats, const Sizes& sizes) {
    if (dnats.shape != Shape{sizes.batch}) {
        reject("dnats must be " + text({sizes.batch}) + ", got " + text(dnats.shape));
    }
}

class SoftmaxCrossEntropy {
public:
    static constexpr const char* name = "PixelrnnSoftmaxCrossEntropy";
    explicit SoftmaxCrossEntropy(const Attributes&) {}

    void compute(Call& call) const {
        const FloatTensor logits = call.floats(0);
        const IntTensor labels = call.integers(1);
        const Sizes sizes = sizes_of(logits.shape, labels.shape, true);
        float* nats = call.output(0, {sizes.batch});
        float* normaliser = call.output(1, labels.shape);
        const int64_t bad = pixelrnn_softmax_cross_entropy_forward(
            sizes.batch, sizes.per_image, sizes.levels, logits.values, labels.values, nats, normaliser, executor());
        if (bad >= 0) reject_label(bad, labels, sizes.levels);
    }
};

class SoftmaxCrossEntropyBackward {
public:
    static constexpr const char* name = "PixelrnnSoftmaxCrossEntropyBackward";
    explicit SoftmaxCrossEntropyBackward(const Attributes&) {}

    void compute(Call& call) const {
        const FloatTensor logits = call.floats(0);
        const IntTensor labels = call.integers(1);
        const FloatTensor normaliser = call.floats(2), dnats = call.floats(3);
        const Sizes sizes = sizes_of(logits.shape, labels.shape, true);
        if (normaliser.shape != labels.shape) {
            reject("normaliser must be " + text(labels.shape) + ", got " + text(normaliser.shape));
        }
        check_dnats(dnats, sizes);
        check_labels(labels, sizes.levels);
        pixelrnn_softmax_cross_entropy_backward(sizes.batch, sizes.per_image, sizes.levels, logits.values,
                                                labels.values, normaliser.values, dnats.values,
                                                call.output(0, logits.shape), executor());
    }
};

class BernoulliCrossEntropy {
public:
    static constexpr const char* name = "PixelrnnBernoulliCrossEntropy";
    explicit BernoulliCrossEntropy(const Attributes&) {}

    void compute(Call& call) const {
        const FloatTensor logits = call.floats(0);
        const IntTensor labels = call.integers(1);
        const Sizes sizes = sizes_of(logits.shape, labels.shape, false);
        const int64_t bad = pixelrnn_bernoulli_cross_entropy_forward(
            sizes.batch, sizes.per_image, logits.values, labels.values, call.output(0, {sizes.batch}), executor());
        if (bad >= 0) reject_label(bad, labels, sizes.levels);
    }
};

class BernoulliCrossEntropyBackward {
public:
    static constexpr const char* name = "PixelrnnBernoulliCrossEntropyBackward";
    explicit BernoulliCrossEntropyBackward(const Attributes&) {}

    void compute(Call& call) const {
        const FloatTensor logits = call.floats(0);
        const IntTensor labels = call.integers(1);
        const FloatTensor dnats = call.floats(2);
        const Sizes sizes = sizes_of(logits.shape, labels.shape, false);
        check_dnats(dnats, sizes);
        check_labels(labels, sizes.levels);
        pixelrnn_bernoulli_cross_entropy_backward(sizes.batch, sizes.per_image, logits.values, labels.values,
                                                  dnats.values, call.output(0, logits.shape), executor());
    }
};

}  // namespace

static void register_cross_entropy() {
    define_op(SoftmaxCrossEntropy::name, {"logits: float", "labels: int32"}, {"nats: float", "normaliser: float"}, {});
    register_kernel<SoftmaxCrossEntropy>();
    define_op(SoftmaxCrossEntropyBackward::name,
              {"logits: float", "labels: int32", "normaliser: float", "dnats: float"}, {"dlogits: float"}, {});
    register_kernel<SoftmaxCrossEntropyBackward>();
    define_op(BernoulliCrossEntropy::name, {"logits: float", "labels: int32"}, {"nats: float"}, {});
    register_kernel<BernoulliCrossEntropy>();
    define_op(BernoulliCrossEntropyBackward::name, {"logits: float", "labels: int32", "dnats: float"},
              {"dlogits: float"}, {});
    register_kernel<BernoulliCrossEntropyBackward>();
}

static const OpRegistration registration(register_cross_entropy);

}  // namespace pixelrnn
