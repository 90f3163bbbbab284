; ModuleID = 'hardcoded_offset_bad_arguments.c'
source_filename = "hardcoded_offset_bad_arguments.c"
target datalayout = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128"
target triple = "bpfel"

@LICENSE = dso_local global [4 x i8] c"GPL\00", section "license", align 1, !dbg !0
@out = dso_local local_unnamed_addr global i64 0, align 8, !dbg !23
@"llvm.task_struct:0:8$0:1" = external global i64, !llvm.preserve.access.index !31 #0
@llvm.compiler.used = appending global [4 x ptr] [ptr @BPF_kprobe, ptr @LICENSE, ptr @container, ptr @direct], section "llvm.metadata"

; Function Attrs: nounwind
define dso_local noundef i32 @BPF_kprobe(ptr noundef readonly captures(none) %0) #1 section "kprobe/tcp_connect" !dbg !60 {
  %2 = alloca i16, align 2, !DIAssignID !92
    #dbg_assign(i1 poison, !89, !DIExpression(), !92, ptr %2, !DIExpression(), !93)
    #dbg_value(ptr %0, !88, !DIExpression(), !93)
  call void @llvm.lifetime.start.p0(ptr nonnull %2) #6, !dbg !94
  %3 = getelementptr inbounds nuw i8, ptr %0, i64 112, !dbg !95
  %4 = load i64, ptr %3, align 8, !dbg !95, !tbaa !97
  %5 = inttoptr i64 %4 to ptr, !dbg !100
  %6 = getelementptr inbounds nuw i8, ptr %5, i64 12, !dbg !101
  %7 = call i64 inttoptr (i64 113 to ptr)(ptr noundef nonnull %2, i32 noundef 2, ptr noundef nonnull %6) #6, !dbg !102
  %8 = icmp eq i64 %7, 0, !dbg !103
  br i1 %8, label %9, label %12, !dbg !104

9:                                                ; preds = %1
  %10 = load i16, ptr %2, align 2, !dbg !105, !tbaa !106
  %11 = zext i16 %10 to i64, !dbg !108
  store i64 %11, ptr @out, align 8, !dbg !109, !tbaa !110
  br label %12, !dbg !111

12:                                               ; preds = %1, %9
  call void @llvm.lifetime.end.p0(ptr nonnull %2) #6, !dbg !112
  ret i32 0, !dbg !113
}

; Function Attrs: mustprogress nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.start.p0(ptr captures(none)) #2

; Function Attrs: mustprogress nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.end.p0(ptr captures(none)) #2

; Function Attrs: mustprogress nofree norecurse nosync nounwind willreturn memory(readwrite, argmem: read, inaccessiblemem: none, target_mem0: none, target_mem1: none)
define dso_local noundef i32 @direct(ptr noundef readonly captures(none) %0) #3 section "tp_btf/sched_process_exit" !dbg !114 {
    #dbg_value(ptr %0, !119, !DIExpression(), !121)
  %2 = load i64, ptr %0, align 8, !dbg !122, !tbaa !110
  %3 = inttoptr i64 %2 to ptr, !dbg !123
    #dbg_value(ptr %3, !120, !DIExpression(), !121)
  %4 = getelementptr inbounds nuw i8, ptr %3, i64 1256, !dbg !124
  %5 = load i32, ptr %4, align 4, !dbg !125, !tbaa !56
  %6 = zext i32 %5 to i64, !dbg !126
  store i64 %6, ptr @out, align 8, !dbg !127, !tbaa !110
  ret i32 0, !dbg !128
}

; Function Attrs: nofree nosync nounwind memory(readwrite, argmem: read, inaccessiblemem: none, target_mem0: none, target_mem1: none)
define dso_local noundef i32 @container(ptr noundef readonly captures(none) %0) #4 section "fentry/list_add" !dbg !129 {
    #dbg_value(ptr %0, !131, !DIExpression(), !133)
  %2 = load i64, ptr %0, align 8, !dbg !134, !tbaa !110
  %3 = add i64 %2, -2616, !dbg !135
  %4 = inttoptr i64 %3 to ptr, !dbg !136
    #dbg_value(ptr %4, !132, !DIExpression(), !133)
  %5 = load i64, ptr @"llvm.task_struct:0:8$0:1", align 8
  %6 = getelementptr i8, ptr %4, i64 %5
  %7 = tail call ptr @llvm.bpf.passthrough.p0.p0(i32 0, ptr %6)
  %8 = load i32, ptr %7, align 8, !dbg !137, !tbaa !138
  %9 = sext i32 %8 to i64, !dbg !143
  store i64 %9, ptr @out, align 8, !dbg !144, !tbaa !110
  ret i32 0, !dbg !145
}

; Function Attrs: nofree nosync nounwind memory(none)
declare ptr @llvm.bpf.passthrough.p0.p0(i32, ptr) #5

attributes #0 = { "btf_ama" }
attributes #1 = { nounwind "frame-pointer"="all" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="v3" }
attributes #2 = { mustprogress nocallback nofree nosync nounwind willreturn memory(argmem: readwrite) }
attributes #3 = { mustprogress nofree norecurse nosync nounwind willreturn memory(readwrite, argmem: read, inaccessiblemem: none, target_mem0: none, target_mem1: none) "frame-pointer"="all" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="v3" }
attributes #4 = { nofree nosync nounwind memory(readwrite, argmem: read, inaccessiblemem: none, target_mem0: none, target_mem1: none) "frame-pointer"="all" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="v3" }
attributes #5 = { nofree nosync nounwind memory(none) }
attributes #6 = { nounwind }

!llvm.dbg.cu = !{!2}
!llvm.module.flags = !{!50, !51, !52, !53, !54}
!llvm.ident = !{!55}
!llvm.errno.tbaa = !{!56}

!0 = !DIGlobalVariableExpression(var: !1, expr: !DIExpression())
!1 = distinct !DIGlobalVariable(name: "LICENSE", scope: !2, file: !7, line: 45, type: !27, isLocal: false, isDefinition: true)
!2 = distinct !DICompileUnit(language: DW_LANG_C11, file: !3, producer: "Debian clang version 22.1.8 (1~deb12u1)", isOptimized: true, runtimeVersion: 0, emissionKind: FullDebug, retainedTypes: !4, globals: !13, splitDebugInlining: false, nameTableKind: None)
!3 = !DIFile(filename: "hardcoded_offset_bad_arguments.c", directory: ".", checksumkind: CSK_MD5, checksum: "1a0d728b33ddf9d35f15bd38e427e79f")
!4 = !{!5, !9, !12}
!5 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !6, size: 64)
!6 = !DIDerivedType(tag: DW_TAG_typedef, name: "u8", file: !7, line: 2, baseType: !8)
!7 = !DIFile(filename: "./bpf.h", directory: ".", checksumkind: CSK_MD5, checksum: "3fab3a4293ba0240a048002c1fbe4164")
!8 = !DIBasicType(name: "unsigned char", size: 8, encoding: DW_ATE_unsigned_char)
!9 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !10, size: 64)
!10 = !DIDerivedType(tag: DW_TAG_typedef, name: "u32", file: !7, line: 4, baseType: !11)
!11 = !DIBasicType(name: "unsigned int", size: 32, encoding: DW_ATE_unsigned)
!12 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: null, size: 64)
!13 = !{!0, !14, !23}
!14 = !DIGlobalVariableExpression(var: !15, expr: !DIExpression())
!15 = distinct !DIGlobalVariable(name: "bpf_probe_read_kernel", scope: !2, file: !7, line: 15, type: !16, isLocal: true, isDefinition: true)
!16 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !17)
!17 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !18, size: 64)
!18 = !DISubroutineType(types: !19)
!19 = !{!20, !12, !10, !21}
!20 = !DIBasicType(name: "long", size: 64, encoding: DW_ATE_signed)
!21 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !22, size: 64)
!22 = !DIDerivedType(tag: DW_TAG_const_type, baseType: null)
!23 = !DIGlobalVariableExpression(var: !24, expr: !DIExpression())
!24 = distinct !DIGlobalVariable(name: "out", scope: !2, file: !7, line: 46, type: !25, isLocal: false, isDefinition: true)
!25 = !DIDerivedType(tag: DW_TAG_typedef, name: "u64", file: !7, line: 5, baseType: !26)
!26 = !DIBasicType(name: "unsigned long long", size: 64, encoding: DW_ATE_unsigned)
!27 = !DICompositeType(tag: DW_TAG_array_type, baseType: !28, size: 32, elements: !29)
!28 = !DIBasicType(name: "char", size: 8, encoding: DW_ATE_signed_char)
!29 = !{!30}
!30 = !DISubrange(count: 4)
!31 = distinct !DICompositeType(tag: DW_TAG_structure_type, name: "task_struct", file: !7, line: 29, size: 448, elements: !32)
!32 = !{!33, !34, !36, !37, !39, !45, !49}
!33 = !DIDerivedType(tag: DW_TAG_member, name: "state", scope: !31, file: !7, line: 30, baseType: !25, size: 64)
!34 = !DIDerivedType(tag: DW_TAG_member, name: "pid", scope: !31, file: !7, line: 31, baseType: !35, size: 32, offset: 64)
!35 = !DIBasicType(name: "int", size: 32, encoding: DW_ATE_signed)
!36 = !DIDerivedType(tag: DW_TAG_member, name: "tgid", scope: !31, file: !7, line: 32, baseType: !35, size: 32, offset: 96)
!37 = !DIDerivedType(tag: DW_TAG_member, name: "real_parent", scope: !31, file: !7, line: 33, baseType: !38, size: 64, offset: 128)
!38 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !31, size: 64)
!39 = !DIDerivedType(tag: DW_TAG_member, name: "mm", scope: !31, file: !7, line: 34, baseType: !40, size: 64, offset: 192)
!40 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !41, size: 64)
!41 = distinct !DICompositeType(tag: DW_TAG_structure_type, name: "mm_struct", file: !7, line: 24, size: 128, elements: !42)
!42 = !{!43, !44}
!43 = !DIDerivedType(tag: DW_TAG_member, name: "arg_start", scope: !41, file: !7, line: 25, baseType: !25, size: 64)
!44 = !DIDerivedType(tag: DW_TAG_member, name: "arg_end", scope: !41, file: !7, line: 26, baseType: !25, size: 64, offset: 64)
!45 = !DIDerivedType(tag: DW_TAG_member, name: "comm", scope: !31, file: !7, line: 35, baseType: !46, size: 128, offset: 256)
!46 = !DICompositeType(tag: DW_TAG_array_type, baseType: !28, size: 128, elements: !47)
!47 = !{!48}
!48 = !DISubrange(count: 16)
!49 = !DIDerivedType(tag: DW_TAG_member, name: "exit_code", scope: !31, file: !7, line: 36, baseType: !35, size: 32, offset: 384)
!50 = !{i32 7, !"Dwarf Version", i32 5}
!51 = !{i32 2, !"Debug Info Version", i32 3}
!52 = !{i32 1, !"wchar_size", i32 4}
!53 = !{i32 7, !"frame-pointer", i32 2}
!54 = !{i32 7, !"debug-info-assignment-tracking", i1 true}
!55 = !{!"Debian clang version 22.1.8 (1~deb12u1)"}
!56 = !{!57, !57, i64 0}
!57 = !{!"int", !58, i64 0}
!58 = !{!"omnipotent char", !59, i64 0}
!59 = !{!"Simple C/C++ TBAA"}
!60 = distinct !DISubprogram(name: "BPF_kprobe", scope: !3, file: !3, line: 5, type: !61, scopeLine: 6, flags: DIFlagPrototyped | DIFlagAllCallsDescribed, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !2, retainedNodes: !87, keyInstructions: true)
!61 = !DISubroutineType(types: !62)
!62 = !{!35, !63}
!63 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !64, size: 64)
!64 = distinct !DICompositeType(tag: DW_TAG_structure_type, name: "pt_regs", file: !7, line: 20, size: 1344, elements: !65)
!65 = !{!66, !67, !68, !69, !70, !71, !72, !73, !74, !75, !76, !77, !78, !79, !80, !81, !82, !83, !84, !85, !86}
!66 = !DIDerivedType(tag: DW_TAG_member, name: "r15", scope: !64, file: !7, line: 21, baseType: !25, size: 64)
!67 = !DIDerivedType(tag: DW_TAG_member, name: "r14", scope: !64, file: !7, line: 21, baseType: !25, size: 64, offset: 64)
!68 = !DIDerivedType(tag: DW_TAG_member, name: "r13", scope: !64, file: !7, line: 21, baseType: !25, size: 64, offset: 128)
!69 = !DIDerivedType(tag: DW_TAG_member, name: "r12", scope: !64, file: !7, line: 21, baseType: !25, size: 64, offset: 192)
!70 = !DIDerivedType(tag: DW_TAG_member, name: "bp", scope: !64, file: !7, line: 21, baseType: !25, size: 64, offset: 256)
!71 = !DIDerivedType(tag: DW_TAG_member, name: "bx", scope: !64, file: !7, line: 21, baseType: !25, size: 64, offset: 320)
!72 = !DIDerivedType(tag: DW_TAG_member, name: "r11", scope: !64, file: !7, line: 21, baseType: !25, size: 64, offset: 384)
!73 = !DIDerivedType(tag: DW_TAG_member, name: "r10", scope: !64, file: !7, line: 21, baseType: !25, size: 64, offset: 448)
!74 = !DIDerivedType(tag: DW_TAG_member, name: "r9", scope: !64, file: !7, line: 21, baseType: !25, size: 64, offset: 512)
!75 = !DIDerivedType(tag: DW_TAG_member, name: "r8", scope: !64, file: !7, line: 21, baseType: !25, size: 64, offset: 576)
!76 = !DIDerivedType(tag: DW_TAG_member, name: "ax", scope: !64, file: !7, line: 21, baseType: !25, size: 64, offset: 640)
!77 = !DIDerivedType(tag: DW_TAG_member, name: "cx", scope: !64, file: !7, line: 21, baseType: !25, size: 64, offset: 704)
!78 = !DIDerivedType(tag: DW_TAG_member, name: "dx", scope: !64, file: !7, line: 21, baseType: !25, size: 64, offset: 768)
!79 = !DIDerivedType(tag: DW_TAG_member, name: "si", scope: !64, file: !7, line: 21, baseType: !25, size: 64, offset: 832)
!80 = !DIDerivedType(tag: DW_TAG_member, name: "di", scope: !64, file: !7, line: 21, baseType: !25, size: 64, offset: 896)
!81 = !DIDerivedType(tag: DW_TAG_member, name: "orig_ax", scope: !64, file: !7, line: 21, baseType: !25, size: 64, offset: 960)
!82 = !DIDerivedType(tag: DW_TAG_member, name: "ip", scope: !64, file: !7, line: 21, baseType: !25, size: 64, offset: 1024)
!83 = !DIDerivedType(tag: DW_TAG_member, name: "cs", scope: !64, file: !7, line: 21, baseType: !25, size: 64, offset: 1088)
!84 = !DIDerivedType(tag: DW_TAG_member, name: "flags", scope: !64, file: !7, line: 21, baseType: !25, size: 64, offset: 1152)
!85 = !DIDerivedType(tag: DW_TAG_member, name: "sp", scope: !64, file: !7, line: 21, baseType: !25, size: 64, offset: 1216)
!86 = !DIDerivedType(tag: DW_TAG_member, name: "ss", scope: !64, file: !7, line: 21, baseType: !25, size: 64, offset: 1280)
!87 = !{!88, !89}
!88 = !DILocalVariable(name: "ctx", arg: 1, scope: !60, file: !3, line: 5, type: !63)
!89 = !DILocalVariable(name: "port", scope: !60, file: !3, line: 7, type: !90)
!90 = !DIDerivedType(tag: DW_TAG_typedef, name: "u16", file: !7, line: 3, baseType: !91)
!91 = !DIBasicType(name: "unsigned short", size: 16, encoding: DW_ATE_unsigned)
!92 = distinct !DIAssignID()
!93 = !DILocation(line: 0, scope: !60)
!94 = !DILocation(line: 7, column: 2, scope: !60)
!95 = !DILocation(line: 9, column: 60, scope: !96)
!96 = distinct !DILexicalBlock(scope: !60, file: !3, line: 9, column: 6)
!97 = !{!98, !99, i64 112}
!98 = !{!"pt_regs", !99, i64 0, !99, i64 8, !99, i64 16, !99, i64 24, !99, i64 32, !99, i64 40, !99, i64 48, !99, i64 56, !99, i64 64, !99, i64 72, !99, i64 80, !99, i64 88, !99, i64 96, !99, i64 104, !99, i64 112, !99, i64 120, !99, i64 128, !99, i64 136, !99, i64 144, !99, i64 152, !99, i64 160}
!99 = !{!"long long", !58, i64 0}
!100 = !DILocation(line: 9, column: 49, scope: !96)
!101 = !DILocation(line: 9, column: 63, scope: !96)
!102 = !DILocation(line: 9, column: 6, scope: !96)
!103 = !DILocation(line: 9, column: 6, scope: !96, atomGroup: 1, atomRank: 2)
!104 = !DILocation(line: 9, column: 6, scope: !96, atomGroup: 1, atomRank: 1)
!105 = !DILocation(line: 11, column: 8, scope: !60, atomGroup: 3, atomRank: 3)
!106 = !{!107, !107, i64 0}
!107 = !{!"short", !58, i64 0}
!108 = !DILocation(line: 11, column: 8, scope: !60, atomGroup: 3, atomRank: 2)
!109 = !DILocation(line: 11, column: 6, scope: !60, atomGroup: 3, atomRank: 1)
!110 = !{!99, !99, i64 0}
!111 = !DILocation(line: 12, column: 2, scope: !60, atomGroup: 4, atomRank: 1)
!112 = !DILocation(line: 13, column: 1, scope: !60)
!113 = !DILocation(line: 13, column: 1, scope: !60, atomGroup: 5, atomRank: 1)
!114 = distinct !DISubprogram(name: "direct", scope: !3, file: !3, line: 16, type: !115, scopeLine: 17, flags: DIFlagPrototyped | DIFlagAllCallsDescribed, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !2, retainedNodes: !118, keyInstructions: true)
!115 = !DISubroutineType(types: !116)
!116 = !{!35, !117}
!117 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !25, size: 64)
!118 = !{!119, !120}
!119 = !DILocalVariable(name: "ctx", arg: 1, scope: !114, file: !3, line: 16, type: !117)
!120 = !DILocalVariable(name: "task", scope: !114, file: !3, line: 18, type: !5)
!121 = !DILocation(line: 0, scope: !114)
!122 = !DILocation(line: 18, column: 19, scope: !114, atomGroup: 1, atomRank: 3)
!123 = !DILocation(line: 18, column: 13, scope: !114, atomGroup: 1, atomRank: 2)
!124 = !DILocation(line: 20, column: 8, scope: !114)
!125 = !DILocation(line: 20, column: 8, scope: !114, atomGroup: 2, atomRank: 3)
!126 = !DILocation(line: 20, column: 8, scope: !114, atomGroup: 2, atomRank: 2)
!127 = !DILocation(line: 20, column: 6, scope: !114, atomGroup: 2, atomRank: 1)
!128 = !DILocation(line: 21, column: 2, scope: !114, atomGroup: 4, atomRank: 1)
!129 = distinct !DISubprogram(name: "container", scope: !3, file: !3, line: 25, type: !115, scopeLine: 26, flags: DIFlagPrototyped | DIFlagAllCallsDescribed, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !2, retainedNodes: !130, keyInstructions: true)
!130 = !{!131, !132}
!131 = !DILocalVariable(name: "ctx", arg: 1, scope: !129, file: !3, line: 25, type: !117)
!132 = !DILocalVariable(name: "task", scope: !129, file: !3, line: 27, type: !38)
!133 = !DILocation(line: 0, scope: !129)
!134 = !DILocation(line: 27, column: 38, scope: !129)
!135 = !DILocation(line: 27, column: 45, scope: !129, atomGroup: 1, atomRank: 3)
!136 = !DILocation(line: 27, column: 29, scope: !129, atomGroup: 1, atomRank: 2)
!137 = !DILocation(line: 29, column: 14, scope: !129, atomGroup: 2, atomRank: 3)
!138 = !{!139, !57, i64 8}
!139 = !{!"task_struct", !99, i64 0, !57, i64 8, !57, i64 12, !140, i64 16, !142, i64 24, !58, i64 32, !57, i64 48}
!140 = !{!"p1 _ZTS11task_struct", !141, i64 0}
!141 = !{!"any pointer", !58, i64 0}
!142 = !{!"p1 _ZTS9mm_struct", !141, i64 0}
!143 = !DILocation(line: 29, column: 8, scope: !129, atomGroup: 2, atomRank: 2)
!144 = !DILocation(line: 29, column: 6, scope: !129, atomGroup: 2, atomRank: 1)
!145 = !DILocation(line: 30, column: 2, scope: !129, atomGroup: 4, atomRank: 1)
