#!/bin/sh
# Makes the objects in ../fixtures from the sources here, with clang 22. They are committed, so that
# the tests need no clang: run this after a change of a source.
set -eu
cd "$(dirname "$0")"
clang=${CLANG:-clang-22}
for source in *_bad_*.c *_good_*.c; do
	name=${source%.c}
	case $name in
	*_bad_*) rule=${name%%_bad_*} fixture=bad_${name#*_bad_} ;;
	*) rule=${name%%_good_*} fixture=good_${name#*_good_} ;;
	esac
	folder=../fixtures/$(echo "$rule" | tr _ -)
	mkdir -p "$folder"
	"$clang" -target bpfel -mcpu=v3 -O2 -g -fdebug-compilation-dir=. -c "$source" -o "$folder/$fixture.o"
	case $fixture in
	bad_stripped | good_packet_only) llvm-strip-22 "$folder/$fixture.o" ;;
	bad_without_ext) llvm-objcopy-22 --strip-debug --remove-section .BTF.ext --remove-section .rel.BTF.ext "$folder/$fixture.o" ;;
	*) llvm-strip-22 -g "$folder/$fixture.o" ;;
	esac
done
