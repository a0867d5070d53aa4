#!/bin/sh
# Compiles and runs bench_kernels for this machine: bench.sh [threads, default 2] [seconds a kernel, default 0.3]
# [convolutions or recurrent, default both].
# One thread is timed by its processor time, which a busy machine disturbs less. ARCH chooses other instructions, as in
# ARCH='-mavx2 -mfma' bench.sh 1.
set -eu
cd "$(dirname "$0")"
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
# shellcheck disable=SC2086
"${CXX:-c++}" -std=c++17 -O3 ${ARCH:--march=native} -fno-math-errno -fno-trapping-math -ffp-contract=fast \
  -fno-exceptions -fno-rtti -Wall -Wextra -I. $(find base conv lstm train bench -name '*.cc') \
  -o "$build/bench_kernels" -pthread
"$build/bench_kernels" "$@"
