// A Node addon whose loading makes the ops known to the TensorFlow that the process already holds.
#include <node_api.h>

#include <mutex>

#include "tensorflow/op.h"

namespace {

// A worker thread of Node loads the addon once more; TensorFlow takes an op only once a process.
void register_once() {
    static std::mutex mutex;
    static bool registered = false;
    const std::lock_guard<std::mutex> lock(mutex);
    if (registered) return;
    pixelrnn::thread_count();
    pixelrnn::OpRegistration::run_all();
    registered = true;
}

}  // namespace

// Exports the number of threads.
NAPI_MODULE_INIT() {
    try {
        register_once();
    } catch (const pixelrnn::Failure& failure) {
        napi_throw_error(env, nullptr, failure.message.c_str());
        return nullptr;
    }
    napi_value threads;
    if (napi_create_int32(env, pixelrnn::thread_count(), &threads) != napi_ok ||
        napi_set_named_property(env, exports, "threads", threads) != napi_ok) {
        napi_throw_error(env, nullptr, "the kernels' addon cannot export its number of threads");
        return nullptr;
    }
    return exports;
}
