#!/bin/sh
# Compiles and runs bench_kernels for this machine: bench.sh [threads, default 2] [seconds a kernel, default 0.3]
# [convolutions, recurrent or gated, default all].
# One thread is timed by its processor time, which a busy machine disturbs less. ARCH chooses other instructions, as in
# ARCH='-mavx2 -mfma' bench.sh 1.
set -eu
cd "$(dirname "$0")"
. ./common.sh
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
# shellcheck disable=SC2046,SC2086
"${CXX:-c++}" $(flags every) $(flags kernels) -fexceptions -O3 ${ARCH:--march=native} -I. $(kernel_sources) bench/*.cc \
  -o "$build/bench_kernels" -pthread
"$build/bench_kernels" "$@"
