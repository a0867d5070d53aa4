#include "plan/plan.h"

#include "plan/rounding.h"
#include "plan/walk.h"

using namespace pixelrnn::plan;

int32_t pixelrnn_plan_lanes() {
#define PIXELRNN_LANES(width, vectors) | width* vectors
    return 0 PIXELRNN_EACH_GROUP(PIXELRNN_LANES);
}

size_t pixelrnn_plan_state(const Program* program, int32_t lanes) {
#define PIXELRNN_STATE(width, vectors) \
    if (lanes == width * vectors) return Walk<Group<width, vectors>>::state_bytes(*program);
    PIXELRNN_EACH_GROUP(PIXELRNN_STATE)
    return 0;
}

void pixelrnn_plan_begin(const Program* program, const float* constants, const Settings* settings,
                         const Buffers* buffers, const Share* share, void* state) {
    const StandardRounding rounding;
#define PIXELRNN_BEGIN(width, vectors)   \
    if (share->lanes == width * vectors) \
        Walk<Group<width, vectors>>(*program, constants, *settings, *buffers, *share, state).begin();
    PIXELRNN_EACH_GROUP(PIXELRNN_BEGIN)
}

void pixelrnn_plan_advance(const Program* program, const float* constants, const Settings* settings,
                           const Buffers* buffers, const Share* share, void* state, int32_t first, int32_t count) {
    const StandardRounding rounding;
#define PIXELRNN_ADVANCE(width, vectors) \
    if (share->lanes == width * vectors) \
        Walk<Group<width, vectors>>(*program, constants, *settings, *buffers, *share, state).advance(first, count);
    PIXELRNN_EACH_GROUP(PIXELRNN_ADVANCE)
}
