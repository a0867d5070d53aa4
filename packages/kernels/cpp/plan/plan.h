// The executor of plans, as Node's addon and WebAssembly see it. program.h and run.h say what the arguments are.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "plan/program.h"
#include "plan/run.h"

extern "C" {

// The sizes of groups there are, powers of two added up.
int32_t pixelrnn_plan_lanes(void);

// Bytes of a group's state, which lies at a multiple of 64.
size_t pixelrnn_plan_state(const pixelrnn::plan::Program* program, int32_t lanes);

void pixelrnn_plan_begin(const pixelrnn::plan::Program* program, const float* constants,
                         const pixelrnn::plan::Settings* settings, const pixelrnn::plan::Buffers* buffers,
                         const pixelrnn::plan::Share* share, void* state);

// Positions first .. first + count - 1 of those images, the next after all before.
void pixelrnn_plan_advance(const pixelrnn::plan::Program* program, const float* constants,
                           const pixelrnn::plan::Settings* settings, const pixelrnn::plan::Buffers* buffers,
                           const pixelrnn::plan::Share* share, void* state, int32_t first, int32_t count);

// The same of all groups of a run, colour by colour, for a shared stream: its order is (pixel, colour, image), whatever the
// groups.
void pixelrnn_plan_together(const pixelrnn::plan::Program* program, const float* constants,
                            const pixelrnn::plan::Settings* settings, const pixelrnn::plan::Buffers* buffers,
                            const pixelrnn::plan::Share* shares, void* const* states, int32_t groups, int32_t first,
                            int32_t count);
}
