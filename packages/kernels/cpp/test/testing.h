// What the tests share: checks that count, seeded numbers, arrays full of NaN with exact bounds for the sanitizers.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "kernels.h"

namespace testing {

inline int passed = 0, failed = 0;

inline void check(bool good, const std::string& what) {
    good ? passed++ : failed++;
    if (!good && failed <= 20) std::printf("FAILED %s\n", what.c_str());
}

// xorshift64*
class Numbers {
public:
    explicit Numbers(uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u + 1) {}
    uint64_t next() {
        state_ ^= state_ >> 12;
        state_ ^= state_ << 25;
        state_ ^= state_ >> 27;
        return (state_ * 0x2545F4914F6CDD1Du) >> 16;
    }
    int32_t below(int32_t limit) { return static_cast<int32_t>(next() % static_cast<uint64_t>(limit)); }
    float uniform(float low, float high) {
        return low + (high - low) * static_cast<float>(next() % 16777216) / 16777216;
    }
    std::vector<float> array(size_t count, float low = -1, float high = 1) {
        std::vector<float> result(count);
        for (float& value : result) value = uniform(low, high);
        return result;
    }

private:
    uint64_t state_;
};

// Unwritten outputs stay NaN, so they never pass for right ones.
inline std::vector<float> unwritten(size_t count) {
    return std::vector<float>(count, std::numeric_limits<float>::quiet_NaN());
}

class Workspace {
public:
    explicit Workspace(size_t bytes) : memory_(std::aligned_alloc(64, (bytes + 63) / 64 * 64)) {
        std::memset(memory_, 0xFF, bytes);  // all ones is a NaN
    }
    ~Workspace() { std::free(memory_); }
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;
    void* get() const { return memory_; }

private:
    void* memory_;
};

inline bool identical(const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
}

// Largest difference, relative to the largest value; a NaN stays.
inline double difference(const std::vector<float>& got, const std::vector<float>& wanted) {
    double worst = 0, scale = 1e-30;
    for (size_t i = 0; i < got.size(); i++) {
        const double distance = std::fabs(double(got[i]) - wanted[i]);
        worst = distance <= worst ? worst : distance;
        scale = std::fabs(wanted[i]) > scale ? std::fabs(wanted[i]) : scale;
    }
    return worst / scale;
}

// What a file tests, run by test_kernels.cc: a constant in the file.
class Suite {
public:
    explicit Suite(void (*run)()) { list().push_back(run); }
    static void run_all() {
        for (void (*run)() : list()) run();
    }

private:
    static std::vector<void (*)()>& list() {
        static std::vector<void (*)()> list;
        return list;
    }
};

}  // namespace testing
