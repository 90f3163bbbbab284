#!/bin/sh -eu
# Makes the objects of this folder again, with clang 22.
cd "$(dirname "$0")"
for source in *.bpf.c *.bpfeb.c; do
  object=${source%.c}.o
  target=bpfel
  case $source in *.bpfeb.c) target=bpfeb ;; esac
  clang-22 -g -O2 -w -target $target -mcpu=v3 -ffile-prefix-map="$PWD"=. -c "./$source" -o "$object"
  llvm-objcopy-22 --strip-debug "$object"
done
