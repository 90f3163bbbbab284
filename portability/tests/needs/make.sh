#!/bin/sh -eu
# Makes the objects of this folder again, with clang 22.
cd "$(dirname "$0")"
for source in *.bpf.c; do
  object=${source%.c}.o
  clang-22 -g -O2 -w -target bpfel -mcpu=v3 -ffile-prefix-map="$PWD"=. -c "./$source" -o "$object"
  llvm-objcopy-22 --strip-debug "$object"
done
