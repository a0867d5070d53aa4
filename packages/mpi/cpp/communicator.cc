// MPI for Node: the ranks of MPI_COMM_WORLD, without TensorFlow. src/communicator.ts says what each function does.
#include <mpi.h>
#include <node_api.h>

#include <cstdint>
#include <string>
#include <vector>

#include "wait.h"

namespace {

using pixelrnn::meet;
using pixelrnn::wait;

constexpr int64_t kPiece = 1 << 30;  // MPI counts in int

#if defined(OPEN_MPI)
const std::string kCompiledFor = "Open MPI " + std::to_string(OMPI_MAJOR_VERSION) + "." +
                                 std::to_string(OMPI_MINOR_VERSION) + "." + std::to_string(OMPI_RELEASE_VERSION);
#elif defined(MPICH_VERSION)
const std::string kCompiledFor = std::string("MPICH ") + MPICH_VERSION;
#else
const std::string kCompiledFor = "MPI " + std::to_string(MPI_VERSION) + "." + std::to_string(MPI_SUBVERSION);
#endif

napi_value fail(napi_env env, const std::string& sentence) {
    napi_throw_error(env, nullptr, sentence.c_str());
    return nullptr;
}

void broadcast(void* data, int64_t bytes) {
    char* const begin = static_cast<char*>(data);
    for (int64_t at = 0; at < bytes; at += kPiece) {
        MPI_Request request;
        const int64_t rest = bytes - at;
        MPI_Ibcast(begin + at, static_cast<int>(rest < kPiece ? rest : kPiece), MPI_BYTE, 0, MPI_COMM_WORLD, &request);
        wait(request);
    }
}

napi_value argument(napi_env env, napi_callback_info info) {
    size_t count = 1;
    napi_value value;
    napi_get_cb_info(env, info, &count, &value, nullptr, nullptr);
    return value;
}

// The bytes of a Uint8Array; false where it is none.
bool bytes_of(napi_env env, napi_value value, void** data, size_t* bytes) {
    bool is_array = false;
    napi_typedarray_type type;
    return napi_is_typedarray(env, value, &is_array) == napi_ok && is_array &&
           napi_get_typedarray_info(env, value, &type, bytes, data, nullptr, nullptr) == napi_ok &&
           type == napi_uint8_array;
}

napi_value text(napi_env env, const std::string& value) {
    napi_value result;
    napi_create_string_utf8(env, value.c_str(), value.size(), &result);
    return result;
}

napi_value integer(napi_env env, int32_t value) {
    napi_value result;
    napi_create_int32(env, value, &result);
    return result;
}

// {rank, size, serialized}: MPI begins here, and this may be called once a process.
napi_value start(napi_env env, napi_callback_info) {
    int started = 0, provided = 0, rank = 0, size = 0;
    MPI_Initialized(&started);
    if (started) return fail(env, "MPI has begun in this process already: ask openCommunicator() again instead");
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &provided);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    napi_value result, serialized;
    napi_create_object(env, &result);
    napi_get_boolean(env, provided >= MPI_THREAD_SERIALIZED, &serialized);
    napi_set_named_property(env, result, "rank", integer(env, rank));
    napi_set_named_property(env, result, "size", integer(env, size));
    napi_set_named_property(env, result, "serialized", serialized);
    return result;
}

// sum(Float32Array): in place.
napi_value sum(napi_env env, napi_callback_info info) {
    napi_typedarray_type type;
    size_t length = 0;
    void* data = nullptr;
    const napi_status status =
        napi_get_typedarray_info(env, argument(env, info), &type, &length, &data, nullptr, nullptr);
    if (status != napi_ok || type != napi_float32_array) return fail(env, "sum expects a Float32Array");
    if (length > INT32_MAX) return fail(env, "sum expects fewer than 2^31 values, got " + std::to_string(length));
    meet();
    MPI_Allreduce(MPI_IN_PLACE, data, static_cast<int>(length), MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
    return nullptr;
}

// agree(bits): those that any rank has set.
napi_value agree(napi_env env, napi_callback_info info) {
    int32_t bits = 0;
    if (napi_get_value_int32(env, argument(env, info), &bits) != napi_ok) return fail(env, "agree expects an integer");
    MPI_Request request;
    MPI_Iallreduce(MPI_IN_PLACE, &bits, 1, MPI_INT32_T, MPI_BOR, MPI_COMM_WORLD, &request);
    wait(request);
    return integer(env, bits);
}

// broadcast(Uint8Array on rank 0, anything elsewhere): a Buffer of rank 0's bytes.
napi_value broadcast_bytes(napi_env env, napi_callback_info info) {
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    void* given = nullptr;
    size_t size = 0;
    if (rank == 0 && !bytes_of(env, argument(env, info), &given, &size)) {
        return fail(env, "broadcast expects a Uint8Array on rank 0");
    }
    int64_t bytes = static_cast<int64_t>(size);
    broadcast(&bytes, sizeof(bytes));
    void* copy = nullptr;
    napi_value result;
    const napi_status status = rank == 0 ? napi_create_buffer_copy(env, size, given, &copy, &result)
                                         : napi_create_buffer(env, bytes, &copy, &result);
    if (status != napi_ok) return fail(env, "broadcast has no memory for " + std::to_string(bytes) + " bytes");
    broadcast(copy, bytes);
    return result;
}

// gather(Uint8Array): an array of Buffers, each rank's bytes.
napi_value gather(napi_env env, napi_callback_info info) {
    void* given = nullptr;
    size_t size = 0;
    if (!bytes_of(env, argument(env, info), &given, &size)) return fail(env, "gather expects a Uint8Array");
    int ranks = 0;
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    const int64_t own = static_cast<int64_t>(size);
    std::vector<int64_t> sizes(ranks);
    MPI_Request request;
    MPI_Iallgather(&own, 1, MPI_INT64_T, sizes.data(), 1, MPI_INT64_T, MPI_COMM_WORLD, &request);
    wait(request);
    std::vector<int> counts(ranks), offsets(ranks);
    int64_t total = 0;
    for (int i = 0; i < ranks; i++) {
        if (total + sizes[i] > INT32_MAX)
            return fail(env, "gather expects fewer than 2^31 bytes from all ranks together");
        counts[i] = static_cast<int>(sizes[i]);
        offsets[i] = static_cast<int>(total);
        total += sizes[i];
    }
    std::vector<char> all(total);
    MPI_Iallgatherv(given, static_cast<int>(own), MPI_BYTE, all.data(), counts.data(), offsets.data(), MPI_BYTE,
                    MPI_COMM_WORLD, &request);
    wait(request);
    napi_value result;
    napi_create_array_with_length(env, ranks, &result);
    for (int i = 0; i < ranks; i++) {
        napi_value part;
        napi_create_buffer_copy(env, counts[i], all.data() + offsets[i], nullptr, &part);
        napi_set_element(env, result, i, part);
    }
    return result;
}

napi_value barrier(napi_env, napi_callback_info) {
    meet();
    return nullptr;
}

// abort(exit code): ends all ranks, this one too.
napi_value abort_all(napi_env env, napi_callback_info info) {
    int32_t code = 1;
    napi_get_value_int32(env, argument(env, info), &code);
    MPI_Abort(MPI_COMM_WORLD, code);
    return nullptr;
}

// Waits until all ranks have called it.
napi_value finish(napi_env, napi_callback_info) {
    MPI_Finalize();
    return nullptr;
}

std::string library() {
    char version[MPI_MAX_LIBRARY_VERSION_STRING];
    int length = 0;
    MPI_Get_library_version(version, &length);
    return std::string(version, length);
}

}  // namespace

NAPI_MODULE_INIT() {
    const struct {
        const char* name;
        napi_callback call;
    } functions[] = {{"start", start},   {"sum", sum},         {"agree", agree},     {"broadcast", broadcast_bytes},
                     {"gather", gather}, {"barrier", barrier}, {"abort", abort_all}, {"finish", finish}};
    for (const auto& [name, call] : functions) {
        napi_value function;
        if (napi_create_function(env, name, NAPI_AUTO_LENGTH, call, nullptr, &function) != napi_ok ||
            napi_set_named_property(env, exports, name, function) != napi_ok) {
            return fail(env, std::string("the addon of MPI cannot export ") + name);
        }
    }
    napi_set_named_property(env, exports, "compiledFor", text(env, kCompiledFor));
    napi_set_named_property(env, exports, "library", text(env, library()));
    return exports;
}
