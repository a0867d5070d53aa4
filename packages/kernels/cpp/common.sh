# What test.sh, bench.sh and wasm/build.sh share; they source it in the folder cpp.

# The flags of a kind of build, from flags.txt.
flags() {
  sed -n "s/^$1: *//p" flags.txt
}

# The kernels' own files, of which tests, benchmarks and ops stand apart.
kernel_sources() {
  find . -name '*.cc' ! -path './test/*' ! -path './bench/*' ! -path './tensorflow/*' | sort
}
