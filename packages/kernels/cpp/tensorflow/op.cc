#include "tensorflow/op.h"

#include <stdlib.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <limits>
#include <thread>

#include "base/thread_pool.h"

namespace pixelrnn {
namespace {

// A status that throws what it holds.
class Status {
public:
    Status() : status_(TF_NewStatus()) {}
    ~Status() { TF_DeleteStatus(status_); }
    Status(const Status&) = delete;
    Status& operator=(const Status&) = delete;
    operator TF_Status*() const { return status_; }
    void check() const {
        if (TF_GetCode(status_) != TF_OK) throw Failure{TF_GetCode(status_), TF_Message(status_)};
    }

private:
    TF_Status* const status_;
};

Shape shape_of(const TF_Tensor* tensor) {
    Shape shape(TF_NumDims(tensor));
    for (size_t i = 0; i < shape.size(); i++) shape[i] = TF_Dim(tensor, static_cast<int>(i));
    return shape;
}

// Large arrays in large pages, where the system leaves that choice to programs: far fewer addresses to translate.
void prefer_large_pages(void* memory, size_t bytes) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    constexpr uintptr_t page = 2 << 20;
    const uintptr_t begin = (reinterpret_cast<uintptr_t>(memory) + page - 1) / page * page;
    const uintptr_t end = (reinterpret_cast<uintptr_t>(memory) + bytes) / page * page;
    if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
#else
    (void)memory;
    (void)bytes;
#endif
}

}  // namespace

void reject(const std::string& sentence) { throw Failure{TF_INVALID_ARGUMENT, sentence}; }

int64_t size_of(const Shape& shape) {
    int64_t size = 1;
    for (const int64_t side : shape) size *= side;
    return size;
}

std::string text(const Shape& shape) {
    std::string result = "[";
    for (size_t i = 0; i < shape.size(); i++) result += (i ? "," : "") + std::to_string(shape[i]);
    return result + "]";
}

int32_t narrow(int64_t value, const char* what) {
    if (value > std::numeric_limits<int32_t>::max()) {
        reject(std::string(what) + " must be below 2^31, got " + std::to_string(value));
    }
    return static_cast<int32_t>(value);
}

bool Attributes::flag(const char* name) const {
    unsigned char value = 0;
    Status status;
    TF_OpKernelConstruction_GetAttrBool(construction_, name, &value, status);
    status.check();
    return value != 0;
}

int32_t Attributes::integer(const char* name) const {
    int32_t value = 0;
    Status status;
    TF_OpKernelConstruction_GetAttrInt32(construction_, name, &value, status);
    status.check();
    return value;
}

std::vector<int32_t> Attributes::integers(const char* name) const {
    int32_t count = 0, total = 0;
    Status status;
    TF_OpKernelConstruction_GetAttrSize(construction_, name, &count, &total, status);
    status.check();
    std::vector<int32_t> values(count);
    TF_OpKernelConstruction_GetAttrInt32List(construction_, name, values.data(), count, status);
    status.check();
    return values;
}

Call::~Call() {
    for (TF_Tensor* tensor : tensors_) TF_DeleteTensor(tensor);
}

TF_Tensor* Call::own(TF_Tensor* tensor, const TF_Status* status) {
    if (tensor) tensors_.push_back(tensor);
    if (TF_GetCode(status) != TF_OK) throw Failure{TF_GetCode(status), TF_Message(status)};
    return tensor;
}

TF_Tensor* Call::input(int index, TF_DataType type) {
    TF_Tensor* tensor = nullptr;
    Status status;
    TF_GetInput(context_, index, &tensor, status);
    own(tensor, status);
    if (TF_TensorType(tensor) != type) {
        reject("input " + std::to_string(index) + " must be " + (type == TF_FLOAT ? "float32" : "int32"));
    }
    return tensor;
}

FloatTensor Call::floats(int index) {
    TF_Tensor* tensor = input(index, TF_FLOAT);
    return {static_cast<const float*>(TF_TensorData(tensor)), shape_of(tensor)};
}

IntTensor Call::integers(int index) {
    TF_Tensor* tensor = input(index, TF_INT32);
    return {static_cast<const int32_t*>(TF_TensorData(tensor)), shape_of(tensor)};
}

float* Call::output(int index, const Shape& shape) {
    Status status;
    TF_Tensor* tensor = TF_AllocateOutput(context_, index, TF_FLOAT, shape.data(), static_cast<int>(shape.size()),
                                          size_of(shape) * sizeof(float), status);
    void* memory = TF_TensorData(own(tensor, status));
    prefer_large_pages(memory, size_of(shape) * sizeof(float));
    return static_cast<float*>(memory);
}

void* Call::workspace(size_t bytes) {
    // Asked for with room to spare, because TensorFlow does not promise an alignment.
    constexpr size_t alignment = 64;
    const int64_t size = static_cast<int64_t>(bytes + alignment);
    TF_AllocatorAttributes attributes = {};
    attributes.struct_size = TF_ALLOCATOR_ATTRIBUTES_STRUCT_SIZE;
    Status status;
    TF_Tensor* tensor = TF_AllocateTemp(context_, TF_UINT8, &size, 1, &attributes, status);
    void* memory = TF_TensorData(own(tensor, status));
    prefer_large_pages(memory, bytes);
    const uintptr_t address = reinterpret_cast<uintptr_t>(memory);
    return reinterpret_cast<void*>((address + alignment - 1) / alignment * alignment);
}

int32_t thread_count() {
    const char* wanted = getenv("PIXELRNN_THREADS");
    if (!wanted || !*wanted) {
        const unsigned processors = std::thread::hardware_concurrency();
        return processors ? static_cast<int32_t>(processors) : 1;
    }
    char* end;
    const long count = strtol(wanted, &end, 10);
    if (*end || count < 1 || count > 1024) {
        reject("PIXELRNN_THREADS must be a number of threads from 1 to 1024, got '" + std::string(wanted) + "'");
    }
    return static_cast<int32_t>(count);
}

const pixelrnn_executor* executor() {
    // Never destroyed: at the end of the process its threads sleep, and nobody need wait for them.
    static const ThreadPool* pool = new ThreadPool(thread_count());
    return pool->executor();
}

std::vector<void (*)()>& OpRegistration::list() {
    static std::vector<void (*)()> list;
    return list;
}

void define_op(const char* name, const std::vector<std::string>& inputs, const std::vector<std::string>& outputs,
               const std::vector<std::string>& attributes) {
    TF_OpDefinitionBuilder* builder = TF_NewOpDefinitionBuilder(name);
    for (const std::string& attribute : attributes) TF_OpDefinitionBuilderAddAttr(builder, attribute.c_str());
    for (const std::string& input : inputs) TF_OpDefinitionBuilderAddInput(builder, input.c_str());
    for (const std::string& output : outputs) TF_OpDefinitionBuilderAddOutput(builder, output.c_str());
    TF_OpDefinitionBuilderSetShapeInferenceFunction(builder, &TF_ShapeInferenceContextSetUnknownShape);
    Status status;
    TF_RegisterOpDefinition(builder, status);
    status.check();
}

void register_kernel(const char* name, CreateKernel create, ComputeKernel compute, DeleteKernel destroy) {
    TF_KernelBuilder* builder = TF_NewKernelBuilder(name, "CPU", create, compute, destroy);
    Status status;
    TF_RegisterKernelBuilder(name, builder, status);
    status.check();
}

}  // namespace pixelrnn
