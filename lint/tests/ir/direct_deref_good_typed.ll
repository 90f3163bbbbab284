; ModuleID = 'direct_deref_good_typed.c'
source_filename = "direct_deref_good_typed.c"
target datalayout = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128"
target triple = "bpfel"

@LICENSE = dso_local global [4 x i8] c"GPL\00", section "license", align 1, !dbg !0
@out = dso_local local_unnamed_addr global i64 0, align 8, !dbg !36
@"llvm.task_struct:0:8$0:1" = external global i64, !llvm.preserve.access.index !15 #0
@"llvm.task_struct:0:16$0:3" = external global i64, !llvm.preserve.access.index !15 #0
@"llvm.mm_struct:0:0$0:0" = external global i64, !llvm.preserve.access.index !26 #0
@"llvm.task_struct:0:24$0:4" = external global i64, !llvm.preserve.access.index !15 #0
@"llvm.task_struct:0:12$0:2" = external global i64, !llvm.preserve.access.index !15 #0
@llvm.compiler.used = appending global [4 x ptr] [ptr @LICENSE, ptr @argument, ptr @current, ptr @iterator], section "llvm.metadata"

; Function Attrs: nofree nosync nounwind memory(readwrite, argmem: read, inaccessiblemem: none, target_mem0: none, target_mem1: none)
define dso_local noundef i32 @argument(ptr noundef readonly captures(none) %0) #1 section "tp_btf/sched_process_exit" !dbg !51 {
    #dbg_value(ptr %0, !56, !DIExpression(), !58)
  %2 = load i64, ptr %0, align 8, !dbg !59, !tbaa !60
  %3 = inttoptr i64 %2 to ptr, !dbg !62
    #dbg_value(ptr %3, !57, !DIExpression(), !58)
  %4 = load i64, ptr @"llvm.task_struct:0:16$0:3", align 8
  %5 = getelementptr i8, ptr %3, i64 %4
  %6 = tail call ptr @llvm.bpf.passthrough.p0.p0(i32 1, ptr %5)
  %7 = load ptr, ptr %6, align 8, !dbg !63, !tbaa !64
  %8 = load i64, ptr @"llvm.task_struct:0:8$0:1", align 8
  %9 = getelementptr i8, ptr %7, i64 %8
  %10 = tail call ptr @llvm.bpf.passthrough.p0.p0(i32 0, ptr %9)
  %11 = load i32, ptr %10, align 8, !dbg !69, !tbaa !70
  %12 = sext i32 %11 to i64, !dbg !71
  store i64 %12, ptr @out, align 8, !dbg !72, !tbaa !60
  ret i32 0, !dbg !73
}

; Function Attrs: nounwind
define dso_local noundef i32 @current(ptr readnone captures(none) %0) #2 section "lsm/file_open" !dbg !74 {
    #dbg_value(ptr poison, !76, !DIExpression(), !77)
  %2 = tail call ptr inttoptr (i64 158 to ptr)() #4, !dbg !78
  %3 = load i64, ptr @"llvm.task_struct:0:24$0:4", align 8
  %4 = getelementptr i8, ptr %2, i64 %3
  %5 = tail call ptr @llvm.bpf.passthrough.p0.p0(i32 3, ptr %4)
  %6 = load ptr, ptr %5, align 8, !dbg !79, !tbaa !80
  %7 = load i64, ptr @"llvm.mm_struct:0:0$0:0", align 8
  %8 = getelementptr i8, ptr %6, i64 %7
  %9 = tail call ptr @llvm.bpf.passthrough.p0.p0(i32 2, ptr %8)
  %10 = load i64, ptr %9, align 8, !dbg !81, !tbaa !82
  store i64 %10, ptr @out, align 8, !dbg !84, !tbaa !60
  ret i32 0, !dbg !85
}

; Function Attrs: nofree nosync nounwind memory(readwrite, argmem: read, inaccessiblemem: none, target_mem0: none, target_mem1: none)
define dso_local noundef i32 @iterator(ptr noundef readonly captures(none) %0) #1 section "iter/task" !dbg !86 {
    #dbg_value(ptr %0, !95, !DIExpression(), !96)
  %2 = getelementptr inbounds nuw i8, ptr %0, i64 8, !dbg !97
  %3 = load ptr, ptr %2, align 8, !dbg !97, !tbaa !99
  %4 = icmp eq ptr %3, null, !dbg !101
  br i1 %4, label %11, label %5, !dbg !102

5:                                                ; preds = %1
  %6 = load i64, ptr @"llvm.task_struct:0:12$0:2", align 8
  %7 = getelementptr i8, ptr %3, i64 %6
  %8 = tail call ptr @llvm.bpf.passthrough.p0.p0(i32 4, ptr %7)
  %9 = load i32, ptr %8, align 4, !dbg !103, !tbaa !104
  %10 = sext i32 %9 to i64, !dbg !105
  store i64 %10, ptr @out, align 8, !dbg !106, !tbaa !60
  br label %11, !dbg !107

11:                                               ; preds = %5, %1
  ret i32 0, !dbg !108
}

; Function Attrs: nofree nosync nounwind memory(none)
declare ptr @llvm.bpf.passthrough.p0.p0(i32, ptr) #3

attributes #0 = { "btf_ama" }
attributes #1 = { nofree nosync nounwind memory(readwrite, argmem: read, inaccessiblemem: none, target_mem0: none, target_mem1: none) "frame-pointer"="all" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="v3" }
attributes #2 = { nounwind "frame-pointer"="all" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="v3" }
attributes #3 = { nofree nosync nounwind memory(none) }
attributes #4 = { nounwind }

!llvm.dbg.cu = !{!2}
!llvm.module.flags = !{!41, !42, !43, !44, !45}
!llvm.ident = !{!46}
!llvm.errno.tbaa = !{!47}

!0 = !DIGlobalVariableExpression(var: !1, expr: !DIExpression())
!1 = distinct !DIGlobalVariable(name: "LICENSE", scope: !2, file: !9, line: 45, type: !38, isLocal: false, isDefinition: true)
!2 = distinct !DICompileUnit(language: DW_LANG_C11, file: !3, producer: "Debian clang version 22.1.8 (1~deb12u1)", isOptimized: true, runtimeVersion: 0, emissionKind: FullDebug, retainedTypes: !4, globals: !6, splitDebugInlining: false, nameTableKind: None)
!3 = !DIFile(filename: "direct_deref_good_typed.c", directory: ".", checksumkind: CSK_MD5, checksum: "0f5af2a657c90d1987c2a5d5f8e8fc0f")
!4 = !{!5}
!5 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: null, size: 64)
!6 = !{!0, !7, !36}
!7 = !DIGlobalVariableExpression(var: !8, expr: !DIExpression())
!8 = distinct !DIGlobalVariable(name: "bpf_get_current_task_btf", scope: !2, file: !9, line: 18, type: !10, isLocal: true, isDefinition: true)
!9 = !DIFile(filename: "./bpf.h", directory: ".", checksumkind: CSK_MD5, checksum: "3fab3a4293ba0240a048002c1fbe4164")
!10 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !11)
!11 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !12, size: 64)
!12 = !DISubroutineType(types: !13)
!13 = !{!14}
!14 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !15, size: 64)
!15 = distinct !DICompositeType(tag: DW_TAG_structure_type, name: "task_struct", file: !9, line: 29, size: 448, elements: !16)
!16 = !{!17, !20, !22, !23, !24, !30, !35}
!17 = !DIDerivedType(tag: DW_TAG_member, name: "state", scope: !15, file: !9, line: 30, baseType: !18, size: 64)
!18 = !DIDerivedType(tag: DW_TAG_typedef, name: "u64", file: !9, line: 5, baseType: !19)
!19 = !DIBasicType(name: "unsigned long long", size: 64, encoding: DW_ATE_unsigned)
!20 = !DIDerivedType(tag: DW_TAG_member, name: "pid", scope: !15, file: !9, line: 31, baseType: !21, size: 32, offset: 64)
!21 = !DIBasicType(name: "int", size: 32, encoding: DW_ATE_signed)
!22 = !DIDerivedType(tag: DW_TAG_member, name: "tgid", scope: !15, file: !9, line: 32, baseType: !21, size: 32, offset: 96)
!23 = !DIDerivedType(tag: DW_TAG_member, name: "real_parent", scope: !15, file: !9, line: 33, baseType: !14, size: 64, offset: 128)
!24 = !DIDerivedType(tag: DW_TAG_member, name: "mm", scope: !15, file: !9, line: 34, baseType: !25, size: 64, offset: 192)
!25 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !26, size: 64)
!26 = distinct !DICompositeType(tag: DW_TAG_structure_type, name: "mm_struct", file: !9, line: 24, size: 128, elements: !27)
!27 = !{!28, !29}
!28 = !DIDerivedType(tag: DW_TAG_member, name: "arg_start", scope: !26, file: !9, line: 25, baseType: !18, size: 64)
!29 = !DIDerivedType(tag: DW_TAG_member, name: "arg_end", scope: !26, file: !9, line: 26, baseType: !18, size: 64, offset: 64)
!30 = !DIDerivedType(tag: DW_TAG_member, name: "comm", scope: !15, file: !9, line: 35, baseType: !31, size: 128, offset: 256)
!31 = !DICompositeType(tag: DW_TAG_array_type, baseType: !32, size: 128, elements: !33)
!32 = !DIBasicType(name: "char", size: 8, encoding: DW_ATE_signed_char)
!33 = !{!34}
!34 = !DISubrange(count: 16)
!35 = !DIDerivedType(tag: DW_TAG_member, name: "exit_code", scope: !15, file: !9, line: 36, baseType: !21, size: 32, offset: 384)
!36 = !DIGlobalVariableExpression(var: !37, expr: !DIExpression())
!37 = distinct !DIGlobalVariable(name: "out", scope: !2, file: !9, line: 46, type: !18, isLocal: false, isDefinition: true)
!38 = !DICompositeType(tag: DW_TAG_array_type, baseType: !32, size: 32, elements: !39)
!39 = !{!40}
!40 = !DISubrange(count: 4)
!41 = !{i32 7, !"Dwarf Version", i32 5}
!42 = !{i32 2, !"Debug Info Version", i32 3}
!43 = !{i32 1, !"wchar_size", i32 4}
!44 = !{i32 7, !"frame-pointer", i32 2}
!45 = !{i32 7, !"debug-info-assignment-tracking", i1 true}
!46 = !{!"Debian clang version 22.1.8 (1~deb12u1)"}
!47 = !{!48, !48, i64 0}
!48 = !{!"int", !49, i64 0}
!49 = !{!"omnipotent char", !50, i64 0}
!50 = !{!"Simple C/C++ TBAA"}
!51 = distinct !DISubprogram(name: "argument", scope: !3, file: !3, line: 4, type: !52, scopeLine: 5, flags: DIFlagPrototyped | DIFlagAllCallsDescribed, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !2, retainedNodes: !55, keyInstructions: true)
!52 = !DISubroutineType(types: !53)
!53 = !{!21, !54}
!54 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !18, size: 64)
!55 = !{!56, !57}
!56 = !DILocalVariable(name: "ctx", arg: 1, scope: !51, file: !3, line: 4, type: !54)
!57 = !DILocalVariable(name: "task", scope: !51, file: !3, line: 6, type: !14)
!58 = !DILocation(line: 0, scope: !51)
!59 = !DILocation(line: 6, column: 37, scope: !51, atomGroup: 1, atomRank: 3)
!60 = !{!61, !61, i64 0}
!61 = !{!"long long", !49, i64 0}
!62 = !DILocation(line: 6, column: 29, scope: !51, atomGroup: 1, atomRank: 2)
!63 = !DILocation(line: 8, column: 14, scope: !51)
!64 = !{!65, !66, i64 16}
!65 = !{!"task_struct", !61, i64 0, !48, i64 8, !48, i64 12, !66, i64 16, !68, i64 24, !49, i64 32, !48, i64 48}
!66 = !{!"p1 _ZTS11task_struct", !67, i64 0}
!67 = !{!"any pointer", !49, i64 0}
!68 = !{!"p1 _ZTS9mm_struct", !67, i64 0}
!69 = !DILocation(line: 8, column: 27, scope: !51, atomGroup: 2, atomRank: 3)
!70 = !{!65, !48, i64 8}
!71 = !DILocation(line: 8, column: 8, scope: !51, atomGroup: 2, atomRank: 2)
!72 = !DILocation(line: 8, column: 6, scope: !51, atomGroup: 2, atomRank: 1)
!73 = !DILocation(line: 9, column: 2, scope: !51, atomGroup: 4, atomRank: 1)
!74 = distinct !DISubprogram(name: "current", scope: !3, file: !3, line: 13, type: !52, scopeLine: 14, flags: DIFlagPrototyped | DIFlagAllCallsDescribed, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !2, retainedNodes: !75, keyInstructions: true)
!75 = !{!76}
!76 = !DILocalVariable(name: "ctx", arg: 1, scope: !74, file: !3, line: 13, type: !54)
!77 = !DILocation(line: 0, scope: !74)
!78 = !DILocation(line: 15, column: 8, scope: !74)
!79 = !DILocation(line: 15, column: 36, scope: !74)
!80 = !{!65, !68, i64 24}
!81 = !DILocation(line: 15, column: 40, scope: !74, atomGroup: 1, atomRank: 2)
!82 = !{!83, !61, i64 0}
!83 = !{!"mm_struct", !61, i64 0, !61, i64 8}
!84 = !DILocation(line: 15, column: 6, scope: !74, atomGroup: 1, atomRank: 1)
!85 = !DILocation(line: 16, column: 2, scope: !74, atomGroup: 2, atomRank: 1)
!86 = distinct !DISubprogram(name: "iterator", scope: !3, file: !3, line: 25, type: !87, scopeLine: 26, flags: DIFlagPrototyped | DIFlagAllCallsDescribed, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !2, retainedNodes: !94, keyInstructions: true)
!87 = !DISubroutineType(types: !88)
!88 = !{!21, !89}
!89 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !90, size: 64)
!90 = distinct !DICompositeType(tag: DW_TAG_structure_type, name: "bpf_iter__task", file: !3, line: 19, size: 128, elements: !91)
!91 = !{!92, !93}
!92 = !DIDerivedType(tag: DW_TAG_member, name: "meta", scope: !90, file: !3, line: 20, baseType: !5, size: 64)
!93 = !DIDerivedType(tag: DW_TAG_member, name: "task", scope: !90, file: !3, line: 21, baseType: !14, size: 64, offset: 64)
!94 = !{!95}
!95 = !DILocalVariable(name: "ctx", arg: 1, scope: !86, file: !3, line: 25, type: !89)
!96 = !DILocation(line: 0, scope: !86)
!97 = !DILocation(line: 27, column: 11, scope: !98)
!98 = distinct !DILexicalBlock(scope: !86, file: !3, line: 27, column: 6)
!99 = !{!100, !66, i64 8}
!100 = !{!"bpf_iter__task", !67, i64 0, !66, i64 8}
!101 = !DILocation(line: 27, column: 6, scope: !98, atomGroup: 1, atomRank: 2)
!102 = !DILocation(line: 27, column: 6, scope: !98, atomGroup: 1, atomRank: 1)
!103 = !DILocation(line: 28, column: 20, scope: !98, atomGroup: 2, atomRank: 3)
!104 = !{!65, !48, i64 12}
!105 = !DILocation(line: 28, column: 9, scope: !98, atomGroup: 2, atomRank: 2)
!106 = !DILocation(line: 28, column: 7, scope: !98, atomGroup: 2, atomRank: 1)
!107 = !DILocation(line: 28, column: 3, scope: !98)
!108 = !DILocation(line: 29, column: 2, scope: !86, atomGroup: 3, atomRank: 1)
