// A thin C++ cover of TensorFlow's C API for ops: definitions, attributes, tensors, and errors as exceptions, which
// end as the op's status. Every sentence names the op.
#pragma once

#include <stdint.h>

#include <exception>
#include <new>
#include <string>
#include <vector>

#include "kernels.h"
#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"

namespace pixelrnn {

// Thrown by kernels, caught at the border to TensorFlow. The message does not yet name the op.
struct Failure {
    TF_Code code;
    std::string message;
};

// An argument that does not fit: its name, what was expected, and what came.
[[noreturn]] void reject(const std::string& sentence);

typedef std::vector<int64_t> Shape;

int64_t size_of(const Shape& shape);
std::string text(const Shape& shape);
// A dimension or a count as the kernels take it.
int32_t narrow(int64_t value, const char* what);

struct FloatTensor {
    const float* values;
    Shape shape;
};

struct IntTensor {
    const int32_t* values;
    Shape shape;
};

// What a kernel's constructor may read: the attributes of this call of the op.
class Attributes {
public:
    explicit Attributes(TF_OpKernelConstruction* construction) : construction_(construction) {}
    bool flag(const char* name) const;
    int32_t integer(const char* name) const;
    std::vector<int32_t> integers(const char* name) const;

private:
    TF_OpKernelConstruction* const construction_;
};

// One execution of an op: inputs by position, outputs, workspace. Owns the handles, TensorFlow owns the memory.
class Call {
public:
    explicit Call(TF_OpKernelContext* context) : context_(context) {}
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    FloatTensor floats(int index);
    IntTensor integers(int index);
    float* output(int index, const Shape& shape);
    // Aligned to 64 bytes, valid until the op ends.
    void* workspace(size_t bytes);

private:
    TF_Tensor* input(int index, TF_DataType type);
    TF_Tensor* own(TF_Tensor* tensor, const TF_Status* status);

    TF_OpKernelContext* const context_;
    std::vector<TF_Tensor*> tensors_;
};

// The threads that all ops share.
const pixelrnn_executor* executor();
// PIXELRNN_THREADS, else the number of processors; throws where the variable is no number from 1 to 1024.
int32_t thread_count();

void define_op(const char* name, const std::vector<std::string>& inputs, const std::vector<std::string>& outputs,
               const std::vector<std::string>& attributes);

// What defines an op and registers its kernels, run when the addon loads: a constant in the op's file.
class OpRegistration {
public:
    explicit OpRegistration(void (*run)()) { list().push_back(run); }
    static void run_all() {
        for (void (*run)() : list()) run();
    }

private:
    static std::vector<void (*)()>& list();
};

typedef void* (*CreateKernel)(TF_OpKernelConstruction*);
typedef void (*ComputeKernel)(void*, TF_OpKernelContext*);
typedef void (*DeleteKernel)(void*);
void register_kernel(const char* name, CreateKernel create, ComputeKernel compute, DeleteKernel destroy);

// Runs `body` and turns what it throws into a status, given to `fail`. `name` is the op's.
template <typename Body, typename Fail>
void guarded(const char* name, const Body& body, const Fail& fail);

// `Kernel` has a constant `name`, a constructor from Attributes and a member compute(Call&).
template <typename Kernel>
void register_kernel() {
    register_kernel(
        Kernel::name,
        [](TF_OpKernelConstruction* construction) -> void* {
            Kernel* kernel = nullptr;
            guarded(
                Kernel::name, [&] { kernel = new Kernel(Attributes(construction)); },
                [&](TF_Status* status) { TF_OpKernelConstruction_Failure(construction, status); });
            return kernel;
        },
        [](void* kernel, TF_OpKernelContext* context) {
            guarded(
                Kernel::name,
                [&] {
                    Call call(context);
                    static_cast<Kernel*>(kernel)->compute(call);
                },
                [&](TF_Status* status) { TF_OpKernelContext_Failure(context, status); });
        },
        [](void* kernel) { delete static_cast<Kernel*>(kernel); });
}

template <typename Body, typename Fail>
void guarded(const char* name, const Body& body, const Fail& fail) {
    TF_Code code;
    std::string message;
    try {
        body();
        return;
    } catch (const Failure& failure) {
        code = failure.code;
        message = failure.message;
    } catch (const std::bad_alloc&) {
        code = TF_RESOURCE_EXHAUSTED;
        message = "not enough memory";
    } catch (const std::exception& error) {
        code = TF_INTERNAL;
        message = error.what();
    }
    TF_Status* status = TF_NewStatus();
    TF_SetStatus(status, code, (std::string(name) + ": " + message).c_str());
    fail(status);
    TF_DeleteStatus(status);
}

}  // namespace pixelrnn
