; ModuleID = 'conflicting_offset_bad_two_ways.c'
source_filename = "conflicting_offset_bad_two_ways.c"
target datalayout = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128"
target triple = "bpfel"

@LICENSE = dso_local global [4 x i8] c"GPL\00", section "license", align 1, !dbg !0
@new_kernel = dso_local constant i32 0, align 4, !dbg !10
@out = dso_local local_unnamed_addr global i64 0, align 8, !dbg !35
@llvm.compiler.used = appending global [2 x ptr] [ptr @LICENSE, ptr @pid], section "llvm.metadata"

; Function Attrs: nounwind
define dso_local noundef i32 @pid(ptr readnone captures(none) %0) #0 section "kprobe/do_exit" !dbg !51 {
  %2 = alloca i32, align 4, !DIAssignID !82
    #dbg_assign(i1 poison, !81, !DIExpression(), !82, ptr %2, !DIExpression(), !83)
    #dbg_value(ptr poison, !79, !DIExpression(), !83)
  %3 = tail call i64 inttoptr (i64 35 to ptr)() #2, !dbg !84
  %4 = inttoptr i64 %3 to ptr, !dbg !85
    #dbg_value(ptr %4, !80, !DIExpression(), !83)
  call void @llvm.lifetime.start.p0(ptr nonnull %2) #2, !dbg !86
  %5 = load volatile i32, ptr @new_kernel, align 4, !dbg !87, !tbaa !47
  %6 = icmp eq i32 %5, 0, !dbg !89
  %7 = select i1 %6, i64 1256, i64 2464, !dbg !90
  %8 = getelementptr inbounds nuw i8, ptr %4, i64 %7, !dbg !90
    #dbg_value(ptr %8, !80, !DIExpression(), !83)
  %9 = call i64 inttoptr (i64 113 to ptr)(ptr noundef nonnull %2, i32 noundef 4, ptr noundef nonnull %8) #2, !dbg !91
  %10 = icmp eq i64 %9, 0, !dbg !93
  br i1 %10, label %11, label %14, !dbg !94

11:                                               ; preds = %1
  %12 = load i32, ptr %2, align 4, !dbg !95, !tbaa !47
  %13 = zext i32 %12 to i64, !dbg !96
  store i64 %13, ptr @out, align 8, !dbg !97, !tbaa !98
  br label %14, !dbg !100

14:                                               ; preds = %1, %11
  call void @llvm.lifetime.end.p0(ptr nonnull %2) #2, !dbg !101
  ret i32 0, !dbg !102
}

; Function Attrs: mustprogress nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.start.p0(ptr captures(none)) #1

; Function Attrs: mustprogress nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.end.p0(ptr captures(none)) #1

attributes #0 = { nounwind "frame-pointer"="all" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="v3" }
attributes #1 = { mustprogress nocallback nofree nosync nounwind willreturn memory(argmem: readwrite) }
attributes #2 = { nounwind }

!llvm.dbg.cu = !{!2}
!llvm.module.flags = !{!41, !42, !43, !44, !45}
!llvm.ident = !{!46}
!llvm.errno.tbaa = !{!47}

!0 = !DIGlobalVariableExpression(var: !1, expr: !DIExpression())
!1 = distinct !DIGlobalVariable(name: "LICENSE", scope: !2, file: !7, line: 45, type: !37, isLocal: false, isDefinition: true)
!2 = distinct !DICompileUnit(language: DW_LANG_C11, file: !3, producer: "Debian clang version 22.1.8 (1~deb12u1)", isOptimized: true, runtimeVersion: 0, emissionKind: FullDebug, retainedTypes: !4, globals: !9, splitDebugInlining: false, nameTableKind: None)
!3 = !DIFile(filename: "conflicting_offset_bad_two_ways.c", directory: ".", checksumkind: CSK_MD5, checksum: "6d74f2dfe35889fa239dfbc7cc66d659")
!4 = !{!5}
!5 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !6, size: 64)
!6 = !DIDerivedType(tag: DW_TAG_typedef, name: "u8", file: !7, line: 2, baseType: !8)
!7 = !DIFile(filename: "./bpf.h", directory: ".", checksumkind: CSK_MD5, checksum: "3fab3a4293ba0240a048002c1fbe4164")
!8 = !DIBasicType(name: "unsigned char", size: 8, encoding: DW_ATE_unsigned_char)
!9 = !{!0, !10, !15, !23, !35}
!10 = !DIGlobalVariableExpression(var: !11, expr: !DIExpression())
!11 = distinct !DIGlobalVariable(name: "new_kernel", scope: !2, file: !3, line: 3, type: !12, isLocal: false, isDefinition: true)
!12 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !13)
!13 = !DIDerivedType(tag: DW_TAG_volatile_type, baseType: !14)
!14 = !DIBasicType(name: "int", size: 32, encoding: DW_ATE_signed)
!15 = !DIGlobalVariableExpression(var: !16, expr: !DIExpression())
!16 = distinct !DIGlobalVariable(name: "bpf_get_current_task", scope: !2, file: !7, line: 13, type: !17, isLocal: true, isDefinition: true)
!17 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !18)
!18 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !19, size: 64)
!19 = !DISubroutineType(types: !20)
!20 = !{!21}
!21 = !DIDerivedType(tag: DW_TAG_typedef, name: "u64", file: !7, line: 5, baseType: !22)
!22 = !DIBasicType(name: "unsigned long long", size: 64, encoding: DW_ATE_unsigned)
!23 = !DIGlobalVariableExpression(var: !24, expr: !DIExpression())
!24 = distinct !DIGlobalVariable(name: "bpf_probe_read_kernel", scope: !2, file: !7, line: 15, type: !25, isLocal: true, isDefinition: true)
!25 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !26)
!26 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !27, size: 64)
!27 = !DISubroutineType(types: !28)
!28 = !{!29, !30, !31, !33}
!29 = !DIBasicType(name: "long", size: 64, encoding: DW_ATE_signed)
!30 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: null, size: 64)
!31 = !DIDerivedType(tag: DW_TAG_typedef, name: "u32", file: !7, line: 4, baseType: !32)
!32 = !DIBasicType(name: "unsigned int", size: 32, encoding: DW_ATE_unsigned)
!33 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !34, size: 64)
!34 = !DIDerivedType(tag: DW_TAG_const_type, baseType: null)
!35 = !DIGlobalVariableExpression(var: !36, expr: !DIExpression())
!36 = distinct !DIGlobalVariable(name: "out", scope: !2, file: !7, line: 46, type: !21, isLocal: false, isDefinition: true)
!37 = !DICompositeType(tag: DW_TAG_array_type, baseType: !38, size: 32, elements: !39)
!38 = !DIBasicType(name: "char", size: 8, encoding: DW_ATE_signed_char)
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
!51 = distinct !DISubprogram(name: "pid", scope: !3, file: !3, line: 6, type: !52, scopeLine: 7, flags: DIFlagPrototyped | DIFlagAllCallsDescribed, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !2, retainedNodes: !78, keyInstructions: true)
!52 = !DISubroutineType(types: !53)
!53 = !{!14, !54}
!54 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !55, size: 64)
!55 = distinct !DICompositeType(tag: DW_TAG_structure_type, name: "pt_regs", file: !7, line: 20, size: 1344, elements: !56)
!56 = !{!57, !58, !59, !60, !61, !62, !63, !64, !65, !66, !67, !68, !69, !70, !71, !72, !73, !74, !75, !76, !77}
!57 = !DIDerivedType(tag: DW_TAG_member, name: "r15", scope: !55, file: !7, line: 21, baseType: !21, size: 64)
!58 = !DIDerivedType(tag: DW_TAG_member, name: "r14", scope: !55, file: !7, line: 21, baseType: !21, size: 64, offset: 64)
!59 = !DIDerivedType(tag: DW_TAG_member, name: "r13", scope: !55, file: !7, line: 21, baseType: !21, size: 64, offset: 128)
!60 = !DIDerivedType(tag: DW_TAG_member, name: "r12", scope: !55, file: !7, line: 21, baseType: !21, size: 64, offset: 192)
!61 = !DIDerivedType(tag: DW_TAG_member, name: "bp", scope: !55, file: !7, line: 21, baseType: !21, size: 64, offset: 256)
!62 = !DIDerivedType(tag: DW_TAG_member, name: "bx", scope: !55, file: !7, line: 21, baseType: !21, size: 64, offset: 320)
!63 = !DIDerivedType(tag: DW_TAG_member, name: "r11", scope: !55, file: !7, line: 21, baseType: !21, size: 64, offset: 384)
!64 = !DIDerivedType(tag: DW_TAG_member, name: "r10", scope: !55, file: !7, line: 21, baseType: !21, size: 64, offset: 448)
!65 = !DIDerivedType(tag: DW_TAG_member, name: "r9", scope: !55, file: !7, line: 21, baseType: !21, size: 64, offset: 512)
!66 = !DIDerivedType(tag: DW_TAG_member, name: "r8", scope: !55, file: !7, line: 21, baseType: !21, size: 64, offset: 576)
!67 = !DIDerivedType(tag: DW_TAG_member, name: "ax", scope: !55, file: !7, line: 21, baseType: !21, size: 64, offset: 640)
!68 = !DIDerivedType(tag: DW_TAG_member, name: "cx", scope: !55, file: !7, line: 21, baseType: !21, size: 64, offset: 704)
!69 = !DIDerivedType(tag: DW_TAG_member, name: "dx", scope: !55, file: !7, line: 21, baseType: !21, size: 64, offset: 768)
!70 = !DIDerivedType(tag: DW_TAG_member, name: "si", scope: !55, file: !7, line: 21, baseType: !21, size: 64, offset: 832)
!71 = !DIDerivedType(tag: DW_TAG_member, name: "di", scope: !55, file: !7, line: 21, baseType: !21, size: 64, offset: 896)
!72 = !DIDerivedType(tag: DW_TAG_member, name: "orig_ax", scope: !55, file: !7, line: 21, baseType: !21, size: 64, offset: 960)
!73 = !DIDerivedType(tag: DW_TAG_member, name: "ip", scope: !55, file: !7, line: 21, baseType: !21, size: 64, offset: 1024)
!74 = !DIDerivedType(tag: DW_TAG_member, name: "cs", scope: !55, file: !7, line: 21, baseType: !21, size: 64, offset: 1088)
!75 = !DIDerivedType(tag: DW_TAG_member, name: "flags", scope: !55, file: !7, line: 21, baseType: !21, size: 64, offset: 1152)
!76 = !DIDerivedType(tag: DW_TAG_member, name: "sp", scope: !55, file: !7, line: 21, baseType: !21, size: 64, offset: 1216)
!77 = !DIDerivedType(tag: DW_TAG_member, name: "ss", scope: !55, file: !7, line: 21, baseType: !21, size: 64, offset: 1280)
!78 = !{!79, !80, !81}
!79 = !DILocalVariable(name: "ctx", arg: 1, scope: !51, file: !3, line: 6, type: !54)
!80 = !DILocalVariable(name: "task", scope: !51, file: !3, line: 8, type: !5)
!81 = !DILocalVariable(name: "pid", scope: !51, file: !3, line: 9, type: !31)
!82 = distinct !DIAssignID()
!83 = !DILocation(line: 0, scope: !51)
!84 = !DILocation(line: 8, column: 19, scope: !51, atomGroup: 1, atomRank: 3)
!85 = !DILocation(line: 8, column: 13, scope: !51, atomGroup: 1, atomRank: 2)
!86 = !DILocation(line: 9, column: 2, scope: !51)
!87 = !DILocation(line: 11, column: 6, scope: !88)
!88 = distinct !DILexicalBlock(scope: !51, file: !3, line: 11, column: 6)
!89 = !DILocation(line: 11, column: 6, scope: !88, atomGroup: 2, atomRank: 2)
!90 = !DILocation(line: 11, column: 6, scope: !88, atomGroup: 2, atomRank: 1)
!91 = !DILocation(line: 15, column: 6, scope: !92)
!92 = distinct !DILexicalBlock(scope: !51, file: !3, line: 15, column: 6)
!93 = !DILocation(line: 15, column: 6, scope: !92, atomGroup: 5, atomRank: 2)
!94 = !DILocation(line: 15, column: 6, scope: !92, atomGroup: 5, atomRank: 1)
!95 = !DILocation(line: 17, column: 8, scope: !51, atomGroup: 7, atomRank: 3)
!96 = !DILocation(line: 17, column: 8, scope: !51, atomGroup: 7, atomRank: 2)
!97 = !DILocation(line: 17, column: 6, scope: !51, atomGroup: 7, atomRank: 1)
!98 = !{!99, !99, i64 0}
!99 = !{!"long long", !49, i64 0}
!100 = !DILocation(line: 18, column: 2, scope: !51, atomGroup: 8, atomRank: 1)
!101 = !DILocation(line: 19, column: 1, scope: !51)
!102 = !DILocation(line: 19, column: 1, scope: !51, atomGroup: 9, atomRank: 1)
