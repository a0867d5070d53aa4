#!/bin/sh
# Formats the C++ files, those of packages/mpi too, as .clang-format says.
#   format.sh           writes them
#   format.sh --check   fails where one is formatted differently
# The formatter comes from the Python package clang-format, pinned.
set -eu
caller=$PWD
cd "$(dirname "$0")"
. ./common.sh
programs=$(python_programs clang-format 20.1.8)
if [ "${1:-}" = --check ]; then
  find . ../../mpi/cpp -name '*.cc' -o -name '*.h' | xargs "$programs/clang-format" --style=file:.clang-format --dry-run -Werror || {
    echo 'run packages/kernels/cpp/format.sh and commit what it changes' >&2
    exit 1
  }
else
  find . ../../mpi/cpp -name '*.cc' -o -name '*.h' | xargs "$programs/clang-format" --style=file:.clang-format -i
fi
