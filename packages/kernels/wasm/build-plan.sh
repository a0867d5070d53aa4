#!/bin/sh
# Compiles the executor of plans to WebAssembly SIMD with a memory of its own: plan.wasm, which imports nothing.
#   build-plan.sh           writes plan.wasm and the module of src that holds it
#   build-plan.sh --check   compiles into a temporary folder and compares with the committed plan.wasm
# The compiler is the one of build.sh.
set -eu
caller=$PWD
cd "$(dirname "$0")/../cpp"
. ./common.sh
programs=$(python_programs ziglang 0.17.1)

build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
exports=$(sed -n 's/^[a-z0-9_]* \(pixelrnn_plan_[a-z]*\)(.*/-Wl,--export=\1/p' plan/plan.h)
# shellcheck disable=SC2046,SC2086
"$programs/python" -m ziglang c++ $(flags plan) $(flags kernels) $(flags plan_wasm) \
  -Wl,--no-entry -Wl,--strip-all -Wl,-z,stack-size=65536 -Wl,--export=__heap_base $exports -I. plan/plan.cc \
  -o "$build/plan.wasm"
cd ../wasm

if [ "${1:-}" = --check ]; then
  cmp "$build/plan.wasm" plan.wasm || {
    echo 'plan.wasm is not what the sources compile to: run packages/kernels/wasm/build-plan.sh and commit it' >&2
    exit 1
  }
else
  cp "$build/plan.wasm" plan.wasm
  node embed-plan.mjs
fi
