// Three vectors to and from the order in which every third lane belongs to the same one: the channels of three colours.
#pragma once

#include "base/vector.h"

namespace pixelrnn {

template <int... lane>
struct Lanes {};
template <int count, int... lane>
struct LanesUpTo : LanesUpTo<count - 1, count - 1, lane...> {};
template <int... lane>
struct LanesUpTo<0, lane...> {
    typedef Lanes<lane...> type;
};
typedef LanesUpTo<kLanes>::type AllLanes;

// Lanes 0 .. kLanes - 1 are a's, the next ones b's.
template <int... source>
inline Vector shuffle(Vector a, Vector b) {
#if defined(__clang__) || __GNUC__ >= 12
    return __builtin_shufflevector(a, b, source...);
#else
    return __builtin_shuffle(a, b, Bits{source...});
#endif
}

// Vector `part` of v[0][0], v[1][0], v[2][0], v[0][1], v[1][1], ...
template <int part, int... lane>
inline Vector interleaved(const Vector (&v)[3], Lanes<lane...>) {
    const Vector first =
        shuffle<((part * kLanes + lane) % 3 == 1 ? kLanes : 0) + (part * kLanes + lane) / 3 ...>(v[0], v[1]);
    return shuffle<((part * kLanes + lane) % 3 == 2 ? kLanes + (part * kLanes + lane) / 3 : lane)...>(first, v[2]);
}

inline void interleave(Vector (&v)[3]) {
    const Vector a = interleaved<0>(v, AllLanes()), b = interleaved<1>(v, AllLanes());
    v[2] = interleaved<2>(v, AllLanes());
    v[0] = a;
    v[1] = b;
}

// Every third lane from lane `part` on.
template <int part, int... lane>
inline Vector deinterleaved(const Vector (&v)[3], Lanes<lane...>) {
    const Vector first = shuffle<(3 * lane + part < 2 * kLanes ? 3 * lane + part : 0)...>(v[0], v[1]);
    return shuffle<(3 * lane + part < 2 * kLanes ? lane : 3 * lane + part - kLanes)...>(first, v[2]);
}

inline void deinterleave(Vector (&v)[3]) {
    const Vector a = deinterleaved<0>(v, AllLanes()), b = deinterleaved<1>(v, AllLanes());
    v[2] = deinterleaved<2>(v, AllLanes());
    v[0] = a;
    v[1] = b;
}

}  // namespace pixelrnn
