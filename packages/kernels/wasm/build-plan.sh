#!/bin/sh
# Compiles the executor of plans to WebAssembly SIMD with a memory of its own: plan.wasm, which imports nothing.
#   build-plan.sh           writes plan.wasm and the module of src that holds it
#   build-plan.sh --check   compiles into a temporary folder and compares with the committed plan.wasm
# The compiler is the one of build.sh.
set -eu
cd "$(dirname "$0")"
version=0.17.1
environment=$(sh ./build.sh --cache)/ziglang-$version

if ! "$environment/bin/python" -m ziglang version >/dev/null 2>&1; then
  python3 -m venv "$environment"
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check "ziglang==$version"
fi

exports=$(sed -n 's/^[a-z0-9_]* \(pixelrnn_plan_[a-z]*\)(.*/-Wl,--export=\1/p' ../cpp/plan/plan.h)
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
cd ../cpp
# Each operation rounds by itself, as in the native build: nothing is contracted or reassociated.
# shellcheck disable=SC2086
"$environment/bin/python" -m ziglang c++ -target wasm32-freestanding -std=c++17 -O3 -msimd128 -mbulk-memory \
  -nostdlib -ffreestanding -fno-builtin -fno-math-errno -fno-trapping-math -ffp-contract=off \
  -fno-exceptions -fno-rtti -fno-threadsafe-statics -Wall -Wextra -Werror \
  -Wl,--no-entry -Wl,--strip-all -Wl,-z,stack-size=65536 -Wl,--export=__heap_base $exports \
  -I. plan/plan.cc -o "$build/plan.wasm"
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
