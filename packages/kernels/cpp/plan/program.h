// A packed plan, as src/plan/compilePlan.ts writes it: integers that say what is computed, and constants that it is
// computed with. Offsets of records count integers from the program's start, those of values count floats.
#pragma once

#include <stdint.h>

namespace pixelrnn::plan {

// Sums that a product holds in registers at once, at most; `tile` of packStep.ts.
constexpr int32_t kTile = 8;

enum Unit : int32_t { kLinear, kRelu, kGated, kLstm };
enum Output : int32_t { kBernoulli, kSoftmax, kMcgsm };

struct Place {
    int32_t map, row, column;
};

// Channels first, first + step, ... at a place: as many rows of weights.
struct Segment {
    Place place;
    int32_t first, step, count, relu;
};

// What is computed of a step at once: the channels of one colour, or of one phase of an upsampling.
struct Pass {
    int32_t first, step, count;
    int32_t sums;  // the unit's blocks x count
    int32_t segment_count, segments;
    int32_t rows;     // of all segments
    int32_t bias;     // constants [sums]
    int32_t weights;  // constants, tile after tile [rows, sums of the tile]
};

struct Step {
    int32_t out, unit, blocks;
    int32_t height, width;  // of the map `out`
    int32_t reversed;       // columns from the last one
    // Position (r, c) reads its places around (r * multiply / divide, c * multiply / divide).
    int32_t multiply, divide;
    int32_t later;  // whether a pixel that is known needs it
    Place cell;     // map -1: none
    int32_t addition_count, additions;
    int32_t residual_count, residuals;
    // One a colour, or one for all; where `divide` is above 1, one for each phase of row and column.
    int32_t pass_count, passes;
};

struct Map {
    int32_t channels, height, width;
    int32_t rows;                // kept: row r lies at r mod rows
    int32_t before;              // columns of border left of the image
    int32_t columns;             // with both borders
    int32_t above, left, right;  // constants [channels], -1: zeros
    int32_t first;               // where its values begin in a lane's state
    int32_t vector;              // one position, read from everywhere
};

struct Steps {
    int32_t count, first;
};

struct Program {
    int32_t version;
    int32_t height, width, colors, levels;
    int32_t map_count, maps;
    Steps before, pixel, row;
    int32_t pixels;
    int32_t condition_count, conditions;  // maps
    int32_t condition_values;             // of all of them in an image
    int32_t state_values;                 // of all maps in an image
    int32_t most_sums, most_segments;
    int32_t output, output_map;
    int32_t logits;        // of a colour
    int32_t scaled;        // constants [levels]: intensities in [-1, 1]
    int32_t known_stride;  // 0: none
    int32_t components, scales, features;
    // Constants [colors, components, scales] or [colors, components, features]: exp(alpha) / 2, exp(alpha / 2) / sqrt(2), beta^2.
    int32_t eta, half_precision, inverse_deviation, squares;

    template <typename T>
    const T* at(int32_t offset) const {
        return reinterpret_cast<const T*>(reinterpret_cast<const int32_t*>(this) + offset);
    }
    const Map& map(int32_t index) const { return at<Map>(maps)[index]; }
};

static_assert(sizeof(Program) == 32 * sizeof(int32_t), "the header of compilePlan.ts");

}  // namespace pixelrnn::plan
