// How a chain of convolutions is cut into units that a thread takes through all of them, and which of its maps share a
// piece of memory.
#pragma once

#include "base/worker_memory.h"
#include "conv/convolution.h"

namespace pixelrnn {

// An image; or where no convolution reads a neighbour, a stretch of pixels as if it were an image of one row.
struct Units {
    int32_t count;
    int64_t pixels;  // of all
    int32_t height, width;

    int64_t first(int32_t unit) const { return static_cast<int64_t>(unit) * height * width; }
    int32_t size(int32_t unit) const {
        const int64_t whole = static_cast<int64_t>(height) * width, left = pixels - first(unit);
        return static_cast<int32_t>(left < whole ? left : whole);
    }
    // The patches of one unit: they read nothing of the next one, which another thread may be writing.
    Patches of(Patches patches, int32_t unit) const {
        patches.values += first(unit) * patches.channels;
        return alone(patches, unit);
    }
    Patches alone(Patches patches, int32_t unit) const {
        patches.pixels = size(unit);
        patches.height = height;
        patches.width = height == 1 ? size(unit) : width;
        return patches;
    }
};

Units units_of(const pixelrnn_conv_chain& chain);

// Into how many groups of units, a task each, they are cut; in the backward pass each has sums of its own.
int32_t groups_of(const pixelrnn_conv_chain& chain, const Units& units);

// Runs f(unit, group, number of the memory, whether it is the group's first unit) for all units, those of a group in their order.
template <typename F>
void each_unit(const Units& units, int32_t groups, const pixelrnn_executor* executor, const F& f) {
    WorkerMemory memory(groups);
    const auto first = [&](int32_t group) {
        return static_cast<int32_t>(static_cast<int64_t>(units.count) * group / groups);
    };
    parallel(executor, groups, [&](int32_t group) {
        const int32_t worker = memory.take();
        for (int32_t unit = first(group); unit < first(group + 1); unit++) f(unit, group, worker, unit == first(group));
        memory.give_back(worker);
    });
}

// Map c is the input of convolution c; map `count` is the output. The buffers that hold the gradients of the maps between:
// for each such map its buffer, and the channels of each buffer. A buffer is used again when nothing needs it any more.
struct GradientBuffers {
    explicit GradientBuffers(const pixelrnn_conv_chain& chain);

    int32_t count = 0;
    int32_t channels[PIXELRNN_MOST_CONVOLUTIONS];
    int32_t of_map[PIXELRNN_MOST_CONVOLUTIONS];
};

// The map to which this one is added, whose gradient is therefore a part of this one's; or -1.
inline int32_t added_to(const pixelrnn_conv_chain& chain, int32_t map) {
    for (int32_t c = map; c < chain.count; c++)
        if (chain.residuals[c] == map) return c + 1;
    return -1;
}

// Where map `map` begins among the maps, from 1 on.
size_t map_offset(const pixelrnn_conv_chain& chain, int32_t map);

// The patches of convolution c of its input.
Patches inputs_of(const pixelrnn_conv_chain& chain, int32_t c, const TapLists& lists, const float* x,
                  const float* maps);

}  // namespace pixelrnn
