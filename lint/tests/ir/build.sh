#!/bin/sh
# Makes the IR here from the sources in ../objects, with clang 22. It is committed, so that the tests
# need no clang: run this after a change of a source.
set -eu
cd "$(dirname "$0")/../objects"
clang=${CLANG:-clang-22}
for source in hardcoded_offset_*.c conflicting_offset_*.c direct_deref_good_typed.c; do
	"$clang" -target bpfel -mcpu=v3 -O2 -g -fdebug-compilation-dir=. -S -emit-llvm "$source" -o "../ir/${source%.c}.ll"
done
"$clang" -target bpfel -mcpu=v3 -O2 -S -emit-llvm missing_debug_info_bad_stripped.c -o ../ir/missing_debug_info_bad_no_unit.ll
