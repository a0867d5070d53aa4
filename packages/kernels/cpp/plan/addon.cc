// The executor as an addon of Node's, without TensorFlow. Groups of images are shared over threads; src/plan/runBuffers.ts
// checks everything that comes in.
#include <node_api.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "plan/each_group.h"
#include "plan/plan.h"

namespace {

using namespace pixelrnn::plan;

struct Loaded {
    std::vector<int32_t> ints;
    std::vector<float> constants;
    const Program* program() const { return reinterpret_cast<const Program*>(ints.data()); }
};

struct Free {
    void operator()(void* memory) const { std::free(memory); }
};

struct Run {
    std::shared_ptr<const Loaded> plan;
    Settings settings;
    std::vector<Share> shares;
    std::vector<std::unique_ptr<void, Free>> states;
    std::vector<void*> addresses;  // of the states
    int32_t threads;
};

napi_value fail(napi_env env, const std::string& what) {
    napi_throw_error(env, nullptr, ("the executor's addon " + what).c_str());
    return nullptr;
}

template <typename T>
bool array_of(napi_env env, napi_value value, T*& data, size_t& length) {
    napi_typedarray_type type;
    void* bytes = nullptr;
    if (napi_get_typedarray_info(env, value, &type, &length, &bytes, nullptr, nullptr) != napi_ok) return false;
    data = static_cast<T*>(bytes);
    return true;
}

template <typename T>
napi_value external(napi_env env, T* object) {
    napi_value result;
    const auto finalize = [](napi_env, void* data, void*) { delete static_cast<T*>(data); };
    if (napi_create_external(env, object, finalize, nullptr, &result) == napi_ok) return result;
    delete object;
    return fail(env, "cannot keep an object");
}

template <typename T>
T* object_of(napi_env env, napi_value value) {
    void* data = nullptr;
    napi_get_value_external(env, value, &data);
    return static_cast<T*>(data);
}

bool arguments(napi_env env, napi_callback_info info, napi_value* values, size_t wanted) {
    size_t count = wanted;
    return napi_get_cb_info(env, info, &count, values, nullptr, nullptr) == napi_ok && count == wanted;
}

// Typed arrays, or null, in the order of `Buffers`.
bool buffers_of(napi_env env, napi_value list, Buffers& buffers) {
    constexpr size_t count = sizeof(Buffers) / sizeof(void*);
    void* pointers[count] = {};
    for (uint32_t i = 0; i < count; i++) {
        napi_value element;
        napi_valuetype type;
        size_t length;
        if (napi_get_element(env, list, i, &element) != napi_ok || napi_typeof(env, element, &type) != napi_ok)
            return false;
        if (type != napi_null && !array_of(env, element, pointers[i], length)) return false;
    }
    buffers = {static_cast<float*>(pointers[0]),    static_cast<float*>(pointers[1]),
               static_cast<uint8_t*>(pointers[2]),  static_cast<uint8_t*>(pointers[3]),
               static_cast<uint32_t*>(pointers[4]), static_cast<uint8_t*>(pointers[5]),
               static_cast<float*>(pointers[6]),    static_cast<float*>(pointers[7]),
               static_cast<uint8_t*>(pointers[8]),  static_cast<Coder*>(pointers[9])};
    return true;
}

// load(program: Int32Array, constants: Float32Array)
napi_value load(napi_env env, napi_callback_info info) {
    napi_value values[2];
    int32_t* ints;
    float* constants;
    size_t int_count, constant_count;
    if (!arguments(env, info, values, 2) || !array_of(env, values[0], ints, int_count) ||
        !array_of(env, values[1], constants, constant_count))
        return fail(env, "loads two typed arrays");
    return external(env, new std::shared_ptr<const Loaded>(
                             new Loaded{{ints, ints + int_count}, {constants, constants + constant_count}}));
}

// open(loaded, settings: Int32Array [9], buffers, shares: Int32Array [groups, 3], threads): begins a run.
napi_value open(napi_env env, napi_callback_info info) {
    napi_value values[5];
    Settings* settings;
    Share* shares;
    size_t length, share_count;
    Buffers buffers;
    auto run = std::make_unique<Run>();
    if (!arguments(env, info, values, 5) || !array_of(env, values[1], settings, length) ||
        length * sizeof(int32_t) != sizeof(Settings) || !buffers_of(env, values[2], buffers) ||
        !array_of(env, values[3], shares, share_count) ||
        napi_get_value_int32(env, values[4], &run->threads) != napi_ok)
        return fail(env, "opens a run with settings, buffers and shares");
    run->plan = *object_of<std::shared_ptr<const Loaded>>(env, values[0]);
    run->settings = *settings;
    run->shares.assign(shares, shares + share_count / 3);
    const Program* program = run->plan->program();
    for (const Share& share : run->shares) {
        const size_t bytes = pixelrnn_plan_state(program, share.lanes);
        run->states.emplace_back(std::aligned_alloc(64, (bytes + 63) / 64 * 64));
        if (!run->states.back())
            return fail(env, "finds no " + std::to_string(bytes) + " bytes of memory for a group of images");
        run->addresses.push_back(run->states.back().get());
    }
    each_group(static_cast<int32_t>(run->shares.size()), run->threads, [&](int32_t i) {
        pixelrnn_plan_begin(program, run->plan->constants.data(), &run->settings, &buffers, &run->shares[i],
                            run->states[i].get());
    });
    return external(env, run.release());
}

// advance(run, buffers, first, count)
napi_value advance(napi_env env, napi_callback_info info) {
    napi_value values[4];
    Buffers buffers;
    int32_t first, count;
    if (!arguments(env, info, values, 4) || !buffers_of(env, values[1], buffers) ||
        napi_get_value_int32(env, values[2], &first) != napi_ok ||
        napi_get_value_int32(env, values[3], &count) != napi_ok)
        return fail(env, "advances a run by a number of pixels");
    const Run& run = *object_of<Run>(env, values[0]);
    if (run.settings.shared_stream) {
        pixelrnn_plan_together(run.plan->program(), run.plan->constants.data(), &run.settings, &buffers,
                               run.shares.data(), run.addresses.data(), static_cast<int32_t>(run.shares.size()), first,
                               count);
        return nullptr;
    }
    each_group(static_cast<int32_t>(run.shares.size()), run.threads, [&](int32_t i) {
        pixelrnn_plan_advance(run.plan->program(), run.plan->constants.data(), &run.settings, &buffers, &run.shares[i],
                              run.states[i].get(), first, count);
    });
    return nullptr;
}

// close(run) gives its memory back.
napi_value close(napi_env env, napi_callback_info info) {
    napi_value run;
    if (!arguments(env, info, &run, 1)) return fail(env, "closes a run");
    object_of<Run>(env, run)->states.clear();
    object_of<Run>(env, run)->addresses.clear();
    object_of<Run>(env, run)->shares.clear();
    return nullptr;
}

bool export_function(napi_env env, napi_value exports, const char* name, napi_callback function) {
    napi_value value;
    return napi_create_function(env, name, NAPI_AUTO_LENGTH, function, nullptr, &value) == napi_ok &&
           napi_set_named_property(env, exports, name, value) == napi_ok;
}

}  // namespace

NAPI_MODULE_INIT() {
    napi_value lanes;
    const bool good = napi_create_int32(env, pixelrnn_plan_lanes(), &lanes) == napi_ok &&
                      napi_set_named_property(env, exports, "lanes", lanes) == napi_ok &&
                      export_function(env, exports, "load", load) && export_function(env, exports, "open", open) &&
                      export_function(env, exports, "advance", advance) &&
                      export_function(env, exports, "close", close);
    return good ? exports : fail(env, "cannot export its functions");
}
