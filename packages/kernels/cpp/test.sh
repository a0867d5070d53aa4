#!/bin/sh
# Builds and runs the tests of the kernels for this machine, for narrower vectors, and under the sanitizers.
#   test.sh                all of them
#   test.sh native         one: native, avx2, sse, sanitized, threads
# CXX names the compiler. Other kinds of processor than x86-64 have only `native` and the two sanitizers.
set -eu
cd "$(dirname "$0")"
. ./common.sh
CXX=${CXX:-c++}
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
sources="$(kernel_sources) $(find test -name '*.cc')"

run() {
  name=$1
  shift
  printf '%s: ' "$name"
  pids=''
  for source in $sources; do
    # shellcheck disable=SC2046
    "$CXX" $(flags every) $(flags kernels) $(catching "$source") -I. "$@" -c "$source" -o "$build/$name-$(echo "$source" | tr / _).o" &
    pids="$pids $!"
  done
  for pid in $pids; do wait "$pid"; done
  "$CXX" "$@" "$build/$name-"*.o -o "$build/$name" -pthread
  "$build/$name"
}

variant() {
  case $1 in
    native) run native -O3 -march=native ;;
    avx2) run avx2 -O3 -mavx2 -mfma -mno-avx512f ;;
    sse) run sse -O3 -march=x86-64-v2 ;;
    sanitized) run sanitized -O1 -g -march=native -fsanitize=address,undefined -fno-sanitize-recover=all ;;
    threads) TSAN_OPTIONS=die_after_fork=0 run threads -O1 -g -march=native -fsanitize=thread ;;
    *) echo "test.sh: unknown variant '$1', expected native, avx2, sse, sanitized or threads" >&2; exit 2 ;;
  esac
}

if [ $# -gt 0 ]; then
  for name in "$@"; do variant "$name"; done
elif [ "$(uname -m)" = x86_64 ]; then
  for name in native avx2 sse sanitized threads; do variant "$name"; done
else
  for name in native sanitized threads; do variant "$name"; done
fi
