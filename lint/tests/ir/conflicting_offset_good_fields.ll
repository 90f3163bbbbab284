; ModuleID = 'conflicting_offset_good_fields.c'
source_filename = "conflicting_offset_good_fields.c"
target datalayout = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128"
target triple = "bpfel"

@LICENSE = dso_local global [4 x i8] c"GPL\00", section "license", align 1, !dbg !0
@group = dso_local constant i32 0, align 4, !dbg !7
@out = dso_local local_unnamed_addr global i64 0, align 8, !dbg !32
@"llvm.task_struct:0:8$0:1" = external global i64, !llvm.preserve.access.index !38 #0
@"llvm.task_struct:0:12$0:2" = external global i64, !llvm.preserve.access.index !38 #0
@llvm.compiler.used = appending global [2 x ptr] [ptr @LICENSE, ptr @pid], section "llvm.metadata"

; Function Attrs: nounwind
define dso_local noundef i32 @pid(ptr readnone captures(none) %0) #1 section "kprobe/do_exit" !dbg !66 {
  %2 = alloca i32, align 4, !DIAssignID !97
    #dbg_assign(i1 poison, !96, !DIExpression(), !97, ptr %2, !DIExpression(), !98)
    #dbg_value(ptr poison, !94, !DIExpression(), !98)
  %3 = tail call i64 inttoptr (i64 35 to ptr)() #4, !dbg !99
  %4 = inttoptr i64 %3 to ptr, !dbg !100
    #dbg_value(ptr %4, !95, !DIExpression(), !98)
  call void @llvm.lifetime.start.p0(ptr nonnull %2) #4, !dbg !101
  %5 = load volatile i32, ptr @group, align 4, !dbg !102, !tbaa !62
  %6 = icmp eq i32 %5, 0, !dbg !104
  br i1 %6, label %11, label %7, !dbg !105

7:                                                ; preds = %1
  %8 = load i64, ptr @"llvm.task_struct:0:12$0:2", align 8
  %9 = getelementptr i8, ptr %4, i64 %8
  %10 = tail call ptr @llvm.bpf.passthrough.p0.p0(i32 1, ptr %9)
  br label %15, !dbg !102

11:                                               ; preds = %1
  %12 = load i64, ptr @"llvm.task_struct:0:8$0:1", align 8
  %13 = getelementptr i8, ptr %4, i64 %12
  %14 = tail call ptr @llvm.bpf.passthrough.p0.p0(i32 0, ptr %13)
  br label %15, !dbg !102

15:                                               ; preds = %11, %7
  %16 = phi ptr [ %10, %7 ], [ %14, %11 ], !dbg !102
  %17 = call i64 inttoptr (i64 113 to ptr)(ptr noundef nonnull %2, i32 noundef 4, ptr noundef %16) #4, !dbg !106
  %18 = icmp eq i64 %17, 0, !dbg !107
  br i1 %18, label %19, label %22, !dbg !108

19:                                               ; preds = %15
  %20 = load i32, ptr %2, align 4, !dbg !109, !tbaa !62
  %21 = zext i32 %20 to i64, !dbg !110
  store i64 %21, ptr @out, align 8, !dbg !111, !tbaa !112
  br label %22, !dbg !114

22:                                               ; preds = %15, %19
  call void @llvm.lifetime.end.p0(ptr nonnull %2) #4, !dbg !115
  ret i32 0, !dbg !116
}

; Function Attrs: mustprogress nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.start.p0(ptr captures(none)) #2

; Function Attrs: mustprogress nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.end.p0(ptr captures(none)) #2

; Function Attrs: nofree nosync nounwind memory(none)
declare ptr @llvm.bpf.passthrough.p0.p0(i32, ptr) #3

attributes #0 = { "btf_ama" }
attributes #1 = { nounwind "frame-pointer"="all" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="v3" }
attributes #2 = { mustprogress nocallback nofree nosync nounwind willreturn memory(argmem: readwrite) }
attributes #3 = { nofree nosync nounwind memory(none) }
attributes #4 = { nounwind }

!llvm.dbg.cu = !{!2}
!llvm.module.flags = !{!56, !57, !58, !59, !60}
!llvm.ident = !{!61}
!llvm.errno.tbaa = !{!62}

!0 = !DIGlobalVariableExpression(var: !1, expr: !DIExpression())
!1 = distinct !DIGlobalVariable(name: "LICENSE", scope: !2, file: !14, line: 45, type: !34, isLocal: false, isDefinition: true)
!2 = distinct !DICompileUnit(language: DW_LANG_C11, file: !3, producer: "Debian clang version 22.1.8 (1~deb12u1)", isOptimized: true, runtimeVersion: 0, emissionKind: FullDebug, retainedTypes: !4, globals: !6, splitDebugInlining: false, nameTableKind: None)
!3 = !DIFile(filename: "conflicting_offset_good_fields.c", directory: ".", checksumkind: CSK_MD5, checksum: "faf74f908a5a3b93635b5d3b766e7502")
!4 = !{!5}
!5 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: null, size: 64)
!6 = !{!0, !7, !12, !21, !32}
!7 = !DIGlobalVariableExpression(var: !8, expr: !DIExpression())
!8 = distinct !DIGlobalVariable(name: "group", scope: !2, file: !3, line: 3, type: !9, isLocal: false, isDefinition: true)
!9 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !10)
!10 = !DIDerivedType(tag: DW_TAG_volatile_type, baseType: !11)
!11 = !DIBasicType(name: "int", size: 32, encoding: DW_ATE_signed)
!12 = !DIGlobalVariableExpression(var: !13, expr: !DIExpression())
!13 = distinct !DIGlobalVariable(name: "bpf_get_current_task", scope: !2, file: !14, line: 13, type: !15, isLocal: true, isDefinition: true)
!14 = !DIFile(filename: "./bpf.h", directory: ".", checksumkind: CSK_MD5, checksum: "3fab3a4293ba0240a048002c1fbe4164")
!15 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !16)
!16 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !17, size: 64)
!17 = !DISubroutineType(types: !18)
!18 = !{!19}
!19 = !DIDerivedType(tag: DW_TAG_typedef, name: "u64", file: !14, line: 5, baseType: !20)
!20 = !DIBasicType(name: "unsigned long long", size: 64, encoding: DW_ATE_unsigned)
!21 = !DIGlobalVariableExpression(var: !22, expr: !DIExpression())
!22 = distinct !DIGlobalVariable(name: "bpf_probe_read_kernel", scope: !2, file: !14, line: 15, type: !23, isLocal: true, isDefinition: true)
!23 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !24)
!24 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !25, size: 64)
!25 = !DISubroutineType(types: !26)
!26 = !{!27, !5, !28, !30}
!27 = !DIBasicType(name: "long", size: 64, encoding: DW_ATE_signed)
!28 = !DIDerivedType(tag: DW_TAG_typedef, name: "u32", file: !14, line: 4, baseType: !29)
!29 = !DIBasicType(name: "unsigned int", size: 32, encoding: DW_ATE_unsigned)
!30 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !31, size: 64)
!31 = !DIDerivedType(tag: DW_TAG_const_type, baseType: null)
!32 = !DIGlobalVariableExpression(var: !33, expr: !DIExpression())
!33 = distinct !DIGlobalVariable(name: "out", scope: !2, file: !14, line: 46, type: !19, isLocal: false, isDefinition: true)
!34 = !DICompositeType(tag: DW_TAG_array_type, baseType: !35, size: 32, elements: !36)
!35 = !DIBasicType(name: "char", size: 8, encoding: DW_ATE_signed_char)
!36 = !{!37}
!37 = !DISubrange(count: 4)
!38 = distinct !DICompositeType(tag: DW_TAG_structure_type, name: "task_struct", file: !14, line: 29, size: 448, elements: !39)
!39 = !{!40, !41, !42, !43, !45, !51, !55}
!40 = !DIDerivedType(tag: DW_TAG_member, name: "state", scope: !38, file: !14, line: 30, baseType: !19, size: 64)
!41 = !DIDerivedType(tag: DW_TAG_member, name: "pid", scope: !38, file: !14, line: 31, baseType: !11, size: 32, offset: 64)
!42 = !DIDerivedType(tag: DW_TAG_member, name: "tgid", scope: !38, file: !14, line: 32, baseType: !11, size: 32, offset: 96)
!43 = !DIDerivedType(tag: DW_TAG_member, name: "real_parent", scope: !38, file: !14, line: 33, baseType: !44, size: 64, offset: 128)
!44 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !38, size: 64)
!45 = !DIDerivedType(tag: DW_TAG_member, name: "mm", scope: !38, file: !14, line: 34, baseType: !46, size: 64, offset: 192)
!46 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !47, size: 64)
!47 = distinct !DICompositeType(tag: DW_TAG_structure_type, name: "mm_struct", file: !14, line: 24, size: 128, elements: !48)
!48 = !{!49, !50}
!49 = !DIDerivedType(tag: DW_TAG_member, name: "arg_start", scope: !47, file: !14, line: 25, baseType: !19, size: 64)
!50 = !DIDerivedType(tag: DW_TAG_member, name: "arg_end", scope: !47, file: !14, line: 26, baseType: !19, size: 64, offset: 64)
!51 = !DIDerivedType(tag: DW_TAG_member, name: "comm", scope: !38, file: !14, line: 35, baseType: !52, size: 128, offset: 256)
!52 = !DICompositeType(tag: DW_TAG_array_type, baseType: !35, size: 128, elements: !53)
!53 = !{!54}
!54 = !DISubrange(count: 16)
!55 = !DIDerivedType(tag: DW_TAG_member, name: "exit_code", scope: !38, file: !14, line: 36, baseType: !11, size: 32, offset: 384)
!56 = !{i32 7, !"Dwarf Version", i32 5}
!57 = !{i32 2, !"Debug Info Version", i32 3}
!58 = !{i32 1, !"wchar_size", i32 4}
!59 = !{i32 7, !"frame-pointer", i32 2}
!60 = !{i32 7, !"debug-info-assignment-tracking", i1 true}
!61 = !{!"Debian clang version 22.1.8 (1~deb12u1)"}
!62 = !{!63, !63, i64 0}
!63 = !{!"int", !64, i64 0}
!64 = !{!"omnipotent char", !65, i64 0}
!65 = !{!"Simple C/C++ TBAA"}
!66 = distinct !DISubprogram(name: "pid", scope: !3, file: !3, line: 6, type: !67, scopeLine: 7, flags: DIFlagPrototyped | DIFlagAllCallsDescribed, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !2, retainedNodes: !93, keyInstructions: true)
!67 = !DISubroutineType(types: !68)
!68 = !{!11, !69}
!69 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !70, size: 64)
!70 = distinct !DICompositeType(tag: DW_TAG_structure_type, name: "pt_regs", file: !14, line: 20, size: 1344, elements: !71)
!71 = !{!72, !73, !74, !75, !76, !77, !78, !79, !80, !81, !82, !83, !84, !85, !86, !87, !88, !89, !90, !91, !92}
!72 = !DIDerivedType(tag: DW_TAG_member, name: "r15", scope: !70, file: !14, line: 21, baseType: !19, size: 64)
!73 = !DIDerivedType(tag: DW_TAG_member, name: "r14", scope: !70, file: !14, line: 21, baseType: !19, size: 64, offset: 64)
!74 = !DIDerivedType(tag: DW_TAG_member, name: "r13", scope: !70, file: !14, line: 21, baseType: !19, size: 64, offset: 128)
!75 = !DIDerivedType(tag: DW_TAG_member, name: "r12", scope: !70, file: !14, line: 21, baseType: !19, size: 64, offset: 192)
!76 = !DIDerivedType(tag: DW_TAG_member, name: "bp", scope: !70, file: !14, line: 21, baseType: !19, size: 64, offset: 256)
!77 = !DIDerivedType(tag: DW_TAG_member, name: "bx", scope: !70, file: !14, line: 21, baseType: !19, size: 64, offset: 320)
!78 = !DIDerivedType(tag: DW_TAG_member, name: "r11", scope: !70, file: !14, line: 21, baseType: !19, size: 64, offset: 384)
!79 = !DIDerivedType(tag: DW_TAG_member, name: "r10", scope: !70, file: !14, line: 21, baseType: !19, size: 64, offset: 448)
!80 = !DIDerivedType(tag: DW_TAG_member, name: "r9", scope: !70, file: !14, line: 21, baseType: !19, size: 64, offset: 512)
!81 = !DIDerivedType(tag: DW_TAG_member, name: "r8", scope: !70, file: !14, line: 21, baseType: !19, size: 64, offset: 576)
!82 = !DIDerivedType(tag: DW_TAG_member, name: "ax", scope: !70, file: !14, line: 21, baseType: !19, size: 64, offset: 640)
!83 = !DIDerivedType(tag: DW_TAG_member, name: "cx", scope: !70, file: !14, line: 21, baseType: !19, size: 64, offset: 704)
!84 = !DIDerivedType(tag: DW_TAG_member, name: "dx", scope: !70, file: !14, line: 21, baseType: !19, size: 64, offset: 768)
!85 = !DIDerivedType(tag: DW_TAG_member, name: "si", scope: !70, file: !14, line: 21, baseType: !19, size: 64, offset: 832)
!86 = !DIDerivedType(tag: DW_TAG_member, name: "di", scope: !70, file: !14, line: 21, baseType: !19, size: 64, offset: 896)
!87 = !DIDerivedType(tag: DW_TAG_member, name: "orig_ax", scope: !70, file: !14, line: 21, baseType: !19, size: 64, offset: 960)
!88 = !DIDerivedType(tag: DW_TAG_member, name: "ip", scope: !70, file: !14, line: 21, baseType: !19, size: 64, offset: 1024)
!89 = !DIDerivedType(tag: DW_TAG_member, name: "cs", scope: !70, file: !14, line: 21, baseType: !19, size: 64, offset: 1088)
!90 = !DIDerivedType(tag: DW_TAG_member, name: "flags", scope: !70, file: !14, line: 21, baseType: !19, size: 64, offset: 1152)
!91 = !DIDerivedType(tag: DW_TAG_member, name: "sp", scope: !70, file: !14, line: 21, baseType: !19, size: 64, offset: 1216)
!92 = !DIDerivedType(tag: DW_TAG_member, name: "ss", scope: !70, file: !14, line: 21, baseType: !19, size: 64, offset: 1280)
!93 = !{!94, !95, !96}
!94 = !DILocalVariable(name: "ctx", arg: 1, scope: !66, file: !3, line: 6, type: !69)
!95 = !DILocalVariable(name: "task", scope: !66, file: !3, line: 8, type: !44)
!96 = !DILocalVariable(name: "pid", scope: !66, file: !3, line: 9, type: !28)
!97 = distinct !DIAssignID()
!98 = !DILocation(line: 0, scope: !66)
!99 = !DILocation(line: 8, column: 37, scope: !66, atomGroup: 1, atomRank: 3)
!100 = !DILocation(line: 8, column: 29, scope: !66, atomGroup: 1, atomRank: 2)
!101 = !DILocation(line: 9, column: 2, scope: !66)
!102 = !DILocation(line: 11, column: 47, scope: !103)
!103 = distinct !DILexicalBlock(scope: !66, file: !3, line: 11, column: 6)
!104 = !DILocation(line: 11, column: 47, scope: !103, atomGroup: 2, atomRank: 2)
!105 = !DILocation(line: 11, column: 47, scope: !103, atomGroup: 2, atomRank: 1)
!106 = !DILocation(line: 11, column: 6, scope: !103)
!107 = !DILocation(line: 11, column: 6, scope: !103, atomGroup: 3, atomRank: 2)
!108 = !DILocation(line: 11, column: 6, scope: !103, atomGroup: 3, atomRank: 1)
!109 = !DILocation(line: 13, column: 8, scope: !66, atomGroup: 5, atomRank: 3)
!110 = !DILocation(line: 13, column: 8, scope: !66, atomGroup: 5, atomRank: 2)
!111 = !DILocation(line: 13, column: 6, scope: !66, atomGroup: 5, atomRank: 1)
!112 = !{!113, !113, i64 0}
!113 = !{!"long long", !64, i64 0}
!114 = !DILocation(line: 14, column: 2, scope: !66, atomGroup: 6, atomRank: 1)
!115 = !DILocation(line: 15, column: 1, scope: !66)
!116 = !DILocation(line: 15, column: 1, scope: !66, atomGroup: 7, atomRank: 1)
