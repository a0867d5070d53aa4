// A range coder over 22-bit frequencies: one stream of bytes an image, or one for all of a run. The interval's lower end has
// 48 bits; a carry goes into bytes already written. A stream ends with the shortest bytes that lie in the last interval, and reads as if zeros followed.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace pixelrnn::plan {

// A level costs at most so many bits. Fewer cost more where most levels are all but impossible, as each has a frequency of 1.
constexpr int32_t kTotalBits = 22;
constexpr int32_t kTotal = 1 << kTotalBits;

// Bytes that `symbols` take at most.
inline size_t stream_capacity(size_t symbols) { return 3 * symbols + 16; }

struct Coder {
    uint64_t low;  // of a decoder: where the stream's value lies above it
    uint64_t range;
    uint32_t length;    // bytes of the stream
    uint32_t position;  // bytes read
};
static_assert(sizeof(Coder) == 24, "planRun.ts reads it");

constexpr int32_t kLowBits = 48;
constexpr uint64_t kWhole = uint64_t(1) << kLowBits, kLeastRange = uint64_t(1) << (kLowBits - 8);

inline void begin_encoding(Coder& coder) { coder = {0, kWhole, 0, 0}; }

// Writes the top byte of a value that may have carried.
inline void put_byte(Coder& coder, uint8_t* bytes, uint32_t capacity, uint64_t value) {
    if (value >= kWhole)
        for (uint32_t i = coder.length; i > 0 && ++bytes[i - 1] == 0; i--) {
        }
    if (coder.length < capacity) bytes[coder.length++] = static_cast<uint8_t>(value >> (kLowBits - 8));
}

// A symbol with `frequency` of kTotal, those before it having `start`; frequency is at least 1.
inline void encode(Coder& coder, uint8_t* bytes, uint32_t capacity, uint32_t start, uint32_t frequency) {
    const uint64_t unit = coder.range >> kTotalBits;
    coder.low += unit * start;
    coder.range = unit * frequency;
    while (coder.range < kLeastRange) {
        put_byte(coder, bytes, capacity, coder.low);
        coder.low = (coder.low & (kLeastRange - 1)) << 8;
        coder.range <<= 8;
    }
}

inline void end_encoding(Coder& coder, uint8_t* bytes, uint32_t capacity) {
    uint64_t unit = kWhole, value = 0;
    for (;; unit >>= 8) {
        value = (coder.low + unit - 1) & ~(unit - 1);
        if (value - coder.low < coder.range) break;
    }
    for (; unit < kWhole; unit <<= 8) {
        put_byte(coder, bytes, capacity, value);
        value = (value & (kLeastRange - 1)) << 8;
    }
    if (value >= kWhole) put_byte(coder, bytes, capacity, value);
    while (coder.length > 0 && bytes[coder.length - 1] == 0) coder.length--;
}

inline uint64_t next_byte(Coder& coder, const uint8_t* bytes) {
    const uint32_t at = coder.position++;
    return at < coder.length ? bytes[at] : 0;
}

inline void begin_decoding(Coder& coder, const uint8_t* bytes, uint32_t length) {
    coder = {0, kWhole, length, 0};
    for (int32_t bits = 0; bits < kLowBits; bits += 8) coder.low = coder.low << 8 | next_byte(coder, bytes);
}

// Below kTotal: the symbol is the one whose share of the total it lies in. Any bytes give some symbols.
inline int32_t decoded_target(const Coder& coder) {
    const uint64_t target = coder.low / (coder.range >> kTotalBits);
    return target < kTotal ? static_cast<int32_t>(target) : kTotal - 1;
}

inline void decode(Coder& coder, const uint8_t* bytes, uint32_t start, uint32_t frequency) {
    const uint64_t unit = coder.range >> kTotalBits;
    coder.low -= unit * start;
    coder.range = unit * frequency;
    while (coder.range < kLeastRange) {
        coder.low = coder.low << 8 | next_byte(coder, bytes);
        coder.range <<= 8;
    }
}

}  // namespace pixelrnn::plan
