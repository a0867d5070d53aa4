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

void pixelrnn_plan_together(const Program* program, const float* constants, const Settings* settings,
                            const Buffers* buffers, const Share* shares, void* const* states, int32_t groups,
                            int32_t first, int32_t count) {
    const StandardRounding rounding;
    const int32_t pixels = program->height * program->width;
    for (int32_t position = first; position < first + count; position++)
        for (int32_t color = 0; color < program->colors; color++)
            for (int32_t group = 0; group < groups; group++) {
                const bool last = position == first + count - 1;
                const bool over = position == pixels - 1 && color == program->colors - 1 && group == groups - 1;
#define PIXELRNN_TOGETHER(width, vectors)                                                                         \
    if (shares[group].lanes == width * vectors) {                                                                 \
        Walk<Group<width, vectors>> walk(*program, constants, *settings, *buffers, shares[group], states[group]); \
        walk.advance_color(position, color, last);                                                                \
        if (over) walk.end(0);                                                                                    \
    }
                PIXELRNN_EACH_GROUP(PIXELRNN_TOGETHER)
            }
}
