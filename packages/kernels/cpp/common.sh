# What test.sh, bench.sh, format.sh and wasm/build.sh share; they source it in the folder cpp.

# The flags of a kind of build, from flags.txt.
flags() {
  sed -n "s/^$1: *//p" flags.txt
}

# The kernels' own files, of which tests, benchmarks, ops and the executor of plans, an addon of its own, stand apart.
kernel_sources() {
  find . -name '*.cc' ! -path './test/*' ! -path './bench/*' ! -path './tensorflow/*' \
    ! -path './plan/*' | sort
}

# Where a source of the kernels catches what the system throws, as where it starts threads.
catching() {
  case $1 in */thread_pool.cc) echo -fexceptions ;; esac
}

# The user's cache folder, which is cacheDir() of @pixelrnn/files; a relative one is the caller's, who stands in $caller.
cache_folder() {
  cache=${PIXELRNN_CACHE_DIR:-}
  case $cache in
    '')
      case $(uname) in
        Darwin) cache=$HOME/Library/Caches/pixelrnn ;;
        *) cache=${XDG_CACHE_HOME:-$HOME/.cache}/pixelrnn ;;
      esac ;;
    '~') cache=$HOME ;;
    '~/'*) cache=$HOME/${cache#'~/'} ;;
    /*) ;;
    *) cache=$caller/$cache ;;
  esac
  echo "$cache"
}

# The programs of a Python package of this version, in a virtual environment in the user's cache.
python_programs() {
  environment=$(cache_folder)/$1-$2
  if [ ! -e "$environment/installed" ]; then
    python3 -m venv "$environment" >&2
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check "$1==$2" >&2
    touch "$environment/installed"
  fi
  echo "$environment/bin"
}
