// PixelrnnMpiSum: the weighted sums of tensors over all ranks, packed into one buffer and so one MPI_Allreduce. TensorFlow
// runs an eager op on the thread that asks for it; communicator.cc has asked MPI to be called by one thread at a time.
#include <mpi.h>
#include <node_api.h>

#include <algorithm>
#include <mutex>

#include "tensorflow/op.h"
#include "wait.h"

namespace pixelrnn {
namespace {

class MpiSum {
public:
    static constexpr const char* name = "PixelrnnMpiSum";
    explicit MpiSum(const Attributes& attributes) : count_(attributes.integer("count")) {}

    void compute(Call& call) const {
        int started = 0;
        MPI_Initialized(&started);
        if (!started) reject("MPI has not begun in this process, call openCommunicator() first");
        const FloatTensor weight = call.floats(0);
        if (!weight.shape.empty()) reject("weight must be a scalar, got " + text(weight.shape));
        std::vector<FloatTensor> inputs;
        int64_t total = 0;
        for (int32_t i = 0; i < count_; i++) {
            inputs.push_back(call.floats(1 + i));
            total += size_of(inputs.back().shape);
        }
        const int32_t floats = narrow(total, "the number of values");
        float* const flat = static_cast<float*>(call.workspace(total * sizeof(float)));
        float* to = flat;
        for (const FloatTensor& input : inputs) {
            const int64_t size = size_of(input.shape);
            for (int64_t i = 0; i < size; i++) to[i] = *weight.values * input.values[i];
            to += size;
        }
        meet();
        MPI_Allreduce(MPI_IN_PLACE, flat, floats, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
        const float* from = flat;
        for (int32_t i = 0; i < count_; i++) {
            const int64_t size = size_of(inputs[i].shape);
            std::copy(from, from + size, call.output(i, inputs[i].shape));
            from += size;
        }
    }

private:
    const int32_t count_;
};

// A worker thread of Node loads the addon once more; TensorFlow takes an op only once a process.
void register_once() {
    static std::mutex mutex;
    static bool registered = false;
    const std::lock_guard<std::mutex> lock(mutex);
    if (registered) return;
    define_op(MpiSum::name, {"weight: float", "values: count * float"}, {"sums: count * float"}, {"count: int >= 1"});
    register_kernel<MpiSum>();
    registered = true;
}

}  // namespace
}  // namespace pixelrnn

NAPI_MODULE_INIT() {
    try {
        pixelrnn::register_once();
    } catch (const pixelrnn::Failure& failure) {
        napi_throw_error(env, nullptr, failure.message.c_str());
        return nullptr;
    }
    return exports;
}
