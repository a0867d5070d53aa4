#!/bin/sh
# Tests of the executor of plans that `vitest` alone does not run: the C++ parts by themselves, and packages/kernels/src/plan with
# an addon for narrower vectors or under the sanitizers, which must give the bits that WebAssembly gives.
#   test.sh            all of them
#   test.sh parts      one: parts, avx2, sse, sanitized
# CXX names the compiler. Other kinds of processor than x86-64 have only `parts` and `sanitized`.
set -eu
cd "$(dirname "$0")/.."
. ./common.sh
CXX=${CXX:-c++}
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
sanitizers='-fsanitize=address,undefined -fno-sanitize-recover=all'

parts() {
  for width in native $narrower; do
    # shellcheck disable=SC2046,SC2086
    "$CXX" $(flags plan) -O1 -g -march=$width -Wall -Wextra -Werror $sanitizers -I. plan/test/*.cc -o "$build/parts" -pthread
    printf '%s: ' "$width"
    "$build/parts"
  done
}

# with_addon NAME FLAGS: the tests with an addon that the compiler built with further flags.
with_addon() {
  echo "$1:"
  mkdir "$build/$1"
  printf '#!/bin/sh\nunset LD_PRELOAD\nexec %s "$@" %s\n' "$CXX" "$2" >"$build/$1/compiler"
  chmod +x "$build/$1/compiler"
  (
    cd ../../..
    export CXX="$build/$1/compiler" PIXELRNN_CACHE_DIR="$build/$1"
    if [ "$1" = sanitized ]; then
      ASAN_OPTIONS=detect_leaks=0 LD_PRELOAD="$preload" node_modules/.bin/vitest run packages/kernels/src/plan
    else
      node_modules/.bin/vitest run packages/kernels/src/plan
    fi
  )
}

variant() {
  case $1 in
    parts) parts ;;
    avx2) with_addon avx2 '-mno-avx512f' ;;
    sse) with_addon sse '-march=x86-64-v2 -mtune=generic' ;;
    sanitized)
      preload="$("$CXX" -print-file-name=libasan.so):$("$CXX" -print-file-name=libstdc++.so)"
      with_addon sanitized "-O1 -g $sanitizers"
      ;;
    *) echo "test.sh: unknown variant '$1', expected parts, avx2, sse or sanitized" >&2; exit 2 ;;
  esac
}

narrower=''
all='parts sanitized'
if [ "$(uname -m)" = x86_64 ]; then
  narrower='x86-64-v3 x86-64-v2'
  all='parts avx2 sse sanitized'
fi
for name in "${@:-$all}"; do
  for each in $name; do variant "$each"; done
done
