// y = tanh(a) * sigmoid(b) of sums [a, b] that something else reads too (Gated PixelCNN, Figure 2: the vertical stack, whose
// sums are linked to the horizontal one).
#include "base/gates.h"
#include "base/parallel.h"
#include "base/part.h"

namespace pixelrnn {
namespace {

constexpr int32_t kStrip = 256;  // pixels of a task

template <typename F>
void each_strip(int32_t pixels, const pixelrnn_executor* executor, const F& strip) {
    parallel(executor, pieces(pixels, kStrip), [&](int32_t task) {
        const int32_t begin = task * kStrip;
        strip(static_cast<size_t>(begin), smaller(kStrip, pixels - begin));
    });
}

}  // namespace
}  // namespace pixelrnn

using namespace pixelrnn;

void pixelrnn_gate_forward(int32_t pixels, int32_t maps, const float* sums, float* y,
                           const pixelrnn_executor* executor) {
    each_strip(pixels, executor, [&](size_t begin, int32_t count) {
        each_part(maps, [&](int32_t map, auto part) {
            for (int32_t pixel = 0; pixel < count; pixel++) {
                const float* from = sums + (begin + pixel) * 2 * maps + map;
                part.store(y + (begin + pixel) * maps + map,
                           hyperbolic_tangent(part.load(from)) * sigmoid(part.load(from + maps)));
            }
        });
    });
}

void pixelrnn_gate_backward(int32_t pixels, int32_t maps, const float* sums, const float* dy, float* dsums,
                            const pixelrnn_executor* executor) {
    each_strip(pixels, executor, [&](size_t begin, int32_t count) {
        each_part(maps, [&](int32_t map, auto part) {
            for (int32_t pixel = 0; pixel < count; pixel++) {
                const size_t at = (begin + pixel) * 2 * maps + map;
                const Vector tangent = hyperbolic_tangent(part.load(sums + at));
                const Vector gate = sigmoid(part.load(sums + at + maps));
                const Vector d = part.load(dy + (begin + pixel) * maps + map) * gate;
                part.store(dsums + at, d * (1.0f - tangent * tangent));
                part.store(dsums + at + maps, d * tangent * (1.0f - gate));
            }
        });
    });
}
