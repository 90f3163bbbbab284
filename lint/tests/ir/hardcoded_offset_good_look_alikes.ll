; ModuleID = 'hardcoded_offset_good_look_alikes.c'
source_filename = "hardcoded_offset_good_look_alikes.c"
target datalayout = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128"
target triple = "bpfel"

%struct.event = type { [8 x i64] }

@LICENSE = dso_local global [4 x i8] c"GPL\00", section "license", align 1, !dbg !0
@configured = dso_local constant i64 0, align 8, !dbg !14
@out = dso_local local_unnamed_addr global i64 0, align 8, !dbg !55
@map = dso_local global i32 0, section ".maps", align 4, !dbg !57
@"llvm.task_struct:0:16$0:3" = external global i64, !llvm.preserve.access.index !64 #0
@"llvm.task_struct:0:12$0:2" = external global i64, !llvm.preserve.access.index !64 #0
@"llvm.task_struct:0:8$0:1" = external global i64, !llvm.preserve.access.index !64 #0
@"llvm.sk_buff:0:0$0:0" = external global i64, !llvm.preserve.access.index !82 #0
@"llvm.sk_buff:0:16$0:2" = external global i64, !llvm.preserve.access.index !82 #0
@"llvm.sk_buff:0:8$0:1" = external global i64, !llvm.preserve.access.index !82 #0
@llvm.compiler.used = appending global [8 x ptr] [ptr @LICENSE, ptr @by_loader, ptr @by_name, ptr @map, ptr @own_memory, ptr @packet, ptr @packet_in_kernel_memory, ptr @registers], section "llvm.metadata"

; Function Attrs: nounwind
define dso_local noundef i32 @by_name(ptr readnone captures(none) %0) #1 section "kprobe/do_exit" !dbg !100 {
  %2 = alloca ptr, align 8, !DIAssignID !132
    #dbg_assign(i1 poison, !130, !DIExpression(), !132, ptr %2, !DIExpression(), !133)
  %3 = alloca i32, align 4, !DIAssignID !134
    #dbg_assign(i1 poison, !131, !DIExpression(), !134, ptr %3, !DIExpression(), !133)
    #dbg_value(ptr poison, !128, !DIExpression(), !133)
  %4 = tail call i64 inttoptr (i64 35 to ptr)() #6, !dbg !135
  %5 = inttoptr i64 %4 to ptr, !dbg !136
    #dbg_value(ptr %5, !129, !DIExpression(), !133)
  call void @llvm.lifetime.start.p0(ptr nonnull %2) #6, !dbg !137
  call void @llvm.lifetime.start.p0(ptr nonnull %3) #6, !dbg !138
  %6 = load i64, ptr @"llvm.task_struct:0:16$0:3", align 8
  %7 = getelementptr i8, ptr %5, i64 %6
  %8 = tail call ptr @llvm.bpf.passthrough.p0.p0(i32 0, ptr %7)
  %9 = call i64 inttoptr (i64 113 to ptr)(ptr noundef nonnull %2, i32 noundef 8, ptr noundef %8) #6, !dbg !139
  %10 = icmp eq i64 %9, 0, !dbg !141
  br i1 %10, label %11, label %21, !dbg !142

11:                                               ; preds = %1
  %12 = load ptr, ptr %2, align 8, !dbg !143, !tbaa !145
  %13 = load i64, ptr @"llvm.task_struct:0:12$0:2", align 8
  %14 = getelementptr i8, ptr %12, i64 %13
  %15 = call ptr @llvm.bpf.passthrough.p0.p0(i32 1, ptr %14)
  %16 = call i64 inttoptr (i64 113 to ptr)(ptr noundef nonnull %3, i32 noundef 4, ptr noundef %15) #6, !dbg !148
  %17 = icmp eq i64 %16, 0, !dbg !149
  br i1 %17, label %18, label %21, !dbg !150

18:                                               ; preds = %11
  %19 = load i32, ptr %3, align 4, !dbg !151, !tbaa !96
  %20 = zext i32 %19 to i64, !dbg !152
  store i64 %20, ptr @out, align 8, !dbg !153, !tbaa !154
  br label %21, !dbg !156

21:                                               ; preds = %11, %1, %18
  call void @llvm.lifetime.end.p0(ptr nonnull %3) #6, !dbg !157
  call void @llvm.lifetime.end.p0(ptr nonnull %2) #6, !dbg !157
  ret i32 0, !dbg !158
}

; Function Attrs: mustprogress nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.start.p0(ptr captures(none)) #2

; Function Attrs: mustprogress nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.end.p0(ptr captures(none)) #2

; Function Attrs: nounwind
define dso_local noundef i32 @own_memory(ptr noundef readonly captures(none) %0) #1 section "tp_btf/sched_switch" !dbg !159 {
  %2 = alloca %struct.event, align 8, !DIAssignID !176
    #dbg_assign(i1 poison, !165, !DIExpression(), !176, ptr %2, !DIExpression(), !177)
  %3 = alloca i32, align 4, !DIAssignID !178
    #dbg_assign(i1 poison, !174, !DIExpression(), !178, ptr %3, !DIExpression(), !177)
    #dbg_value(ptr %0, !163, !DIExpression(), !177)
  %4 = getelementptr inbounds nuw i8, ptr %0, i64 8, !dbg !179
  %5 = load i64, ptr %4, align 8, !dbg !180, !tbaa !154
  %6 = inttoptr i64 %5 to ptr, !dbg !181
    #dbg_value(ptr %6, !164, !DIExpression(), !177)
  call void @llvm.lifetime.start.p0(ptr nonnull %2) #6, !dbg !182
  call void @llvm.memset.p0.i64(ptr noundef nonnull align 8 dereferenceable(64) %2, i8 0, i64 64, i1 false), !dbg !183, !DIAssignID !184
    #dbg_assign(i8 0, !165, !DIExpression(), !184, ptr %2, !DIExpression(), !177)
  call void @llvm.lifetime.start.p0(ptr nonnull %3) #6, !dbg !185
  store i32 0, ptr %3, align 4, !dbg !186, !tbaa !96, !DIAssignID !187
    #dbg_assign(i32 0, !174, !DIExpression(), !187, ptr %3, !DIExpression(), !177)
  %7 = call ptr inttoptr (i64 1 to ptr)(ptr noundef nonnull @map, ptr noundef nonnull %3) #6, !dbg !188
    #dbg_value(ptr %7, !175, !DIExpression(), !177)
  %8 = icmp eq ptr %7, null, !dbg !189
  br i1 %8, label %16, label %9, !dbg !191

9:                                                ; preds = %1
  %10 = load i64, ptr @"llvm.task_struct:0:8$0:1", align 8
  %11 = getelementptr i8, ptr %6, i64 %10
  %12 = call ptr @llvm.bpf.passthrough.p0.p0(i32 2, ptr %11)
  %13 = load i32, ptr %12, align 8, !dbg !192, !tbaa !193
  %14 = sext i32 %13 to i64, !dbg !196
  %15 = getelementptr inbounds nuw i8, ptr %7, i64 40, !dbg !197
  store i64 %14, ptr %15, align 8, !dbg !198, !tbaa !154
  br label %16, !dbg !197

16:                                               ; preds = %9, %1
  %17 = call ptr inttoptr (i64 131 to ptr)(ptr noundef nonnull @map, i64 noundef 64, i64 noundef 0) #6, !dbg !199
    #dbg_value(ptr %17, !172, !DIExpression(), !177)
  %18 = icmp eq ptr %17, null, !dbg !200
  br i1 %18, label %27, label %19, !dbg !202

19:                                               ; preds = %16
  %20 = call i64 inttoptr (i64 113 to ptr)(ptr noundef nonnull %2, i32 noundef 64, ptr noundef %6) #6, !dbg !203
  %21 = icmp eq i64 %20, 0, !dbg !205
  br i1 %21, label %22, label %26, !dbg !206

22:                                               ; preds = %19
  %23 = getelementptr inbounds nuw i8, ptr %2, i64 8, !dbg !207
  %24 = load i64, ptr %23, align 8, !dbg !208, !tbaa !154
  %25 = getelementptr inbounds nuw i8, ptr %17, i64 24, !dbg !209
  store i64 %24, ptr %25, align 8, !dbg !210, !tbaa !154
  br label %26, !dbg !209

26:                                               ; preds = %22, %19
  call void inttoptr (i64 132 to ptr)(ptr noundef nonnull %17, i64 noundef 0) #6, !dbg !211
  br label %27, !dbg !212

27:                                               ; preds = %16, %26
  call void @llvm.lifetime.end.p0(ptr nonnull %3) #6, !dbg !213
  call void @llvm.lifetime.end.p0(ptr nonnull %2) #6, !dbg !213
  ret i32 0, !dbg !214
}

; Function Attrs: mustprogress nocallback nofree nounwind willreturn memory(argmem: write)
declare void @llvm.memset.p0.i64(ptr writeonly captures(none), i8, i64, i1 immarg) #3

; Function Attrs: mustprogress nofree norecurse nosync nounwind willreturn memory(readwrite, argmem: read, inaccessiblemem: none, target_mem0: none, target_mem1: none)
define dso_local noundef i32 @packet(ptr noundef readonly captures(none) %0) #4 section "tc" !dbg !215 {
    #dbg_value(ptr %0, !229, !DIExpression(), !242)
  %2 = getelementptr inbounds nuw i8, ptr %0, i64 76, !dbg !243
  %3 = load i32, ptr %2, align 4, !dbg !244, !tbaa !245
  %4 = zext i32 %3 to i64, !dbg !247
  %5 = inttoptr i64 %4 to ptr, !dbg !248
    #dbg_value(ptr %5, !230, !DIExpression(), !242)
  %6 = getelementptr inbounds nuw i8, ptr %0, i64 80, !dbg !249
  %7 = load i32, ptr %6, align 4, !dbg !250, !tbaa !251
  %8 = zext i32 %7 to i64, !dbg !252
  %9 = inttoptr i64 %8 to ptr, !dbg !253
    #dbg_value(ptr %9, !231, !DIExpression(), !242)
    #dbg_value(ptr %5, !232, !DIExpression(), !242)
  %10 = getelementptr inbounds nuw i8, ptr %5, i64 34, !dbg !254
  %11 = icmp samesign ugt ptr %10, %9, !dbg !256
  br i1 %11, label %20, label %12, !dbg !257

12:                                               ; preds = %1
  %13 = getelementptr inbounds nuw i8, ptr %5, i64 12, !dbg !258
  %14 = load i16, ptr %13, align 2, !dbg !258, !tbaa !259
  %15 = zext i16 %14 to i64, !dbg !262
  %16 = getelementptr inbounds nuw i8, ptr %5, i64 23, !dbg !263
  %17 = load i8, ptr %16, align 1, !dbg !263, !tbaa !264
  %18 = zext i8 %17 to i64, !dbg !263
  %19 = add nuw nsw i64 %18, %15, !dbg !265
  store i64 %19, ptr @out, align 8, !dbg !266, !tbaa !154
  br label %20, !dbg !267

20:                                               ; preds = %1, %12
  ret i32 0, !dbg !268
}

; Function Attrs: nounwind
define dso_local noundef i32 @packet_in_kernel_memory(ptr noundef readonly captures(none) %0) #1 section "fentry/ip_rcv" !dbg !269 {
  %2 = alloca i32, align 4, !DIAssignID !276
    #dbg_assign(i1 poison, !274, !DIExpression(), !276, ptr %2, !DIExpression(), !277)
  %3 = alloca i16, align 2, !DIAssignID !278
    #dbg_assign(i1 poison, !275, !DIExpression(), !278, ptr %3, !DIExpression(), !277)
    #dbg_value(ptr %0, !271, !DIExpression(), !277)
  %4 = load i64, ptr %0, align 8, !dbg !279, !tbaa !154
  %5 = inttoptr i64 %4 to ptr, !dbg !280
    #dbg_value(ptr %5, !272, !DIExpression(), !277)
  call void @llvm.lifetime.start.p0(ptr nonnull %2) #6, !dbg !281
  call void @llvm.lifetime.start.p0(ptr nonnull %3) #6, !dbg !282
  %6 = load i64, ptr @"llvm.sk_buff:0:0$0:0", align 8
  %7 = getelementptr i8, ptr %5, i64 %6
  %8 = tail call ptr @llvm.bpf.passthrough.p0.p0(i32 3, ptr %7)
  %9 = load ptr, ptr %8, align 8, !dbg !283, !tbaa !285
  %10 = load i64, ptr @"llvm.sk_buff:0:16$0:2", align 8
  %11 = getelementptr i8, ptr %5, i64 %10
  %12 = tail call ptr @llvm.bpf.passthrough.p0.p0(i32 4, ptr %11)
  %13 = load i16, ptr %12, align 8, !dbg !288, !tbaa !289
  %14 = zext i16 %13 to i64, !dbg !290
  %15 = getelementptr inbounds nuw i8, ptr %9, i64 %14, !dbg !290
  %16 = getelementptr inbounds nuw i8, ptr %15, i64 12, !dbg !291
  %17 = call i64 inttoptr (i64 113 to ptr)(ptr noundef nonnull %2, i32 noundef 4, ptr noundef nonnull %16) #6, !dbg !292
  %18 = icmp eq i64 %17, 0, !dbg !293
  br i1 %18, label %19, label %33, !dbg !294

19:                                               ; preds = %1
  %20 = load i64, ptr @"llvm.sk_buff:0:8$0:1", align 8
  %21 = getelementptr i8, ptr %5, i64 %20
  %22 = call ptr @llvm.bpf.passthrough.p0.p0(i32 5, ptr %21)
  %23 = load ptr, ptr %22, align 8, !dbg !295, !tbaa !297
  %24 = getelementptr inbounds nuw i8, ptr %23, i64 12, !dbg !298
  %25 = call i64 inttoptr (i64 113 to ptr)(ptr noundef nonnull %3, i32 noundef 2, ptr noundef nonnull %24) #6, !dbg !299
  %26 = icmp eq i64 %25, 0, !dbg !300
  br i1 %26, label %27, label %33, !dbg !301

27:                                               ; preds = %19
  %28 = load i32, ptr %2, align 4, !dbg !302, !tbaa !96
  %29 = load i16, ptr %3, align 2, !dbg !303, !tbaa !304
  %30 = zext i16 %29 to i32, !dbg !303
  %31 = add i32 %28, %30, !dbg !305
  %32 = zext i32 %31 to i64, !dbg !306
  store i64 %32, ptr @out, align 8, !dbg !307, !tbaa !154
  br label %33, !dbg !308

33:                                               ; preds = %19, %1, %27
  call void @llvm.lifetime.end.p0(ptr nonnull %3) #6, !dbg !309
  call void @llvm.lifetime.end.p0(ptr nonnull %2) #6, !dbg !309
  ret i32 0, !dbg !310
}

; Function Attrs: nounwind
define dso_local noundef i32 @registers(ptr noundef readonly captures(none) %0) #1 section "kprobe/__x64_sys_execve" !dbg !311 {
  %2 = alloca i64, align 8, !DIAssignID !317
    #dbg_assign(i1 poison, !315, !DIExpression(), !317, ptr %2, !DIExpression(), !318)
  %3 = alloca i64, align 8, !DIAssignID !319
    #dbg_assign(i1 poison, !316, !DIExpression(), !319, ptr %3, !DIExpression(), !318)
    #dbg_value(ptr %0, !313, !DIExpression(), !318)
  %4 = getelementptr inbounds nuw i8, ptr %0, i64 112, !dbg !320
  %5 = load i64, ptr %4, align 8, !dbg !321, !tbaa !322
  %6 = inttoptr i64 %5 to ptr, !dbg !324
    #dbg_value(ptr %6, !314, !DIExpression(), !318)
  call void @llvm.lifetime.start.p0(ptr nonnull %2) #6, !dbg !325
  call void @llvm.lifetime.start.p0(ptr nonnull %3) #6, !dbg !325
  %7 = getelementptr inbounds nuw i8, ptr %6, i64 104, !dbg !326
  %8 = call i64 inttoptr (i64 113 to ptr)(ptr noundef nonnull %2, i32 noundef 8, ptr noundef nonnull %7) #6, !dbg !328
  %9 = icmp eq i64 %8, 0, !dbg !329
  br i1 %9, label %10, label %18, !dbg !330

10:                                               ; preds = %1
  %11 = load i64, ptr %2, align 8, !dbg !331, !tbaa !154
  %12 = inttoptr i64 %11 to ptr, !dbg !333
  %13 = getelementptr inbounds nuw i8, ptr %12, i64 8, !dbg !334
  %14 = call i64 inttoptr (i64 112 to ptr)(ptr noundef nonnull %3, i32 noundef 8, ptr noundef nonnull %13) #6, !dbg !335
  %15 = icmp eq i64 %14, 0, !dbg !336
  br i1 %15, label %16, label %18, !dbg !337

16:                                               ; preds = %10
  %17 = load i64, ptr %3, align 8, !dbg !338, !tbaa !154
  store i64 %17, ptr @out, align 8, !dbg !339, !tbaa !154
  br label %18, !dbg !340

18:                                               ; preds = %10, %1, %16
  call void @llvm.lifetime.end.p0(ptr nonnull %3) #6, !dbg !341
  call void @llvm.lifetime.end.p0(ptr nonnull %2) #6, !dbg !341
  ret i32 0, !dbg !342
}

; Function Attrs: nounwind
define dso_local noundef i32 @by_loader(ptr readnone captures(none) %0) #1 section "kprobe/do_nanosleep" !dbg !343 {
  %2 = alloca i32, align 4, !DIAssignID !348
    #dbg_assign(i1 poison, !347, !DIExpression(), !348, ptr %2, !DIExpression(), !349)
    #dbg_value(ptr poison, !345, !DIExpression(), !349)
  %3 = tail call i64 inttoptr (i64 35 to ptr)() #6, !dbg !350
    #dbg_value(i64 %3, !346, !DIExpression(), !349)
  call void @llvm.lifetime.start.p0(ptr nonnull %2) #6, !dbg !351
  %4 = load volatile i64, ptr @configured, align 8, !dbg !352, !tbaa !154
  %5 = add i64 %4, %3, !dbg !354
  %6 = inttoptr i64 %5 to ptr, !dbg !355
  %7 = call i64 inttoptr (i64 113 to ptr)(ptr noundef nonnull %2, i32 noundef 4, ptr noundef %6) #6, !dbg !356
  %8 = icmp eq i64 %7, 0, !dbg !357
  br i1 %8, label %9, label %12, !dbg !358

9:                                                ; preds = %1
  %10 = load i32, ptr %2, align 4, !dbg !359, !tbaa !96
  %11 = zext i32 %10 to i64, !dbg !360
  store i64 %11, ptr @out, align 8, !dbg !361, !tbaa !154
  br label %12, !dbg !362

12:                                               ; preds = %1, %9
  call void @llvm.lifetime.end.p0(ptr nonnull %2) #6, !dbg !363
  ret i32 0, !dbg !364
}

; Function Attrs: nofree nosync nounwind memory(none)
declare ptr @llvm.bpf.passthrough.p0.p0(i32, ptr) #5

attributes #0 = { "btf_ama" }
attributes #1 = { nounwind "frame-pointer"="all" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="v3" }
attributes #2 = { mustprogress nocallback nofree nosync nounwind willreturn memory(argmem: readwrite) }
attributes #3 = { mustprogress nocallback nofree nounwind willreturn memory(argmem: write) }
attributes #4 = { mustprogress nofree norecurse nosync nounwind willreturn memory(readwrite, argmem: read, inaccessiblemem: none, target_mem0: none, target_mem1: none) "frame-pointer"="all" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="v3" }
attributes #5 = { nofree nosync nounwind memory(none) }
attributes #6 = { nounwind }

!llvm.dbg.cu = !{!2}
!llvm.module.flags = !{!90, !91, !92, !93, !94}
!llvm.ident = !{!95}
!llvm.errno.tbaa = !{!96}

!0 = !DIGlobalVariableExpression(var: !1, expr: !DIExpression())
!1 = distinct !DIGlobalVariable(name: "LICENSE", scope: !2, file: !8, line: 45, type: !60, isLocal: false, isDefinition: true)
!2 = distinct !DICompileUnit(language: DW_LANG_C11, file: !3, producer: "Debian clang version 22.1.8 (1~deb12u1)", isOptimized: true, runtimeVersion: 0, emissionKind: FullDebug, retainedTypes: !4, globals: !13, splitDebugInlining: false, nameTableKind: None)
!3 = !DIFile(filename: "hardcoded_offset_good_look_alikes.c", directory: ".", checksumkind: CSK_MD5, checksum: "f215a77526fd9152b8316c02a7589ffb")
!4 = !{!5, !6, !10, !12}
!5 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: null, size: 64)
!6 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !7, size: 64)
!7 = !DIDerivedType(tag: DW_TAG_typedef, name: "u8", file: !8, line: 2, baseType: !9)
!8 = !DIFile(filename: "./bpf.h", directory: ".", checksumkind: CSK_MD5, checksum: "3fab3a4293ba0240a048002c1fbe4164")
!9 = !DIBasicType(name: "unsigned char", size: 8, encoding: DW_ATE_unsigned_char)
!10 = !DIDerivedType(tag: DW_TAG_typedef, name: "u64", file: !8, line: 5, baseType: !11)
!11 = !DIBasicType(name: "unsigned long long", size: 64, encoding: DW_ATE_unsigned)
!12 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !10, size: 64)
!13 = !{!0, !14, !18, !24, !35, !41, !47, !53, !55, !57}
!14 = !DIGlobalVariableExpression(var: !15, expr: !DIExpression())
!15 = distinct !DIGlobalVariable(name: "configured", scope: !2, file: !3, line: 21, type: !16, isLocal: false, isDefinition: true)
!16 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !17)
!17 = !DIDerivedType(tag: DW_TAG_volatile_type, baseType: !10)
!18 = !DIGlobalVariableExpression(var: !19, expr: !DIExpression())
!19 = distinct !DIGlobalVariable(name: "bpf_get_current_task", scope: !2, file: !8, line: 13, type: !20, isLocal: true, isDefinition: true)
!20 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !21)
!21 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !22, size: 64)
!22 = !DISubroutineType(types: !23)
!23 = !{!10}
!24 = !DIGlobalVariableExpression(var: !25, expr: !DIExpression())
!25 = distinct !DIGlobalVariable(name: "bpf_probe_read_kernel", scope: !2, file: !8, line: 15, type: !26, isLocal: true, isDefinition: true)
!26 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !27)
!27 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !28, size: 64)
!28 = !DISubroutineType(types: !29)
!29 = !{!30, !5, !31, !33}
!30 = !DIBasicType(name: "long", size: 64, encoding: DW_ATE_signed)
!31 = !DIDerivedType(tag: DW_TAG_typedef, name: "u32", file: !8, line: 4, baseType: !32)
!32 = !DIBasicType(name: "unsigned int", size: 32, encoding: DW_ATE_unsigned)
!33 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !34, size: 64)
!34 = !DIDerivedType(tag: DW_TAG_const_type, baseType: null)
!35 = !DIGlobalVariableExpression(var: !36, expr: !DIExpression())
!36 = distinct !DIGlobalVariable(name: "bpf_map_lookup_elem", scope: !2, file: !8, line: 11, type: !37, isLocal: true, isDefinition: true)
!37 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !38)
!38 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !39, size: 64)
!39 = !DISubroutineType(types: !40)
!40 = !{!5, !5, !33}
!41 = !DIGlobalVariableExpression(var: !42, expr: !DIExpression())
!42 = distinct !DIGlobalVariable(name: "bpf_ringbuf_reserve", scope: !2, file: !8, line: 16, type: !43, isLocal: true, isDefinition: true)
!43 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !44)
!44 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !45, size: 64)
!45 = !DISubroutineType(types: !46)
!46 = !{!5, !5, !10, !10}
!47 = !DIGlobalVariableExpression(var: !48, expr: !DIExpression())
!48 = distinct !DIGlobalVariable(name: "bpf_ringbuf_submit", scope: !2, file: !8, line: 17, type: !49, isLocal: true, isDefinition: true)
!49 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !50)
!50 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !51, size: 64)
!51 = !DISubroutineType(types: !52)
!52 = !{null, !5, !10}
!53 = !DIGlobalVariableExpression(var: !54, expr: !DIExpression())
!54 = distinct !DIGlobalVariable(name: "bpf_probe_read_user", scope: !2, file: !8, line: 14, type: !26, isLocal: true, isDefinition: true)
!55 = !DIGlobalVariableExpression(var: !56, expr: !DIExpression())
!56 = distinct !DIGlobalVariable(name: "out", scope: !2, file: !8, line: 46, type: !10, isLocal: false, isDefinition: true)
!57 = !DIGlobalVariableExpression(var: !58, expr: !DIExpression())
!58 = distinct !DIGlobalVariable(name: "map", scope: !2, file: !3, line: 20, type: !59, isLocal: false, isDefinition: true)
!59 = !DIBasicType(name: "int", size: 32, encoding: DW_ATE_signed)
!60 = !DICompositeType(tag: DW_TAG_array_type, baseType: !61, size: 32, elements: !62)
!61 = !DIBasicType(name: "char", size: 8, encoding: DW_ATE_signed_char)
!62 = !{!63}
!63 = !DISubrange(count: 4)
!64 = distinct !DICompositeType(tag: DW_TAG_structure_type, name: "task_struct", file: !8, line: 29, size: 448, elements: !65)
!65 = !{!66, !67, !68, !69, !71, !77, !81}
!66 = !DIDerivedType(tag: DW_TAG_member, name: "state", scope: !64, file: !8, line: 30, baseType: !10, size: 64)
!67 = !DIDerivedType(tag: DW_TAG_member, name: "pid", scope: !64, file: !8, line: 31, baseType: !59, size: 32, offset: 64)
!68 = !DIDerivedType(tag: DW_TAG_member, name: "tgid", scope: !64, file: !8, line: 32, baseType: !59, size: 32, offset: 96)
!69 = !DIDerivedType(tag: DW_TAG_member, name: "real_parent", scope: !64, file: !8, line: 33, baseType: !70, size: 64, offset: 128)
!70 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !64, size: 64)
!71 = !DIDerivedType(tag: DW_TAG_member, name: "mm", scope: !64, file: !8, line: 34, baseType: !72, size: 64, offset: 192)
!72 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !73, size: 64)
!73 = distinct !DICompositeType(tag: DW_TAG_structure_type, name: "mm_struct", file: !8, line: 24, size: 128, elements: !74)
!74 = !{!75, !76}
!75 = !DIDerivedType(tag: DW_TAG_member, name: "arg_start", scope: !73, file: !8, line: 25, baseType: !10, size: 64)
!76 = !DIDerivedType(tag: DW_TAG_member, name: "arg_end", scope: !73, file: !8, line: 26, baseType: !10, size: 64, offset: 64)
!77 = !DIDerivedType(tag: DW_TAG_member, name: "comm", scope: !64, file: !8, line: 35, baseType: !78, size: 128, offset: 256)
!78 = !DICompositeType(tag: DW_TAG_array_type, baseType: !61, size: 128, elements: !79)
!79 = !{!80}
!80 = !DISubrange(count: 16)
!81 = !DIDerivedType(tag: DW_TAG_member, name: "exit_code", scope: !64, file: !8, line: 36, baseType: !59, size: 32, offset: 384)
!82 = distinct !DICompositeType(tag: DW_TAG_structure_type, name: "sk_buff", file: !8, line: 39, size: 192, elements: !83)
!83 = !{!84, !86, !87}
!84 = !DIDerivedType(tag: DW_TAG_member, name: "head", scope: !82, file: !8, line: 40, baseType: !85, size: 64)
!85 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !9, size: 64)
!86 = !DIDerivedType(tag: DW_TAG_member, name: "data", scope: !82, file: !8, line: 41, baseType: !85, size: 64, offset: 64)
!87 = !DIDerivedType(tag: DW_TAG_member, name: "network_header", scope: !82, file: !8, line: 42, baseType: !88, size: 16, offset: 128)
!88 = !DIDerivedType(tag: DW_TAG_typedef, name: "u16", file: !8, line: 3, baseType: !89)
!89 = !DIBasicType(name: "unsigned short", size: 16, encoding: DW_ATE_unsigned)
!90 = !{i32 7, !"Dwarf Version", i32 5}
!91 = !{i32 2, !"Debug Info Version", i32 3}
!92 = !{i32 1, !"wchar_size", i32 4}
!93 = !{i32 7, !"frame-pointer", i32 2}
!94 = !{i32 7, !"debug-info-assignment-tracking", i1 true}
!95 = !{!"Debian clang version 22.1.8 (1~deb12u1)"}
!96 = !{!97, !97, i64 0}
!97 = !{!"int", !98, i64 0}
!98 = !{!"omnipotent char", !99, i64 0}
!99 = !{!"Simple C/C++ TBAA"}
!100 = distinct !DISubprogram(name: "by_name", scope: !3, file: !3, line: 25, type: !101, scopeLine: 26, flags: DIFlagPrototyped | DIFlagAllCallsDescribed, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !2, retainedNodes: !127, keyInstructions: true)
!101 = !DISubroutineType(types: !102)
!102 = !{!59, !103}
!103 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !104, size: 64)
!104 = distinct !DICompositeType(tag: DW_TAG_structure_type, name: "pt_regs", file: !8, line: 20, size: 1344, elements: !105)
!105 = !{!106, !107, !108, !109, !110, !111, !112, !113, !114, !115, !116, !117, !118, !119, !120, !121, !122, !123, !124, !125, !126}
!106 = !DIDerivedType(tag: DW_TAG_member, name: "r15", scope: !104, file: !8, line: 21, baseType: !10, size: 64)
!107 = !DIDerivedType(tag: DW_TAG_member, name: "r14", scope: !104, file: !8, line: 21, baseType: !10, size: 64, offset: 64)
!108 = !DIDerivedType(tag: DW_TAG_member, name: "r13", scope: !104, file: !8, line: 21, baseType: !10, size: 64, offset: 128)
!109 = !DIDerivedType(tag: DW_TAG_member, name: "r12", scope: !104, file: !8, line: 21, baseType: !10, size: 64, offset: 192)
!110 = !DIDerivedType(tag: DW_TAG_member, name: "bp", scope: !104, file: !8, line: 21, baseType: !10, size: 64, offset: 256)
!111 = !DIDerivedType(tag: DW_TAG_member, name: "bx", scope: !104, file: !8, line: 21, baseType: !10, size: 64, offset: 320)
!112 = !DIDerivedType(tag: DW_TAG_member, name: "r11", scope: !104, file: !8, line: 21, baseType: !10, size: 64, offset: 384)
!113 = !DIDerivedType(tag: DW_TAG_member, name: "r10", scope: !104, file: !8, line: 21, baseType: !10, size: 64, offset: 448)
!114 = !DIDerivedType(tag: DW_TAG_member, name: "r9", scope: !104, file: !8, line: 21, baseType: !10, size: 64, offset: 512)
!115 = !DIDerivedType(tag: DW_TAG_member, name: "r8", scope: !104, file: !8, line: 21, baseType: !10, size: 64, offset: 576)
!116 = !DIDerivedType(tag: DW_TAG_member, name: "ax", scope: !104, file: !8, line: 21, baseType: !10, size: 64, offset: 640)
!117 = !DIDerivedType(tag: DW_TAG_member, name: "cx", scope: !104, file: !8, line: 21, baseType: !10, size: 64, offset: 704)
!118 = !DIDerivedType(tag: DW_TAG_member, name: "dx", scope: !104, file: !8, line: 21, baseType: !10, size: 64, offset: 768)
!119 = !DIDerivedType(tag: DW_TAG_member, name: "si", scope: !104, file: !8, line: 21, baseType: !10, size: 64, offset: 832)
!120 = !DIDerivedType(tag: DW_TAG_member, name: "di", scope: !104, file: !8, line: 21, baseType: !10, size: 64, offset: 896)
!121 = !DIDerivedType(tag: DW_TAG_member, name: "orig_ax", scope: !104, file: !8, line: 21, baseType: !10, size: 64, offset: 960)
!122 = !DIDerivedType(tag: DW_TAG_member, name: "ip", scope: !104, file: !8, line: 21, baseType: !10, size: 64, offset: 1024)
!123 = !DIDerivedType(tag: DW_TAG_member, name: "cs", scope: !104, file: !8, line: 21, baseType: !10, size: 64, offset: 1088)
!124 = !DIDerivedType(tag: DW_TAG_member, name: "flags", scope: !104, file: !8, line: 21, baseType: !10, size: 64, offset: 1152)
!125 = !DIDerivedType(tag: DW_TAG_member, name: "sp", scope: !104, file: !8, line: 21, baseType: !10, size: 64, offset: 1216)
!126 = !DIDerivedType(tag: DW_TAG_member, name: "ss", scope: !104, file: !8, line: 21, baseType: !10, size: 64, offset: 1280)
!127 = !{!128, !129, !130, !131}
!128 = !DILocalVariable(name: "ctx", arg: 1, scope: !100, file: !3, line: 25, type: !103)
!129 = !DILocalVariable(name: "task", scope: !100, file: !3, line: 27, type: !70)
!130 = !DILocalVariable(name: "parent", scope: !100, file: !3, line: 27, type: !70)
!131 = !DILocalVariable(name: "tgid", scope: !100, file: !3, line: 28, type: !31)
!132 = distinct !DIAssignID()
!133 = !DILocation(line: 0, scope: !100)
!134 = distinct !DIAssignID()
!135 = !DILocation(line: 27, column: 37, scope: !100, atomGroup: 1, atomRank: 3)
!136 = !DILocation(line: 27, column: 29, scope: !100, atomGroup: 1, atomRank: 2)
!137 = !DILocation(line: 27, column: 2, scope: !100)
!138 = !DILocation(line: 28, column: 2, scope: !100)
!139 = !DILocation(line: 30, column: 6, scope: !140)
!140 = distinct !DILexicalBlock(scope: !100, file: !3, line: 30, column: 6)
!141 = !DILocation(line: 30, column: 6, scope: !140, atomGroup: 2, atomRank: 2)
!142 = !DILocation(line: 30, column: 6, scope: !140, atomGroup: 2, atomRank: 1)
!143 = !DILocation(line: 32, column: 50, scope: !144)
!144 = distinct !DILexicalBlock(scope: !100, file: !3, line: 32, column: 6)
!145 = !{!146, !146, i64 0}
!146 = !{!"p1 _ZTS11task_struct", !147, i64 0}
!147 = !{!"any pointer", !98, i64 0}
!148 = !DILocation(line: 32, column: 6, scope: !144)
!149 = !DILocation(line: 32, column: 6, scope: !144, atomGroup: 4, atomRank: 2)
!150 = !DILocation(line: 32, column: 6, scope: !144, atomGroup: 4, atomRank: 1)
!151 = !DILocation(line: 34, column: 8, scope: !100, atomGroup: 6, atomRank: 3)
!152 = !DILocation(line: 34, column: 8, scope: !100, atomGroup: 6, atomRank: 2)
!153 = !DILocation(line: 34, column: 6, scope: !100, atomGroup: 6, atomRank: 1)
!154 = !{!155, !155, i64 0}
!155 = !{!"long long", !98, i64 0}
!156 = !DILocation(line: 35, column: 2, scope: !100, atomGroup: 7, atomRank: 1)
!157 = !DILocation(line: 36, column: 1, scope: !100)
!158 = !DILocation(line: 36, column: 1, scope: !100, atomGroup: 8, atomRank: 1)
!159 = distinct !DISubprogram(name: "own_memory", scope: !3, file: !3, line: 40, type: !160, scopeLine: 41, flags: DIFlagPrototyped | DIFlagAllCallsDescribed, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !2, retainedNodes: !162, keyInstructions: true)
!160 = !DISubroutineType(types: !161)
!161 = !{!59, !12}
!162 = !{!163, !164, !165, !172, !174, !175}
!163 = !DILocalVariable(name: "ctx", arg: 1, scope: !159, file: !3, line: 40, type: !12)
!164 = !DILocalVariable(name: "task", scope: !159, file: !3, line: 42, type: !70)
!165 = !DILocalVariable(name: "on_stack", scope: !159, file: !3, line: 43, type: !166)
!166 = distinct !DICompositeType(tag: DW_TAG_structure_type, name: "event", file: !3, line: 3, size: 512, elements: !167)
!167 = !{!168}
!168 = !DIDerivedType(tag: DW_TAG_member, name: "at", scope: !166, file: !3, line: 4, baseType: !169, size: 512)
!169 = !DICompositeType(tag: DW_TAG_array_type, baseType: !10, size: 512, elements: !170)
!170 = !{!171}
!171 = !DISubrange(count: 8)
!172 = !DILocalVariable(name: "event", scope: !159, file: !3, line: 44, type: !173)
!173 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !166, size: 64)
!174 = !DILocalVariable(name: "key", scope: !159, file: !3, line: 45, type: !31)
!175 = !DILocalVariable(name: "value", scope: !159, file: !3, line: 46, type: !12)
!176 = distinct !DIAssignID()
!177 = !DILocation(line: 0, scope: !159)
!178 = distinct !DIAssignID()
!179 = !DILocation(line: 42, column: 37, scope: !159)
!180 = !DILocation(line: 42, column: 37, scope: !159, atomGroup: 1, atomRank: 3)
!181 = !DILocation(line: 42, column: 29, scope: !159, atomGroup: 1, atomRank: 2)
!182 = !DILocation(line: 43, column: 2, scope: !159)
!183 = !DILocation(line: 43, column: 15, scope: !159, atomGroup: 2, atomRank: 1)
!184 = distinct !DIAssignID()
!185 = !DILocation(line: 45, column: 2, scope: !159)
!186 = !DILocation(line: 45, column: 6, scope: !159, atomGroup: 3, atomRank: 1)
!187 = distinct !DIAssignID()
!188 = !DILocation(line: 46, column: 15, scope: !159, atomGroup: 4, atomRank: 2)
!189 = !DILocation(line: 48, column: 6, scope: !190, atomGroup: 5, atomRank: 2)
!190 = distinct !DILexicalBlock(scope: !159, file: !3, line: 48, column: 6)
!191 = !DILocation(line: 48, column: 6, scope: !190, atomGroup: 5, atomRank: 1)
!192 = !DILocation(line: 49, column: 20, scope: !190, atomGroup: 6, atomRank: 3)
!193 = !{!194, !97, i64 8}
!194 = !{!"task_struct", !155, i64 0, !97, i64 8, !97, i64 12, !146, i64 16, !195, i64 24, !98, i64 32, !97, i64 48}
!195 = !{!"p1 _ZTS9mm_struct", !147, i64 0}
!196 = !DILocation(line: 49, column: 14, scope: !190, atomGroup: 6, atomRank: 2)
!197 = !DILocation(line: 49, column: 3, scope: !190)
!198 = !DILocation(line: 49, column: 12, scope: !190, atomGroup: 6, atomRank: 1)
!199 = !DILocation(line: 50, column: 10, scope: !159, atomGroup: 7, atomRank: 2)
!200 = !DILocation(line: 51, column: 7, scope: !201, atomGroup: 8, atomRank: 2)
!201 = distinct !DILexicalBlock(scope: !159, file: !3, line: 51, column: 6)
!202 = !DILocation(line: 51, column: 6, scope: !201, atomGroup: 8, atomRank: 1)
!203 = !DILocation(line: 53, column: 7, scope: !204)
!204 = distinct !DILexicalBlock(scope: !159, file: !3, line: 53, column: 6)
!205 = !DILocation(line: 53, column: 7, scope: !204, atomGroup: 10, atomRank: 2)
!206 = !DILocation(line: 53, column: 6, scope: !204, atomGroup: 10, atomRank: 1)
!207 = !DILocation(line: 54, column: 18, scope: !204)
!208 = !DILocation(line: 54, column: 18, scope: !204, atomGroup: 11, atomRank: 2)
!209 = !DILocation(line: 54, column: 3, scope: !204)
!210 = !DILocation(line: 54, column: 16, scope: !204, atomGroup: 11, atomRank: 1)
!211 = !DILocation(line: 55, column: 2, scope: !159)
!212 = !DILocation(line: 56, column: 2, scope: !159, atomGroup: 12, atomRank: 1)
!213 = !DILocation(line: 57, column: 1, scope: !159)
!214 = !DILocation(line: 57, column: 1, scope: !159, atomGroup: 13, atomRank: 1)
!215 = distinct !DISubprogram(name: "packet", scope: !3, file: !3, line: 61, type: !216, scopeLine: 62, flags: DIFlagPrototyped | DIFlagAllCallsDescribed, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !2, retainedNodes: !228, keyInstructions: true)
!216 = !DISubroutineType(types: !217)
!217 = !{!59, !218}
!218 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !219, size: 64)
!219 = distinct !DICompositeType(tag: DW_TAG_structure_type, name: "__sk_buff", file: !3, line: 13, size: 672, elements: !220)
!220 = !{!221, !222, !226, !227}
!221 = !DIDerivedType(tag: DW_TAG_member, name: "len", scope: !219, file: !3, line: 14, baseType: !31, size: 32)
!222 = !DIDerivedType(tag: DW_TAG_member, name: "rest", scope: !219, file: !3, line: 15, baseType: !223, size: 576, offset: 32)
!223 = !DICompositeType(tag: DW_TAG_array_type, baseType: !31, size: 576, elements: !224)
!224 = !{!225}
!225 = !DISubrange(count: 18)
!226 = !DIDerivedType(tag: DW_TAG_member, name: "data", scope: !219, file: !3, line: 16, baseType: !31, size: 32, offset: 608)
!227 = !DIDerivedType(tag: DW_TAG_member, name: "data_end", scope: !219, file: !3, line: 17, baseType: !31, size: 32, offset: 640)
!228 = !{!229, !230, !231, !232}
!229 = !DILocalVariable(name: "skb", arg: 1, scope: !215, file: !3, line: 61, type: !218)
!230 = !DILocalVariable(name: "data", scope: !215, file: !3, line: 63, type: !6)
!231 = !DILocalVariable(name: "end", scope: !215, file: !3, line: 63, type: !6)
!232 = !DILocalVariable(name: "eth", scope: !215, file: !3, line: 64, type: !233)
!233 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !234, size: 64)
!234 = distinct !DICompositeType(tag: DW_TAG_structure_type, name: "ethhdr", file: !3, line: 7, size: 112, elements: !235)
!235 = !{!236, !240, !241}
!236 = !DIDerivedType(tag: DW_TAG_member, name: "dest", scope: !234, file: !3, line: 8, baseType: !237, size: 48)
!237 = !DICompositeType(tag: DW_TAG_array_type, baseType: !7, size: 48, elements: !238)
!238 = !{!239}
!239 = !DISubrange(count: 6)
!240 = !DIDerivedType(tag: DW_TAG_member, name: "source", scope: !234, file: !3, line: 9, baseType: !237, size: 48, offset: 48)
!241 = !DIDerivedType(tag: DW_TAG_member, name: "proto", scope: !234, file: !3, line: 10, baseType: !88, size: 16, offset: 96)
!242 = !DILocation(line: 0, scope: !215)
!243 = !DILocation(line: 63, column: 29, scope: !215)
!244 = !DILocation(line: 63, column: 29, scope: !215, atomGroup: 1, atomRank: 4)
!245 = !{!246, !97, i64 76}
!246 = !{!"__sk_buff", !97, i64 0, !98, i64 4, !97, i64 76, !97, i64 80}
!247 = !DILocation(line: 63, column: 19, scope: !215, atomGroup: 1, atomRank: 3)
!248 = !DILocation(line: 63, column: 13, scope: !215, atomGroup: 1, atomRank: 2)
!249 = !DILocation(line: 63, column: 58, scope: !215)
!250 = !DILocation(line: 63, column: 58, scope: !215, atomGroup: 2, atomRank: 4)
!251 = !{!246, !97, i64 80}
!252 = !DILocation(line: 63, column: 48, scope: !215, atomGroup: 2, atomRank: 3)
!253 = !DILocation(line: 63, column: 42, scope: !215, atomGroup: 2, atomRank: 2)
!254 = !DILocation(line: 66, column: 11, scope: !255)
!255 = distinct !DILexicalBlock(scope: !215, file: !3, line: 66, column: 6)
!256 = !DILocation(line: 66, column: 16, scope: !255, atomGroup: 4, atomRank: 2)
!257 = !DILocation(line: 66, column: 16, scope: !255, atomGroup: 4, atomRank: 1)
!258 = !DILocation(line: 68, column: 13, scope: !215)
!259 = !{!260, !261, i64 12}
!260 = !{!"ethhdr", !98, i64 0, !98, i64 6, !261, i64 12}
!261 = !{!"short", !98, i64 0}
!262 = !DILocation(line: 68, column: 8, scope: !215)
!263 = !DILocation(line: 68, column: 21, scope: !215)
!264 = !{!98, !98, i64 0}
!265 = !DILocation(line: 68, column: 19, scope: !215, atomGroup: 6, atomRank: 3)
!266 = !DILocation(line: 68, column: 6, scope: !215, atomGroup: 6, atomRank: 1)
!267 = !DILocation(line: 69, column: 2, scope: !215, atomGroup: 7, atomRank: 1)
!268 = !DILocation(line: 70, column: 1, scope: !215, atomGroup: 8, atomRank: 1)
!269 = distinct !DISubprogram(name: "packet_in_kernel_memory", scope: !3, file: !3, line: 74, type: !160, scopeLine: 75, flags: DIFlagPrototyped | DIFlagAllCallsDescribed, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !2, retainedNodes: !270, keyInstructions: true)
!270 = !{!271, !272, !274, !275}
!271 = !DILocalVariable(name: "ctx", arg: 1, scope: !269, file: !3, line: 74, type: !12)
!272 = !DILocalVariable(name: "skb", scope: !269, file: !3, line: 76, type: !273)
!273 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !82, size: 64)
!274 = !DILocalVariable(name: "saddr", scope: !269, file: !3, line: 77, type: !31)
!275 = !DILocalVariable(name: "proto", scope: !269, file: !3, line: 78, type: !88)
!276 = distinct !DIAssignID()
!277 = !DILocation(line: 0, scope: !269)
!278 = distinct !DIAssignID()
!279 = !DILocation(line: 76, column: 32, scope: !269, atomGroup: 1, atomRank: 3)
!280 = !DILocation(line: 76, column: 24, scope: !269, atomGroup: 1, atomRank: 2)
!281 = !DILocation(line: 77, column: 2, scope: !269)
!282 = !DILocation(line: 78, column: 2, scope: !269)
!283 = !DILocation(line: 80, column: 56, scope: !284)
!284 = distinct !DILexicalBlock(scope: !269, file: !3, line: 80, column: 6)
!285 = !{!286, !287, i64 0}
!286 = !{!"sk_buff", !287, i64 0, !287, i64 8, !261, i64 16}
!287 = !{!"p1 omnipotent char", !147, i64 0}
!288 = !DILocation(line: 80, column: 68, scope: !284)
!289 = !{!286, !261, i64 16}
!290 = !DILocation(line: 80, column: 61, scope: !284)
!291 = !DILocation(line: 80, column: 83, scope: !284)
!292 = !DILocation(line: 80, column: 6, scope: !284)
!293 = !DILocation(line: 80, column: 6, scope: !284, atomGroup: 2, atomRank: 2)
!294 = !DILocation(line: 80, column: 6, scope: !284, atomGroup: 2, atomRank: 1)
!295 = !DILocation(line: 82, column: 56, scope: !296)
!296 = distinct !DILexicalBlock(scope: !269, file: !3, line: 82, column: 6)
!297 = !{!286, !287, i64 8}
!298 = !DILocation(line: 82, column: 61, scope: !296)
!299 = !DILocation(line: 82, column: 6, scope: !296)
!300 = !DILocation(line: 82, column: 6, scope: !296, atomGroup: 4, atomRank: 2)
!301 = !DILocation(line: 82, column: 6, scope: !296, atomGroup: 4, atomRank: 1)
!302 = !DILocation(line: 84, column: 8, scope: !269)
!303 = !DILocation(line: 84, column: 16, scope: !269)
!304 = !{!261, !261, i64 0}
!305 = !DILocation(line: 84, column: 14, scope: !269, atomGroup: 6, atomRank: 3)
!306 = !DILocation(line: 84, column: 8, scope: !269, atomGroup: 6, atomRank: 2)
!307 = !DILocation(line: 84, column: 6, scope: !269, atomGroup: 6, atomRank: 1)
!308 = !DILocation(line: 85, column: 2, scope: !269, atomGroup: 7, atomRank: 1)
!309 = !DILocation(line: 86, column: 1, scope: !269)
!310 = !DILocation(line: 86, column: 1, scope: !269, atomGroup: 8, atomRank: 1)
!311 = distinct !DISubprogram(name: "registers", scope: !3, file: !3, line: 90, type: !101, scopeLine: 91, flags: DIFlagPrototyped | DIFlagAllCallsDescribed, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !2, retainedNodes: !312, keyInstructions: true)
!312 = !{!313, !314, !315, !316}
!313 = !DILocalVariable(name: "ctx", arg: 1, scope: !311, file: !3, line: 90, type: !103)
!314 = !DILocalVariable(name: "regs", scope: !311, file: !3, line: 92, type: !103)
!315 = !DILocalVariable(name: "argv", scope: !311, file: !3, line: 93, type: !10)
!316 = !DILocalVariable(name: "first", scope: !311, file: !3, line: 93, type: !10)
!317 = distinct !DIAssignID()
!318 = !DILocation(line: 0, scope: !311)
!319 = distinct !DIAssignID()
!320 = !DILocation(line: 92, column: 38, scope: !311)
!321 = !DILocation(line: 92, column: 38, scope: !311, atomGroup: 1, atomRank: 3)
!322 = !{!323, !155, i64 112}
!323 = !{!"pt_regs", !155, i64 0, !155, i64 8, !155, i64 16, !155, i64 24, !155, i64 32, !155, i64 40, !155, i64 48, !155, i64 56, !155, i64 64, !155, i64 72, !155, i64 80, !155, i64 88, !155, i64 96, !155, i64 104, !155, i64 112, !155, i64 120, !155, i64 128, !155, i64 136, !155, i64 144, !155, i64 152, !155, i64 160}
!324 = !DILocation(line: 92, column: 25, scope: !311, atomGroup: 1, atomRank: 2)
!325 = !DILocation(line: 93, column: 2, scope: !311)
!326 = !DILocation(line: 95, column: 56, scope: !327)
!327 = distinct !DILexicalBlock(scope: !311, file: !3, line: 95, column: 6)
!328 = !DILocation(line: 95, column: 6, scope: !327)
!329 = !DILocation(line: 95, column: 6, scope: !327, atomGroup: 2, atomRank: 2)
!330 = !DILocation(line: 95, column: 6, scope: !327, atomGroup: 2, atomRank: 1)
!331 = !DILocation(line: 97, column: 56, scope: !332)
!332 = distinct !DILexicalBlock(scope: !311, file: !3, line: 97, column: 6)
!333 = !DILocation(line: 97, column: 49, scope: !332)
!334 = !DILocation(line: 97, column: 61, scope: !332)
!335 = !DILocation(line: 97, column: 6, scope: !332)
!336 = !DILocation(line: 97, column: 6, scope: !332, atomGroup: 4, atomRank: 2)
!337 = !DILocation(line: 97, column: 6, scope: !332, atomGroup: 4, atomRank: 1)
!338 = !DILocation(line: 99, column: 8, scope: !311, atomGroup: 6, atomRank: 2)
!339 = !DILocation(line: 99, column: 6, scope: !311, atomGroup: 6, atomRank: 1)
!340 = !DILocation(line: 100, column: 2, scope: !311, atomGroup: 7, atomRank: 1)
!341 = !DILocation(line: 101, column: 1, scope: !311)
!342 = !DILocation(line: 101, column: 1, scope: !311, atomGroup: 8, atomRank: 1)
!343 = distinct !DISubprogram(name: "by_loader", scope: !3, file: !3, line: 105, type: !101, scopeLine: 106, flags: DIFlagPrototyped | DIFlagAllCallsDescribed, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !2, retainedNodes: !344, keyInstructions: true)
!344 = !{!345, !346, !347}
!345 = !DILocalVariable(name: "ctx", arg: 1, scope: !343, file: !3, line: 105, type: !103)
!346 = !DILocalVariable(name: "task", scope: !343, file: !3, line: 107, type: !10)
!347 = !DILocalVariable(name: "pid", scope: !343, file: !3, line: 108, type: !31)
!348 = distinct !DIAssignID()
!349 = !DILocation(line: 0, scope: !343)
!350 = !DILocation(line: 107, column: 13, scope: !343, atomGroup: 1, atomRank: 2)
!351 = !DILocation(line: 108, column: 2, scope: !343)
!352 = !DILocation(line: 110, column: 63, scope: !353)
!353 = distinct !DILexicalBlock(scope: !343, file: !3, line: 110, column: 6)
!354 = !DILocation(line: 110, column: 61, scope: !353)
!355 = !DILocation(line: 110, column: 47, scope: !353)
!356 = !DILocation(line: 110, column: 6, scope: !353)
!357 = !DILocation(line: 110, column: 6, scope: !353, atomGroup: 2, atomRank: 2)
!358 = !DILocation(line: 110, column: 6, scope: !353, atomGroup: 2, atomRank: 1)
!359 = !DILocation(line: 112, column: 8, scope: !343, atomGroup: 4, atomRank: 3)
!360 = !DILocation(line: 112, column: 8, scope: !343, atomGroup: 4, atomRank: 2)
!361 = !DILocation(line: 112, column: 6, scope: !343, atomGroup: 4, atomRank: 1)
!362 = !DILocation(line: 113, column: 2, scope: !343, atomGroup: 5, atomRank: 1)
!363 = !DILocation(line: 114, column: 1, scope: !343)
!364 = !DILocation(line: 114, column: 1, scope: !343, atomGroup: 6, atomRank: 1)
