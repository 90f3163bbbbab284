; ModuleID = 'missing_debug_info_bad_stripped.c'
source_filename = "missing_debug_info_bad_stripped.c"
target datalayout = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128"
target triple = "bpfel"

@LICENSE = dso_local global [4 x i8] c"GPL\00", section "license", align 1
@out = dso_local local_unnamed_addr global i64 0, align 8
@llvm.compiler.used = appending global [2 x ptr] [ptr @LICENSE, ptr @pid], section "llvm.metadata"

; Function Attrs: nounwind
define dso_local noundef i32 @pid(ptr readnone captures(none) %0) #0 section "kprobe/do_exit" {
  %2 = alloca i32, align 4
  call void @llvm.lifetime.start.p0(ptr nonnull %2) #2
  %3 = tail call i64 inttoptr (i64 35 to ptr)() #2
  %4 = add i64 %3, 1256
  %5 = inttoptr i64 %4 to ptr
  %6 = call i64 inttoptr (i64 113 to ptr)(ptr noundef nonnull %2, i32 noundef 4, ptr noundef %5) #2
  %7 = icmp eq i64 %6, 0
  br i1 %7, label %8, label %11

8:                                                ; preds = %1
  %9 = load i32, ptr %2, align 4, !tbaa !3
  %10 = zext i32 %9 to i64
  store i64 %10, ptr @out, align 8, !tbaa !7
  br label %11

11:                                               ; preds = %1, %8
  call void @llvm.lifetime.end.p0(ptr nonnull %2) #2
  ret i32 0
}

; Function Attrs: mustprogress nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.start.p0(ptr captures(none)) #1

; Function Attrs: mustprogress nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.end.p0(ptr captures(none)) #1

attributes #0 = { nounwind "frame-pointer"="all" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="v3" }
attributes #1 = { mustprogress nocallback nofree nosync nounwind willreturn memory(argmem: readwrite) }
attributes #2 = { nounwind }

!llvm.module.flags = !{!0, !1}
!llvm.ident = !{!2}
!llvm.errno.tbaa = !{!3}

!0 = !{i32 1, !"wchar_size", i32 4}
!1 = !{i32 7, !"frame-pointer", i32 2}
!2 = !{!"Debian clang version 22.1.8 (1~deb12u1)"}
!3 = !{!4, !4, i64 0}
!4 = !{!"int", !5, i64 0}
!5 = !{!"omnipotent char", !6, i64 0}
!6 = !{!"Simple C/C++ TBAA"}
!7 = !{!8, !8, i64 0}
!8 = !{!"long long", !5, i64 0}
