// The maps of a group of images: [row kept or border row][column with borders][channel][lane].
#pragma once

#include "plan/lanes.h"
#include "plan/program.h"

namespace pixelrnn::plan {

template <typename G>
class Maps {
public:
    Maps(const Program& program, const float* constants, float* values)
        : program_(program), constants_(constants), values_(values) {}

    // Zeros everywhere, and the borders' values.
    void clear() {
        const size_t count = size_t(program_.state_values) * G::kLanes;
        for (size_t i = 0; i < count; i++) values_[i] = 0.0f;
        for (int32_t i = 0; i < program_.map_count; i++) {
            const Map& map = program_.map(i);
            if (map.vector) continue;
            for (int32_t column = 0; column < map.width; column++) fill(at(map, -1, column), map, map.above);
            for (int32_t row = 0; row < map.rows; row++) {
                for (int32_t column = -map.before; column < 0; column++) fill(at(map, row, column), map, map.left);
                for (int32_t column = map.width; column < map.columns - map.before; column++)
                    fill(at(map, row, column), map, map.right);
            }
        }
    }

    // The channels at a position: of the image, of the rows kept, of the border, or beyond it in a row that is all border.
    float* at(const Map& map, int32_t row, int32_t column) const {
        if (map.vector) return values_ + size_t(map.first) * G::kLanes;
        const int32_t kept = row < 0 ? map.rows : row >= map.height ? map.rows + 1 : row % map.rows;
        const ptrdiff_t position = ptrdiff_t(kept) * map.columns + map.before + column;
        return values_ + (map.first + position * map.channels) * G::kLanes;
    }

    float* at(int32_t map, int32_t row, int32_t column) const { return at(program_.map(map), row, column); }
    const float* at(const Place& place, int32_t row, int32_t column) const {
        return at(place.map, row + place.row, column + place.column);
    }

private:
    void fill(float* to, const Map& map, int32_t constant) {
        if (constant < 0) return;
        for (int32_t channel = 0; channel < map.channels; channel++)
            for (int32_t lane = 0; lane < G::kLanes; lane++)
                to[channel * G::kLanes + lane] = constants_[constant + channel];
    }

    const Program& program_;
    const float* constants_;
    float* values_;
};

}  // namespace pixelrnn::plan
