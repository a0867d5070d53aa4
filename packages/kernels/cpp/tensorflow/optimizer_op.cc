// RMSProp and Adam over all parameters in one call. New tensors come out: TensorFlow.js still holds the old ones, so
// their memory could not be used again.
#include "tensorflow/op.h"
#include "base/parallel.h"

namespace pixelrnn {
namespace {

constexpr int64_t kPiece = 1 << 15;  // elements a task

// A range of one parameter's elements.
struct Piece {
    int32_t parameter;
    int64_t begin, size;
};

// `lists` lists of `count` tensors each, gradients first; every other list is replaced by an output list.
class Lists {
public:
    Lists(Call& call, int first_input, int32_t lists, int32_t count) : count_(count) {
        static const char* const names[] = {"gradients", "parameters", "states", "states"};
        for (int32_t i = 0; i < lists * count; i++) {
            inputs_.push_back(call.floats(first_input + i));
            const Shape& shape = inputs_.back().shape;
            const Shape& expected = inputs_[i % count].shape;
            if (shape != expected) {
                reject(std::string(names[i / count]) + "[" + std::to_string(i % count) + "] must be " + text(expected) +
                       " like its gradient, got " + text(shape));
            }
        }
        for (int32_t i = 0; i < (lists - 1) * count; i++) {
            outputs_.push_back(call.output(i, inputs_[i % count].shape));
        }
        for (int32_t parameter = 0; parameter < count; parameter++) {
            const int64_t size = size_of(inputs_[parameter].shape);
            for (int64_t begin = 0; begin < size; begin += kPiece) {
                pieces_.push_back({parameter, begin, size - begin < kPiece ? size - begin : kPiece});
            }
        }
    }

    const float* input(int32_t list, const Piece& piece) const {
        return inputs_[list * count_ + piece.parameter].values + piece.begin;
    }
    float* output(int32_t list, const Piece& piece) const {
        return outputs_[list * count_ + piece.parameter] + piece.begin;
    }

    template <typename F>
    void for_each_piece(const F& update) const {
        parallel(executor(), narrow(static_cast<int64_t>(pieces_.size()), "the number of pieces"),
                 [&](int32_t i) { update(pieces_[i]); });
    }

private:
    const int32_t count_;
    std::vector<FloatTensor> inputs_;
    std::vector<float*> outputs_;
    std::vector<Piece> pieces_;
};

const float* hyperparameters(Call& call, int64_t count) {
    const FloatTensor values = call.floats(0);
    if (values.shape != Shape{count}) {
        reject("hyperparameters must be " + text({count}) + ", got " + text(values.shape));
    }
    return values.values;
}

class RMSProp {
public:
    static constexpr const char* name = "PixelrnnRmsProp";
    explicit RMSProp(const Attributes& attributes) : count_(attributes.integer("count")) {}

    void compute(Call& call) const {
        const float* h = hyperparameters(call, 3);
        const Lists lists(call, 1, 3, count_);
        lists.for_each_piece([&](const Piece& piece) {
            pixelrnn_rmsprop(piece.size, h[0], h[1], h[2], lists.input(0, piece), lists.input(1, piece),
                             lists.input(2, piece), lists.output(0, piece), lists.output(1, piece));
        });
    }

private:
    const int32_t count_;
};

class Adam {
public:
    static constexpr const char* name = "PixelrnnAdam";
    explicit Adam(const Attributes& attributes) : count_(attributes.integer("count")) {}

    void compute(Call& call) const {
        const float* h = hyperparameters(call, 4);
        const IntTensor step = call.integers(1);
        if (!step.shape.empty()) reject("step must be a scalar, got " + text(step.shape));
        if (*step.values < 1) reject("step must be an integer from 1, got " + std::to_string(*step.values));
        const Lists lists(call, 2, 4, count_);
        lists.for_each_piece([&](const Piece& piece) {
            pixelrnn_adam(piece.size, h[0], h[1], h[2], h[3], *step.values, lists.input(0, piece),
                          lists.input(1, piece), lists.input(2, piece), lists.input(3, piece), lists.output(0, piece),
                          lists.output(1, piece), lists.output(2, piece));
        });
    }

private:
    const int32_t count_;
};

}  // namespace

// hyperparameters: rate, decay, epsilon; or rate, beta1, beta2, epsilon. An input, for attributes that change every
// step would fill TensorFlow's cache of kernels.
static void register_optimizers() {
    define_op(
        RMSProp::name,
        {"hyperparameters: float", "gradients: count * float", "parameters: count * float", "squares: count * float"},
        {"new_parameters: count * float", "new_squares: count * float"}, {"count: int >= 1"});
    register_kernel<RMSProp>();
    define_op(Adam::name,
              {"hyperparameters: float", "step: int32", "gradients: count * float", "parameters: count * float",
               "means: count * float", "squares: count * float"},
              {"new_parameters: count * float", "new_means: count * float", "new_squares: count * float"},
              {"count: int >= 1"});
    register_kernel<Adam>();
}

static const OpRegistration registration(register_optimizers);

}  // namespace pixelrnn
