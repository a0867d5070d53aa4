#!/bin/sh
# Compiles the kernels to WebAssembly SIMD, as a side module that works on a host's memory: kernels.wasm.
#   build.sh           writes kernels.wasm, the module of src that holds it, and kernelsHeader.ts
#   build.sh --check   compiles into a temporary folder and compares with the committed kernels.wasm
#   build.sh --cache   prints the cache folder, which is cacheDir() of @pixelrnn/files
# The compiler is Zig's clang from the Python package ziglang, pinned.
set -eu
caller=$PWD
cd "$(dirname "$0")/../cpp"
. ./common.sh
if [ "${1:-}" = --cache ]; then
  cache_folder
  exit
fi
programs=$(python_programs ziglang 0.17.1)

build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
exports=$(sed -n 's/^[a-z_]* \(pixelrnn_[a-z_]*\)(.*/-Wl,--export=\1/p' kernels.h)
# shellcheck disable=SC2046,SC2086
"$programs/python" -m ziglang c++ $(flags every) $(flags kernels) $(flags wasm) \
  -Wl,--no-entry -Wl,--import-memory -Wl,--strip-all $exports -I. $(kernel_sources | grep -v /thread_pool.cc) \
  -o "$build/kernels.wasm"
cd ../wasm

if [ "${1:-}" = --check ]; then
  cmp "$build/kernels.wasm" kernels.wasm || {
    echo 'kernels.wasm is not what the sources compile to: run packages/kernels/wasm/build.sh and commit it' >&2
    exit 1
  }
else
  cp "$build/kernels.wasm" kernels.wasm
  node embed.mjs
  node header.mjs
fi
