// A group of images on its way through the plan, position by position; its state lies in the caller's memory.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "plan/distribution.h"
#include "plan/run.h"
#include "plan/steps.h"

namespace pixelrnn::plan {

template <typename G>
class Walk {
    typedef typename G::Vector Vector;
    static constexpr int32_t kLanes = G::kLanes;

    // The state of a group; without memory it only tells its size.
    struct State {
        State(const Program& program, void* memory) : arena(memory) {
            values = arena.take<float>(size_t(program.state_values) * kLanes);
            sums = arena.take<float>(size_t(program.most_sums) * kLanes);
            sources = arena.take<Source>(program.most_segments);
            const size_t levels = program.output == kBernoulli ? 2 : program.levels;
            distribution.logits = arena.take<float>(levels * kLanes);
            distribution.shares = arena.take<float>(levels * kLanes);
            distribution.gaussians = arena.take<Vector>(size_t(2) * program.components * program.scales);
        }
        Arena arena;
        float* values;
        float* sums;
        Source* sources;
        typename Distribution<G>::Workspace distribution;
    };

public:
    // What no memory of this machine could hold is told as the largest size there is.
    static size_t state_bytes(const Program& program) {
        const uint64_t floats = (uint64_t(program.state_values) + uint64_t(program.most_sums)) * kLanes;
        const size_t used = State(program, nullptr).arena.used();
        return floats * sizeof(float) > used ? SIZE_MAX : used;
    }

    Walk(const Program& program, const float* constants, const Settings& settings, const Buffers& buffers,
         const Share& share, void* memory)
        : Walk(program, constants, settings, buffers, share, State(program, memory)) {}

    // Before the first pixel: conditions, what is known of the image, and the steps that need no more.
    void begin() {
        maps_.clear();
        for (int32_t lane = 0; lane < kLanes; lane++) {
            const bool other = settings_.guided && lane >= kLanes / 2;
            const float* values = other ? buffers_.other_conditions : buffers_.conditions;
            if (image_of(lane) >= 0 && values)
                set_conditions(lane, values + ptrdiff_t(image_of(lane)) * program_.condition_values);
        }
        each_known_pixel();
        for (int32_t lane = 0; lane < own_lanes(); lane++) {
            const int32_t image = image_of(lane);
            // The shared stream's one coder is begun once: groups begin on threads at the same time.
            if (image < 0 || (settings_.shared_stream && image > 0)) continue;
            if (settings_.mode == kEncode) begin_encoding(coder(image));
            if (settings_.mode == kDecode) begin_decoding(coder(image), stream(image), coder(image).length);
        }
        steps_.before();
    }

    // Positions first .. first + count - 1, in reading order.
    void advance(int32_t first, int32_t count) {
        const int32_t pixels = program_.height * program_.width;
        for (int32_t position = first; position < first + count; position++) {
            const int32_t row = position / program_.width, column = position % program_.width;
            for (int32_t color = 0; color < program_.colors; color++)
                pixel(row, column, color, position == first + count - 1);
            if (column == program_.width - 1) steps_.row(row);
        }
        if (first + count == pixels)
            for (int32_t lane = 0; lane < own_lanes(); lane++)
                if (image_of(lane) >= 0) end(image_of(lane));
    }

    // One colour of one pixel; with the last colour of a row's last pixel the steps over that row.
    void advance_color(int32_t position, int32_t color, bool last) {
        const int32_t row = position / program_.width, column = position % program_.width;
        pixel(row, column, color, last);
        if (column == program_.width - 1 && color == program_.colors - 1) steps_.row(row);
    }

    // Ends a stream, after all that goes into it.
    void end(int32_t image) {
        if (settings_.mode == kEncode) end_encoding(coder(image), stream(image), capacity());
    }

private:
    Walk(const Program& program, const float* constants, const Settings& settings, const Buffers& buffers,
         const Share& share, const State& state)
        : program_(program),
          constants_(constants),
          settings_(settings),
          buffers_(buffers),
          share_(share),
          maps_(program, constants, state.values),
          steps_(program, constants, maps_, state.sources, state.sums),
          distribution_(program, constants, state.distribution) {}

    int32_t own_lanes() const { return settings_.guided ? kLanes / 2 : kLanes; }

    // -1 of a lane that is not used.
    int32_t image_of(int32_t lane) const {
        const int32_t own = lane % own_lanes();
        return own < share_.images ? share_.first + own : -1;
    }

    ptrdiff_t index_of(int32_t image, int32_t row, int32_t column, int32_t color) const {
        return ((ptrdiff_t(image) * program_.height + row) * program_.width + column) * program_.colors + color;
    }

    int32_t stream_of(int32_t image) const { return settings_.shared_stream ? 0 : image; }
    Coder& coder(int32_t image) const { return buffers_.coders[stream_of(image)]; }
    uint8_t* stream(int32_t image) const { return buffers_.streams + ptrdiff_t(stream_of(image)) * settings_.capacity; }
    uint32_t capacity() const { return static_cast<uint32_t>(settings_.capacity); }

    bool is_known(int32_t image, int32_t row, int32_t column) const {
        const int32_t stride = program_.known_stride;
        if (stride > 0 && row % stride == 0 && column % stride == 0) return true;
        if (!buffers_.known) return false;
        const ptrdiff_t first = settings_.known_per_image ? ptrdiff_t(image) * program_.height : 0;
        return buffers_.known[(first + row) * program_.width + column] != 0;
    }

    int32_t given(int32_t image, int32_t row, int32_t column, int32_t color) const {
        const int32_t value = buffers_.given ? buffers_.given[index_of(image, row, column, color)] : 0;
        return value < program_.levels ? value : program_.levels - 1;
    }

    void set_conditions(int32_t lane, const float* values) {
        for (int32_t i = 0; i < program_.condition_count; i++) {
            const Map& map = program_.map(program_.at<int32_t>(program_.conditions)[i]);
            for (int32_t row = 0; row < map.height; row++)
                for (int32_t column = 0; column < map.width; column++) {
                    float* to = maps_.at(map, row, column) + lane;
                    for (int32_t channel = 0; channel < map.channels; channel++) to[channel * kLanes] = *values++;
                }
        }
    }

    // Pixels that steps before the first one may read.
    void each_known_pixel() {
        const Map& map = program_.map(program_.pixels);
        if (map.rows < map.height) return;
        for (int32_t row = 0; row < program_.height; row++)
            for (int32_t column = 0; column < program_.width; column++)
                for (int32_t lane = 0; lane < kLanes; lane++) {
                    const int32_t image = image_of(lane);
                    if (image < 0 || !is_known(image, row, column)) continue;
                    for (int32_t color = 0; color < program_.colors; color++)
                        set_pixel(row, column, color, lane, given(image, row, column, color));
                }
    }

    void set_pixel(int32_t row, int32_t column, int32_t color, int32_t lane, int32_t value) {
        maps_.at(program_.pixels, row, column)[color * kLanes + lane] = constants_[program_.scaled + value];
    }

    void pixel(int32_t row, int32_t column, int32_t color, bool last) {
        const bool taken = settings_.mode == kTake || settings_.mode == kEncode;
        bool known[kLanes], all_known = true;
        for (int32_t lane = 0; lane < kLanes; lane++) {
            known[lane] = image_of(lane) < 0 || is_known(image_of(lane), row, column);
            all_known = all_known && known[lane];
        }
        steps_.pixel(row, column, color, all_known);
        alignas(64) int32_t values[kLanes] = {};
        for (int32_t lane = 0; lane < kLanes; lane++)
            if (image_of(lane) >= 0 && (known[lane] || taken)) values[lane] = given(image_of(lane), row, column, color);
        if (buffers_.logits && (settings_.logits_everywhere || last)) clear_logits(row, column, color);
        if (!all_known) weigh(row, column, color, known, last, values);
        for (int32_t lane = 0; lane < kLanes; lane++) {
            set_pixel(row, column, color, lane, values[lane]);
            if (lane < own_lanes() && image_of(lane) >= 0 && buffers_.intensities)
                buffers_.intensities[index_of(image_of(lane), row, column, color)] = static_cast<uint8_t>(values[lane]);
        }
    }

    const float* output(int32_t row, int32_t column) const { return maps_.at(program_.output_map, row, column); }

    // Finds the values that are not known, and what else is wanted of their distributions.
    void weigh(int32_t row, int32_t column, int32_t color, const bool* known, bool last, int32_t* values) {
        const bool taken = settings_.mode == kTake, logits = buffers_.logits && (settings_.logits_everywhere || last);
        if (taken && !buffers_.nats && !logits) return;
        alignas(64) float nats[kLanes];
        if (taken && !logits && program_.output == kMcgsm && settings_.temperature == 1.0f) {
            distribution_.mixture_nats(output(row, column), color, values, nats);
            return keep_nats(row, column, color, known, nats);
        }
        distribution_.read(output(row, column), color);
        if (settings_.guided) distribution_.guide(settings_.guidance);
        if (logits) keep_logits(row, column, color, known);
        if (taken && !buffers_.nats) return;
        distribution_.normalise(settings_.temperature);
        if (settings_.mode == kDraw) draw(row, column, color, known, values);
        if (settings_.mode == kEncode || settings_.mode == kDecode) code(known, values);
        if (!buffers_.nats) return;
        distribution_.nats(values, nats);
        keep_nats(row, column, color, known, nats);
    }

    void draw(int32_t row, int32_t column, int32_t color, const bool* known, int32_t* values) {
        alignas(64) float uniforms[kLanes] = {};
        alignas(64) int32_t drawn[kLanes];
        for (int32_t lane = 0; lane < kLanes; lane++)
            if (image_of(lane) >= 0)
                uniforms[lane] =
                    float(buffers_.uniforms[index_of(image_of(lane), row, column, color)] & 0xffffffu) / 16777216.0f;
        distribution_.draw(uniforms, drawn);
        for (int32_t lane = 0; lane < kLanes; lane++)
            if (!known[lane]) values[lane] = drawn[lane];
    }

    void code(const bool* known, int32_t* values) {
        distribution_.count_frequencies();
        for (int32_t lane = 0; lane < own_lanes(); lane++) {
            const int32_t image = image_of(lane);
            if (known[lane]) continue;
            if (settings_.mode == kEncode)
                distribution_.encode(lane, values[lane], coder(image), stream(image), capacity());
            else
                values[lane] = distribution_.decode(lane, coder(image), stream(image));
            if (settings_.guided) values[lane + kLanes / 2] = values[lane];
        }
    }

    float* logits_at(int32_t image, int32_t row, int32_t column, int32_t color) const {
        const ptrdiff_t position = settings_.logits_everywhere ? index_of(image, row, column, color)
                                                               : ptrdiff_t(image) * program_.colors + color;
        return buffers_.logits + position * program_.logits;
    }

    // Those of known pixels stay 0, whether other images of the group have them or not.
    void clear_logits(int32_t row, int32_t column, int32_t color) {
        for (int32_t lane = 0; lane < own_lanes(); lane++) {
            if (image_of(lane) < 0) continue;
            float* to = logits_at(image_of(lane), row, column, color);
            for (int32_t i = 0; i < program_.logits; i++) to[i] = 0.0f;
        }
    }

    void keep_logits(int32_t row, int32_t column, int32_t color, const bool* known) {
        for (int32_t lane = 0; lane < own_lanes(); lane++) {
            if (known[lane]) continue;
            float* to = logits_at(image_of(lane), row, column, color);
            for (int32_t i = 0; i < program_.logits; i++) to[i] = distribution_.logit(i, lane);
        }
    }

    void keep_nats(int32_t row, int32_t column, int32_t color, const bool* known, const float* nats) {
        for (int32_t lane = 0; lane < own_lanes(); lane++)
            if (image_of(lane) >= 0 && buffers_.nats)
                buffers_.nats[index_of(image_of(lane), row, column, color)] = known[lane] ? 0.0f : nats[lane];
    }

    const Program& program_;
    const float* constants_;
    const Settings& settings_;
    const Buffers& buffers_;
    const Share share_;
    Maps<G> maps_;
    StepsOf<G> steps_;
    Distribution<G> distribution_;
};

}  // namespace pixelrnn::plan
