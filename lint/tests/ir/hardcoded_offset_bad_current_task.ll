; ModuleID = 'hardcoded_offset_bad_current_task.c'
source_filename = "hardcoded_offset_bad_current_task.c"
target datalayout = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128"
target triple = "bpfel"

@LICENSE = dso_local global [4 x i8] c"GPL\00", section "license", align 1, !dbg !0
@out = dso_local local_unnamed_addr global i64 0, align 8, !dbg !27
@llvm.compiler.used = appending global [2 x ptr] [ptr @LICENSE, ptr @parent], section "llvm.metadata"

; Function Attrs: nounwind
define dso_local noundef i32 @parent(ptr readnone captures(none) %0) #0 section "raw_tp/sched_switch" !dbg !43 {
  %2 = alloca i32, align 4, !DIAssignID !52
    #dbg_assign(i1 poison, !51, !DIExpression(), !52, ptr %2, !DIExpression(), !53)
    #dbg_value(ptr poison, !48, !DIExpression(), !53)
  %3 = tail call i64 inttoptr (i64 35 to ptr)() #3, !dbg !54
    #dbg_value(i64 %3, !49, !DIExpression(), !53)
  %4 = tail call fastcc i64 @field(i64 noundef %3), !dbg !55
    #dbg_value(i64 %4, !50, !DIExpression(), !53)
  call void @llvm.lifetime.start.p0(ptr nonnull %2) #3, !dbg !56
  %5 = add i64 %4, 2468, !dbg !57
  %6 = inttoptr i64 %5 to ptr, !dbg !59
  %7 = call i64 inttoptr (i64 113 to ptr)(ptr noundef nonnull %2, i32 noundef 4, ptr noundef %6) #3, !dbg !60
  %8 = icmp eq i64 %7, 0, !dbg !61
  br i1 %8, label %9, label %12, !dbg !62

9:                                                ; preds = %1
  %10 = load i32, ptr %2, align 4, !dbg !63, !tbaa !39
  %11 = zext i32 %10 to i64, !dbg !64
  store i64 %11, ptr @out, align 8, !dbg !65, !tbaa !66
  br label %12, !dbg !68

12:                                               ; preds = %1, %9
  call void @llvm.lifetime.end.p0(ptr nonnull %2) #3, !dbg !69
  ret i32 0, !dbg !70
}

; Function Attrs: mustprogress nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.start.p0(ptr captures(none)) #1

; Function Attrs: noinline nounwind
define internal fastcc i64 @field(i64 noundef %0) unnamed_addr #2 !dbg !71 {
  %2 = alloca i64, align 8, !DIAssignID !78
    #dbg_assign(i1 poison, !77, !DIExpression(), !78, ptr %2, !DIExpression(), !79)
    #dbg_value(i64 %0, !75, !DIExpression(), !79)
    #dbg_value(i64 2608, !76, !DIExpression(), !79)
  call void @llvm.lifetime.start.p0(ptr nonnull %2) #3, !dbg !80
  store i64 0, ptr %2, align 8, !dbg !81, !tbaa !66, !DIAssignID !82
    #dbg_assign(i64 0, !77, !DIExpression(), !82, ptr %2, !DIExpression(), !79)
  %3 = add i64 %0, 2608, !dbg !83
  %4 = inttoptr i64 %3 to ptr, !dbg !85
  %5 = call i64 inttoptr (i64 113 to ptr)(ptr noundef nonnull %2, i32 noundef 8, ptr noundef %4) #3, !dbg !86
  %6 = icmp eq i64 %5, 0, !dbg !87
  %7 = load i64, ptr %2, align 8, !dbg !88
  %8 = select i1 %6, i64 %7, i64 0, !dbg !88
  call void @llvm.lifetime.end.p0(ptr nonnull %2) #3, !dbg !89
  ret i64 %8, !dbg !90
}

; Function Attrs: mustprogress nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.end.p0(ptr captures(none)) #1

attributes #0 = { nounwind "frame-pointer"="all" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="v3" }
attributes #1 = { mustprogress nocallback nofree nosync nounwind willreturn memory(argmem: readwrite) }
attributes #2 = { noinline nounwind "frame-pointer"="all" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="v3" }
attributes #3 = { nounwind }

!llvm.dbg.cu = !{!2}
!llvm.module.flags = !{!33, !34, !35, !36, !37}
!llvm.ident = !{!38}
!llvm.errno.tbaa = !{!39}

!0 = !DIGlobalVariableExpression(var: !1, expr: !DIExpression())
!1 = distinct !DIGlobalVariable(name: "LICENSE", scope: !2, file: !9, line: 45, type: !29, isLocal: false, isDefinition: true)
!2 = distinct !DICompileUnit(language: DW_LANG_C11, file: !3, producer: "Debian clang version 22.1.8 (1~deb12u1)", isOptimized: true, runtimeVersion: 0, emissionKind: FullDebug, retainedTypes: !4, globals: !6, splitDebugInlining: false, nameTableKind: None)
!3 = !DIFile(filename: "hardcoded_offset_bad_current_task.c", directory: ".", checksumkind: CSK_MD5, checksum: "abba93d5fbd5a8f0c5d3b84d74810d38")
!4 = !{!5}
!5 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: null, size: 64)
!6 = !{!0, !7, !16, !27}
!7 = !DIGlobalVariableExpression(var: !8, expr: !DIExpression())
!8 = distinct !DIGlobalVariable(name: "bpf_get_current_task", scope: !2, file: !9, line: 13, type: !10, isLocal: true, isDefinition: true)
!9 = !DIFile(filename: "./bpf.h", directory: ".", checksumkind: CSK_MD5, checksum: "3fab3a4293ba0240a048002c1fbe4164")
!10 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !11)
!11 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !12, size: 64)
!12 = !DISubroutineType(types: !13)
!13 = !{!14}
!14 = !DIDerivedType(tag: DW_TAG_typedef, name: "u64", file: !9, line: 5, baseType: !15)
!15 = !DIBasicType(name: "unsigned long long", size: 64, encoding: DW_ATE_unsigned)
!16 = !DIGlobalVariableExpression(var: !17, expr: !DIExpression())
!17 = distinct !DIGlobalVariable(name: "bpf_probe_read_kernel", scope: !2, file: !9, line: 15, type: !18, isLocal: true, isDefinition: true)
!18 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !19)
!19 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !20, size: 64)
!20 = !DISubroutineType(types: !21)
!21 = !{!22, !5, !23, !25}
!22 = !DIBasicType(name: "long", size: 64, encoding: DW_ATE_signed)
!23 = !DIDerivedType(tag: DW_TAG_typedef, name: "u32", file: !9, line: 4, baseType: !24)
!24 = !DIBasicType(name: "unsigned int", size: 32, encoding: DW_ATE_unsigned)
!25 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !26, size: 64)
!26 = !DIDerivedType(tag: DW_TAG_const_type, baseType: null)
!27 = !DIGlobalVariableExpression(var: !28, expr: !DIExpression())
!28 = distinct !DIGlobalVariable(name: "out", scope: !2, file: !9, line: 46, type: !14, isLocal: false, isDefinition: true)
!29 = !DICompositeType(tag: DW_TAG_array_type, baseType: !30, size: 32, elements: !31)
!30 = !DIBasicType(name: "char", size: 8, encoding: DW_ATE_signed_char)
!31 = !{!32}
!32 = !DISubrange(count: 4)
!33 = !{i32 7, !"Dwarf Version", i32 5}
!34 = !{i32 2, !"Debug Info Version", i32 3}
!35 = !{i32 1, !"wchar_size", i32 4}
!36 = !{i32 7, !"frame-pointer", i32 2}
!37 = !{i32 7, !"debug-info-assignment-tracking", i1 true}
!38 = !{!"Debian clang version 22.1.8 (1~deb12u1)"}
!39 = !{!40, !40, i64 0}
!40 = !{!"int", !41, i64 0}
!41 = !{!"omnipotent char", !42, i64 0}
!42 = !{!"Simple C/C++ TBAA"}
!43 = distinct !DISubprogram(name: "parent", scope: !3, file: !3, line: 16, type: !44, scopeLine: 17, flags: DIFlagPrototyped | DIFlagAllCallsDescribed, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !2, retainedNodes: !47, keyInstructions: true)
!44 = !DISubroutineType(types: !45)
!45 = !{!46, !5}
!46 = !DIBasicType(name: "int", size: 32, encoding: DW_ATE_signed)
!47 = !{!48, !49, !50, !51}
!48 = !DILocalVariable(name: "ctx", arg: 1, scope: !43, file: !3, line: 16, type: !5)
!49 = !DILocalVariable(name: "task", scope: !43, file: !3, line: 18, type: !14)
!50 = !DILocalVariable(name: "parent", scope: !43, file: !3, line: 19, type: !14)
!51 = !DILocalVariable(name: "tgid", scope: !43, file: !3, line: 20, type: !23)
!52 = distinct !DIAssignID()
!53 = !DILocation(line: 0, scope: !43)
!54 = !DILocation(line: 18, column: 13, scope: !43, atomGroup: 1, atomRank: 2)
!55 = !DILocation(line: 19, column: 15, scope: !43, atomGroup: 2, atomRank: 2)
!56 = !DILocation(line: 20, column: 2, scope: !43)
!57 = !DILocation(line: 22, column: 65, scope: !58)
!58 = distinct !DILexicalBlock(scope: !43, file: !3, line: 22, column: 6)
!59 = !DILocation(line: 22, column: 49, scope: !58)
!60 = !DILocation(line: 22, column: 6, scope: !58)
!61 = !DILocation(line: 22, column: 6, scope: !58, atomGroup: 3, atomRank: 2)
!62 = !DILocation(line: 22, column: 6, scope: !58, atomGroup: 3, atomRank: 1)
!63 = !DILocation(line: 24, column: 8, scope: !43, atomGroup: 5, atomRank: 3)
!64 = !DILocation(line: 24, column: 8, scope: !43, atomGroup: 5, atomRank: 2)
!65 = !DILocation(line: 24, column: 6, scope: !43, atomGroup: 5, atomRank: 1)
!66 = !{!67, !67, i64 0}
!67 = !{!"long long", !41, i64 0}
!68 = !DILocation(line: 25, column: 2, scope: !43, atomGroup: 6, atomRank: 1)
!69 = !DILocation(line: 26, column: 1, scope: !43)
!70 = !DILocation(line: 26, column: 1, scope: !43, atomGroup: 7, atomRank: 1)
!71 = distinct !DISubprogram(name: "field", scope: !3, file: !3, line: 6, type: !72, scopeLine: 7, flags: DIFlagPrototyped | DIFlagAllCallsDescribed, spFlags: DISPFlagLocalToUnit | DISPFlagDefinition | DISPFlagOptimized, unit: !2, retainedNodes: !74, keyInstructions: true)
!72 = !DISubroutineType(cc: DW_CC_nocall, types: !73)
!73 = !{!14, !14, !14}
!74 = !{!75, !76, !77}
!75 = !DILocalVariable(name: "task", arg: 1, scope: !71, file: !3, line: 6, type: !14)
!76 = !DILocalVariable(name: "offset", arg: 2, scope: !71, file: !3, line: 6, type: !14)
!77 = !DILocalVariable(name: "value", scope: !71, file: !3, line: 8, type: !14)
!78 = distinct !DIAssignID()
!79 = !DILocation(line: 0, scope: !71)
!80 = !DILocation(line: 8, column: 2, scope: !71)
!81 = !DILocation(line: 8, column: 6, scope: !71, atomGroup: 1, atomRank: 1)
!82 = distinct !DIAssignID()
!83 = !DILocation(line: 10, column: 65, scope: !84)
!84 = distinct !DILexicalBlock(scope: !71, file: !3, line: 10, column: 6)
!85 = !DILocation(line: 10, column: 51, scope: !84)
!86 = !DILocation(line: 10, column: 6, scope: !84)
!87 = !DILocation(line: 10, column: 6, scope: !84, atomGroup: 2, atomRank: 2)
!88 = !DILocation(line: 10, column: 6, scope: !84, atomGroup: 2, atomRank: 1)
!89 = !DILocation(line: 13, column: 1, scope: !71)
!90 = !DILocation(line: 13, column: 1, scope: !71, atomGroup: 5, atomRank: 1)
