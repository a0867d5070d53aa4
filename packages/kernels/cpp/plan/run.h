// What a batch of images is walked with; src/plan/planRun.ts fills it in. Arrays that a mode has no use for are null.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "plan/coder.h"

namespace pixelrnn::plan {

enum Mode : int32_t { kDraw, kTake, kEncode, kDecode };

struct Settings {
    int32_t count;  // N images
    int32_t mode;
    // Each image has two lanes, one with the conditions and one with the other ones: logits = other + guidance (own - other).
    int32_t guided;
    int32_t known_per_image;    // whether `known` is [N, H, W], not [H, W]
    int32_t logits_everywhere;  // whether `logits` is [N, H, W, C, logits], not [N, C, logits] of the last position
    int32_t shared_stream;      // whether all images take turns in the first stream, at every colour of every pixel
    int32_t capacity;           // bytes between the streams of two images
    float temperature;          // logits are divided by it
    float guidance;
};

struct Buffers {
    const float* conditions;        // [N, condition values]
    const float* other_conditions;  // [N, condition values], if guided
    const uint8_t* given;           // [N, H, W, C]
    const uint8_t* known;           // not 0 where the given intensity stands, and is neither drawn nor coded
    const uint32_t* uniforms;       // [N, H, W, C], of which the low 24 bits count
    uint8_t* intensities;           // [N, H, W, C]
    float* nats;                    // [N, H, W, C], minus the logarithm of each value's probability; 0 where known
    float* logits;
    uint8_t* streams;  // [N, capacity], or [capacity] of a shared one
    Coder* coders;     // [N], or [1]
};

// Images first .. first + images - 1, in as many lanes, or twice as many.
struct Share {
    int32_t lanes, first, images;
};

}  // namespace pixelrnn::plan
