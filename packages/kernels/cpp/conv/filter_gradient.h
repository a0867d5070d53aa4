// dkernel[k, n] = sum over pixels of patch(pixel)[k] * dz[pixel, n], and dbias[n] = sum over pixels of dz[pixel, n].
#pragma once

#include "base/arena.h"
#include "conv/patches.h"

namespace pixelrnn {

// The pixels are cut into pieces and the columns into blocks by shape alone, one task each.
struct PartialSums {
    int32_t pieces, rows, columns;  // rows and columns padded to whole tiles
    float* kernel;                  // [pieces, rows, columns]
    float* bias;                    // [pieces, columns]
};

struct OutputGradient {
    const float* values;  // [pixels, columns]
    const float* gate;    // the outputs, where a relu follows them, else null
    int32_t columns;
};

// Into how many pieces to cut the pixels of a convolution.
int32_t pieces_of(int64_t pixels, int32_t columns);
PartialSums take_partial_sums(Arena& arena, int32_t pieces, int32_t rows, int32_t columns);

// Where the kernel is one tap of three colours, inputs of the second colour do not reach outputs of the first, nor inputs of
// the third outputs of the first two: then a third of the products is not needed. Inputs are of the colours in turn, and so
// are outputs, or those of a colour follow each other.
enum class ColorOrder { none, cyclic, contiguous };
ColorOrder color_order(const Patches& patches, const float* mask, int32_t columns);

class FilterGradient {
public:
    FilterGradient(const Patches& patches, const OutputGradient& dz, const PartialSums& sums, const float* mask)
        : FilterGradient(patches, dz, sums, mask, color_order(patches, mask, dz.columns)) {}
    // `order` is color_order() of the same, for many units of one convolution.
    FilterGradient(const Patches& patches, const OutputGradient& dz, const PartialSums& sums, const float* mask,
                   ColorOrder order)
        : patches_(patches), dz_(dz), sums_(sums), mask_(mask), order_(order) {}

    int32_t pieces() const { return sums_.pieces; }
    int32_t blocks() const;
    // A piece begins at this pixel; piece `pieces()` is the end.
    int64_t first_pixel(int32_t piece) const { return patches_.pixels * piece / sums_.pieces; }
    void add(int32_t piece, int32_t block) const {
        add(first_pixel(piece), first_pixel(piece + 1), piece, block, true);
    }
    // Adds the pixels first .. last - 1 to a piece's sums, or begins them.
    void add(int64_t first, int64_t last, int32_t piece, int32_t block, bool begin) const;
    // After all have been added: dkernel, of the kernel's shape, and dbias, or null.
    void finish(const pixelrnn_conv& conv, float* dkernel, float* dbias, const pixelrnn_executor* executor) const;

private:
    void finish_row(const pixelrnn_conv& conv, int32_t position, int32_t channel, float* dkernel) const;

    const Patches& patches_;
    const OutputGradient& dz_;
    const PartialSums& sums_;
    const float* mask_;
    const ColorOrder order_;
};

}  // namespace pixelrnn
