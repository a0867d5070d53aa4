// Cuts a caller's workspace into arrays. With no memory it only adds up the size, so that one function both
// tells the size and lays the arrays out.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace pixelrnn {

class Arena {
public:
    explicit Arena(void* memory) : memory_(static_cast<char*>(memory)) {}

    template <typename T>
    T* take(size_t count) {
        T* result = memory_ ? reinterpret_cast<T*>(memory_ + used_) : nullptr;
        used_ += (count * sizeof(T) + 63) / 64 * 64;
        return result;
    }

    size_t used() const { return used_; }

private:
    char* memory_;
    size_t used_ = 0;
};

}  // namespace pixelrnn
