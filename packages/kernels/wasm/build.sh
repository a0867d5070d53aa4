#!/bin/sh
# Compiles the kernels to WebAssembly SIMD, as a side module that works on a host's memory: kernels.wasm.
#   build.sh           writes kernels.wasm and the module of src that holds it
#   build.sh --check   compiles into a temporary folder and compares with the committed kernels.wasm
#   build.sh --cache   prints the cache folder, which is cacheDir() of @pixelrnn/files
# The compiler is Zig's clang from the Python package ziglang, pinned, in a virtual environment in the user's cache.
set -eu
cache=${PIXELRNN_CACHE_DIR:-}
case $cache in
  '' )
    case $(uname) in
      Darwin ) cache=$HOME/Library/Caches/pixelrnn ;;
      * ) cache=${XDG_CACHE_HOME:-$HOME/.cache}/pixelrnn ;;
    esac ;;
  '~' ) cache=$HOME ;;
  '~/'* ) cache=$HOME/${cache#'~/'} ;;
  /* ) ;;
  * ) cache=$PWD/$cache ;;
esac
if [ "${1:-}" = --cache ]; then
  echo "$cache"
  exit
fi
cd "$(dirname "$0")"
version=0.17.1
environment=$cache/ziglang-$version

if ! "$environment/bin/python" -m ziglang version >/dev/null 2>&1; then
  python3 -m venv "$environment"
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check "ziglang==$version"
fi

build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
cd ../cpp
. ./common.sh
exports=$(sed -n 's/^[a-z_]* \(pixelrnn_[a-z_]*\)(.*/-Wl,--export=\1/p' kernels.h)
# shellcheck disable=SC2046,SC2086
"$environment/bin/python" -m ziglang c++ $(flags every) $(flags kernels) $(flags wasm) \
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
fi
