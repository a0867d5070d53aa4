// Checks of the executor's parts: functions against double precision, the coder, and rounding that TensorFlow has changed.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "plan/coder.h"
#include "plan/each_group.h"
#include "plan/functions.h"
#include "plan/plan.h"
#include "plan/rounding.h"

using namespace pixelrnn::plan;

namespace {

int passed = 0, failed = 0;

void check(bool good, const std::string& what) {
    good ? passed++ : failed++;
    if (!good) std::printf("FAILED %s\n", what.c_str());
}

// xorshift64*
uint64_t state = 88172645463325252u;
uint64_t random_bits() {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (state * 0x2545F4914F6CDD1Du) >> 16;
}

typedef VectorOf<4>::type Vector;

// The largest error over so many values from low to high, absolute or relative.
template <typename F, typename G>
double error(const F& function, const G& wanted, double low, double high, bool relative) {
    double worst = 0;
    for (int i = 0; i <= 400000; i++) {
        const float x = static_cast<float>(low + (high - low) * i / 400000);
        const float y = function(broadcast<Vector>(x))[0];
        const double exact = wanted(double(x)), distance = std::fabs(double(y) - exact);
        const double scaled = relative ? distance / std::fabs(exact) : distance;
        if (!(scaled <= worst)) worst = scaled;
    }
    return worst;
}

void test_functions() {
    const auto exponential = [](Vector x) { return pixelrnn::plan::exponential(x); };
    const auto logarithm = [](Vector x) { return pixelrnn::plan::logarithm(x); };
    check(error(exponential, [](double x) { return std::exp(x); }, -87, 88, true) < 2.5e-7, "exp");
    check(exponential(broadcast<Vector>(-90))[0] == 0 && exponential(broadcast<Vector>(-1e30f))[0] == 0,
          "exp of little");
    check(error(logarithm, [](double x) { return std::log(x); }, 1.2e-38, 1e-30, true) < 1e-7, "log of little");
    check(error(logarithm, [](double x) { return std::log(x); }, 1e-3, 4, false) < 5e-7, "log");
    check(error(logarithm, [](double x) { return std::log(x); }, 0.9, 1.1, false) < 6e-8, "log around 1");
    check(error(logarithm, [](double x) { return std::log(x); }, 4, 1e6, true) < 1e-7, "log of much");
    check(logarithm(broadcast<Vector>(1))[0] == 0, "log 1");
    const auto one_plus = [](Vector x) { return logarithm_of_one_plus(x); };
    const auto log1p = [](double x) { return std::log1p(x); };
    check(error(one_plus, log1p, 1e-9, 1e-6, true) < 3e-7, "log(1 + little)");
    check(error(one_plus, log1p, 1e-6, 1, true) < 3e-7, "log(1 + x)");
    check(one_plus(Vector{})[0] == 0, "log(1 + 0)");
    const auto sigmoid = [](Vector x) { return pixelrnn::plan::sigmoid(x); };
    check(error(sigmoid, [](double x) { return 1 / (1 + std::exp(-x)); }, -80, 80, true) < 4e-7, "sigmoid");
    const auto tangent = [](Vector x) { return hyperbolic_tangent(x); };
    check(error(tangent, [](double x) { return std::tanh(x); }, -12, 12, false) < 2e-7, "tanh");
    check(error(tangent, [](double x) { return std::tanh(x); }, 1e-6, 1e-2, true) < 3e-7, "tanh of little");
    const auto erf = [](Vector x) { return error_function(x); };
    check(error(erf, [](double x) { return std::erf(x); }, -6, 6, false) < 1e-7, "erf");
}

struct Symbol {
    uint32_t start, frequency;
};

// Symbols of random and extreme frequencies: what is written is read again, in little more than it takes.
void test_coder() {
    for (int round = 0; round < 2000; round++) {
        std::vector<Symbol> symbols(random_bits() % 200);
        double bits = 0;
        for (Symbol& symbol : symbols) {
            const uint32_t kind = random_bits() % 4;
            const uint32_t start = kind == 0 ? 0 : kind == 1 ? kTotal - 1 : random_bits() % kTotal;
            const uint32_t room = kTotal - start;
            symbol = {start, kind == 2 ? 1 : kind == 3 ? room : 1 + static_cast<uint32_t>(random_bits() % room)};
            bits -= std::log2(double(symbol.frequency) / kTotal);
        }
        const size_t capacity = stream_capacity(symbols.size());
        std::vector<uint8_t> bytes(capacity);
        Coder coder;
        begin_encoding(coder);
        for (const Symbol& symbol : symbols) encode(coder, bytes.data(), capacity, symbol.start, symbol.frequency);
        end_encoding(coder, bytes.data(), capacity);
        check(8.0 * coder.length <= bits + 9 + 0.001 * symbols.size(), "a stream's length");
        std::vector<uint8_t> stream(bytes.begin(), bytes.begin() + coder.length);  // the sanitizer sees its end
        Coder reader;
        begin_decoding(reader, stream.data(), stream.size());
        bool same = true;
        for (const Symbol& symbol : symbols) {
            const uint32_t target = decoded_target(reader);
            same = same && target >= symbol.start && target < symbol.start + symbol.frequency;
            decode(reader, stream.data(), symbol.start, symbol.frequency);
        }
        check(same, "a stream that is read again");
    }
}

// A carry runs through bytes that are all ones: start at the very end of the interval, again and again.
void test_carry() {
    for (int length = 1; length < 60; length++) {
        std::vector<Symbol> symbols(length, Symbol{kTotal - 1, 1});
        symbols.push_back({kTotal - 1, 1});
        symbols[0] = {0x7fff, 1};
        symbols.push_back({kTotal / 2 - 1, 2});
        const size_t capacity = stream_capacity(symbols.size());
        std::vector<uint8_t> bytes(capacity);
        Coder coder;
        begin_encoding(coder);
        for (const Symbol& symbol : symbols) encode(coder, bytes.data(), capacity, symbol.start, symbol.frequency);
        end_encoding(coder, bytes.data(), capacity);
        Coder reader;
        begin_decoding(reader, bytes.data(), coder.length);
        bool same = true;
        for (const Symbol& symbol : symbols) {
            const uint32_t target = decoded_target(reader);
            same = same && target >= symbol.start && target < symbol.start + symbol.frequency;
            decode(reader, bytes.data(), symbol.start, symbol.frequency);
        }
        check(same, "a carry over " + std::to_string(length) + " symbols");
    }
}

// Random bytes, read with frequencies that no encoder used: targets stay in their bounds.
void test_damage() {
    for (int round = 0; round < 500; round++) {
        std::vector<uint8_t> stream(random_bits() % 40);
        for (uint8_t& byte : stream) byte = random_bits() % 3 == 0 ? 255 : random_bits();
        Coder reader;
        begin_decoding(reader, stream.data(), stream.size());
        bool bounded = true;
        for (int i = 0; i < 300; i++) {
            const int32_t target = decoded_target(reader);
            bounded = bounded && target >= 0 && target < kTotal;
            const uint32_t start = target - random_bits() % (target + 1);
            decode(reader, stream.data(), start, target - start + 1);
        }
        check(bounded, "a damaged stream");
    }
}

// 1e-40 is subnormal.
float subnormal_product() {
    volatile float x = 1e-20f, y = 1e-20f;
    return x * y;
}

void test_rounding() {
#if defined(__SSE2__)
    const uint32_t before = _mm_getcsr();
    _mm_setcsr(before | 0x8040);  // flush to zero, subnormals are zero: as TensorFlow's threads have it
    check(subnormal_product() == 0, "a product that is flushed");
    {
        const StandardRounding rounding;
        check(subnormal_product() != 0, "a product that is kept");
    }
    check(subnormal_product() == 0, "what was set before");
    _mm_setcsr(before);
#else
    const StandardRounding rounding;
    check(subnormal_product() != 0, "a product that is kept");
#endif
}

bool each_once(int32_t groups, int32_t threads) {
    std::vector<std::atomic<int32_t>> times(groups);
    each_group(groups, threads, [&](int32_t i) { times[i]++; });
    for (const std::atomic<int32_t>& count : times)
        if (count != 1) return false;
    return true;
}

// Also for a user who may start no thread; the limit of processes does not hold for root.
void test_threads() {
    for (const int32_t threads : {1, 2, 7})
        for (const int32_t groups : {0, 1, 2, 50})
            check(each_once(groups, threads), "every group once with " + std::to_string(threads) + " threads");
    const pid_t child = fork();
    if (child == 0) {
        const rlimit none{0, 0};
        if (geteuid() == 0 && setuid(65534) != 0) _exit(9);
        if (setrlimit(RLIMIT_NPROC, &none) != 0) _exit(9);
        _exit(each_once(50, 7) ? 7 : 8);
    }
    int status = 0;
    waitpid(child, &status, 0);
    check(WIFEXITED(status) && WEXITSTATUS(status) == 7, "where the system gives no threads");
}

}  // namespace

int main() {
    test_threads();

    test_functions();
    test_coder();
    test_carry();
    test_damage();
    test_rounding();
    std::printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}
