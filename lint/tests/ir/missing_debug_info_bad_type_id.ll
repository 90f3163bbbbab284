; `bpf_core_type_id_kernel(struct task_struct)` of a program that was compiled without `-g`.
target datalayout = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128"
target triple = "bpfel"

@"llvm.btf_type_id.0$7" = external global i64

define i32 @prog(ptr %context) section "kprobe/do_exit" {
  %id = load i64, ptr @"llvm.btf_type_id.0$7", align 8
  %low = trunc i64 %id to i32
  ret i32 %low
}
