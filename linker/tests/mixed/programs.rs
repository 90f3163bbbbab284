//! Programs in C, each with one shape of access. Their types have names that the Rust module
//! uses, too, with the same members, others, and the same members in another order.

/// What stands before each program.
pub(crate) const PRELUDE: &str = r#"
#define SEC(x) __attribute__((section(x), used))
#define PAI __attribute__((preserve_access_index))
#define PROGRAM SEC("raw_tp/c") int prog(unsigned long long *ctx)
#define noinline __attribute__((noinline))
#define always_inline inline __attribute__((always_inline))
#define access(e) __builtin_preserve_access_index(e)
#define info(field, kind) __builtin_preserve_field_info(field, kind)
#define type_info(type, kind) __builtin_preserve_type_info(*(type *)0, kind)
#define type_id(type, kind) __builtin_btf_type_id(*(type *)0, kind)
#define enum_value(type, name, kind) __builtin_preserve_enum_value(*(type *)name, kind)
enum { OFFSET, SIZE, EXISTS, SIGNED, LSHIFT, RSHIFT };
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long s64;
volatile u64 out;
static long (*const probe_read)(void *to, u32 size, const void *from) = (void *)113;
#define read_into(to, from) probe_read(to, sizeof(*(to)), from)
#define arg(type) ((type *)ctx[1])
"#;

/// Names and sources.
pub(crate) const PROGRAMS: &[(&str, &str)] = &[
    ("field", "struct task_struct { int tgid; } PAI;
        PROGRAM { out = arg(struct task_struct)->tgid; return 0; }"),
    ("field_of_another_order", "struct task_struct { int tgid, pid; } PAI;
        PROGRAM { out = arg(struct task_struct)->tgid; out = arg(struct task_struct)->pid; return 0; }"),
    ("field_of_another_type", "struct task_struct { u64 pad; s64 pid; } PAI;
        PROGRAM { out = arg(struct task_struct)->pid; return 0; }"),
    ("store", "struct task_struct { int pid, tgid; } PAI;
        PROGRAM { arg(struct task_struct)->tgid = 7; return 0; }"),
    ("address", "struct task_struct { int pid; u8 comm[16]; } PAI;
        PROGRAM { u8 comm[16]; read_into(&comm, &arg(struct task_struct)->comm); out = comm[2]; return 0; }"),
    ("nested", "struct load_weight { u64 weight; u32 inv; } PAI;
        struct sched_entity { struct load_weight load; u64 vruntime; } PAI;
        struct task_struct { int pid; struct sched_entity se; } PAI;
        PROGRAM { out = arg(struct task_struct)->se.load.inv; out = arg(struct task_struct)->se.vruntime; return 0; }"),
    ("nested_and_itself", "struct sched_entity { u64 vruntime; } PAI;
        struct task_struct { struct sched_entity se; int pid; } PAI;
        PROGRAM { struct sched_entity *se = &arg(struct task_struct)->se; out = (u64)se; out = se->vruntime; return 0; }"),
    ("chain", "struct mm_struct { u64 arg_start; } PAI;
        struct task_struct { struct task_struct *real_parent; struct mm_struct *mm; int tgid; } PAI;
        PROGRAM { struct task_struct *t = arg(struct task_struct), *p; struct mm_struct *mm; u64 start;
          read_into(&p, &t->real_parent); read_into(&mm, &p->mm); read_into(&start, &mm->arg_start); out = start; return 0; }"),
    ("chain_of_one_type", "struct task_struct { struct task_struct *real_parent; int tgid; } PAI;
        PROGRAM { struct task_struct *p = arg(struct task_struct); int tgid;
          read_into(&p, &p->real_parent); read_into(&p, &p->real_parent); read_into(&tgid, &p->tgid); out = tgid; return 0; }"),
    ("unnamed_union", "struct file { union { u64 f_llist; struct { u32 f_count; u32 f_flags; }; }; int f_mode; } PAI;
        PROGRAM { out = arg(struct file)->f_flags; out = arg(struct file)->f_llist; return 0; }"),
    ("unnamed_in_unnamed", "struct page { u64 flags; union { struct { union { u64 lru; u64 pcp; }; u64 mapping; }; u32 slab; }; } PAI;
        PROGRAM { out = arg(struct page)->pcp; out = arg(struct page)->mapping; return 0; }"),
    ("union", "union value { u8 narrow; u64 wide; } PAI;
        PROGRAM { out = arg(union value)->wide; out = info(arg(union value)->narrow, EXISTS); return 0; }"),
    ("union_in_struct", "union value { u32 narrow; u64 wide; } PAI; struct holder { int kind; union value value; } PAI;
        PROGRAM { out = arg(struct holder)->value.narrow; return 0; }"),
    ("bitfield", "struct task_struct { int pid; unsigned sched : 1, in_execve : 1; int wide : 12; } PAI;
        PROGRAM { struct task_struct *t = arg(struct task_struct); u64 v = 0;
          probe_read(&v, info(t->in_execve, SIZE), (void *)t + info(t->in_execve, OFFSET));
          v <<= info(t->in_execve, LSHIFT); v >>= info(t->in_execve, RSHIFT); out = v;
          out = info(t->wide, SIGNED); return 0; }"),
    ("array", "struct task_struct { int pid; u8 comm[16]; } PAI;
        PROGRAM { out = arg(struct task_struct)->comm[3]; return 0; }"),
    ("array_of_arrays", "struct grid { u32 pad; u16 cell[4][8]; } PAI;
        PROGRAM { out = arg(struct grid)->cell[2][5]; out = arg(struct grid)->cell[3][7]; return 0; }"),
    ("array_of_structs", "struct entry { u32 key; u32 value; } PAI; struct list { u64 count; struct entry entry[3]; } PAI;
        PROGRAM { out = arg(struct list)->entry[2].value; return 0; }"),
    ("flexible_array", "struct entry { u32 key; u32 value; } PAI; struct list { u64 count; struct entry entry[]; } PAI;
        PROGRAM { out = arg(struct list)->entry[4].key; return 0; }"),
    ("index_of_a_pointer", "struct entry { u32 key; u64 value; } PAI;
        PROGRAM { struct entry *e = arg(struct entry); out = e[2].value; return 0; }"),
    ("pointer_to_array", "struct entry { u32 key; u64 value; } PAI;
        PROGRAM { struct entry (*e)[4] = (void *)ctx[1]; out = (*e)[1].value; return 0; }"),
    ("field_info", "struct task_struct { int tgid; u8 comm[16]; s64 state; } PAI;
        PROGRAM { struct task_struct *t = arg(struct task_struct);
          out = info(t->tgid, EXISTS); out = info(t->tgid, OFFSET); out = info(t->comm, SIZE);
          out = info(t->state, SIGNED); out = info(t->tgid, LSHIFT); out = info(t->tgid, RSHIFT); return 0; }"),
    ("guard", "struct task_struct { int pid; s64 state; u32 __state; } PAI;
        PROGRAM { struct task_struct *t = arg(struct task_struct);
          if (info(t->__state, EXISTS)) out = t->__state; else out = t->state; return 0; }"),
    ("flavour", "struct task_struct___old { s64 state; } PAI; struct task_struct { u32 __state; } PAI;
        PROGRAM { void *t = (void *)ctx[1];
          out = ((struct task_struct *)t)->__state; out = ((struct task_struct___old *)t)->state; return 0; }"),
    ("flavour_of_the_linker", "struct task_struct___2 { int tgid; u64 pid; } PAI;
        PROGRAM { out = arg(struct task_struct___2)->pid; out = info(arg(struct task_struct___2)->tgid, EXISTS); return 0; }"),
    ("typedef_of_unnamed", "typedef struct { u32 pad; int counter; } PAI atomic_t;
        PROGRAM { atomic_t *a = arg(atomic_t); out = access(a->counter); return 0; }"),
    ("typedef_of_unnamed_inside", "typedef struct { int counter; } atomic_t; struct page { u64 flags; atomic_t refs; } PAI;
        PROGRAM { out = arg(struct page)->refs.counter; return 0; }"),
    ("typedef_of_struct", "struct task_struct { int pid, tgid; } PAI; typedef const struct task_struct task_t; typedef task_t other_t;
        PROGRAM { out = arg(other_t)->tgid; return 0; }"),
    ("qualified", "struct task_struct { const volatile int tgid; int *const restricted; } PAI;
        PROGRAM { const struct task_struct *const t = arg(struct task_struct); out = t->tgid; out = (u64)t->restricted; return 0; }"),
    ("no_attribute", "struct task_struct { int pid; struct { int tgid; } ids; };
        PROGRAM { struct task_struct *t = arg(struct task_struct); out = access(t->ids.tgid); out = (u64)access(&t->pid); return 0; }"),
    ("attribute_and_builtin", "struct inner { u32 a, b; }; struct task_struct { int pid; struct inner in; } PAI;
        PROGRAM { struct task_struct *t = arg(struct task_struct); out = t->in.b; out = *access(&t->in.a); return 0; }"),
    ("expression", "struct mm_struct { u64 arg_start, arg_end; }; struct task_struct { struct mm_struct *mm; };
        PROGRAM { struct task_struct *t = arg(struct task_struct); struct mm_struct *mm;
          read_into(&mm, access(&t->mm)); out = access(({ mm->arg_end - mm->arg_start; })); return 0; }"),
    ("enumerators", "enum pid_type { PIDTYPE_PID, PIDTYPE_TGID, PIDTYPE_MAX };
        PROGRAM { out = enum_value(enum pid_type, PIDTYPE_TGID, 1); out = enum_value(enum pid_type, PIDTYPE_MAX, 0); return 0; }"),
    ("other_enumerators", "enum pid_type { PIDTYPE_NONE = 4, PIDTYPE_PID = 9 };
        PROGRAM { out = enum_value(enum pid_type, PIDTYPE_PID, 0); out = enum_value(enum pid_type, PIDTYPE_PID, 1); return 0; }"),
    ("wide_enumerators", "enum wide { LOW = -1LL, HIGH = 1LL << 40 };
        PROGRAM { out = enum_value(enum wide, LOW, 1); out = enum_value(enum wide, HIGH, 1); return 0; }"),
    ("enumerators_of_a_typedef", "typedef enum { STATE_A = 3, STATE_B } state_t;
        PROGRAM { out = enum_value(state_t, STATE_B, 1); out = enum_value(state_t, STATE_A, 0); return 0; }"),
    ("types", "struct list_head { struct list_head *next, *prev; }; union value { u64 wide; }; typedef int pid_t; enum pid_type { A };
        PROGRAM { out = type_info(struct list_head, 1); out = type_info(union value, 0); out = type_info(pid_t, 0);
          out = type_info(enum pid_type, 1); return 0; }"),
    ("type_of_another_size", "struct list_head { void *next, *prev, *more; };
        PROGRAM { out = type_info(struct list_head, 0); out = type_info(struct list_head, 1); return 0; }"),
    ("type_matches", "struct list_head { struct list_head *next; };
        PROGRAM { out = type_info(struct list_head, 2); return 0; }"),
    ("type_ids", "struct task_struct { int pid; }; struct sched_entity { u64 vruntime; }; typedef struct sched_entity se_t;
        PROGRAM { out = type_id(struct task_struct, 0); out = type_id(struct sched_entity, 1); out = type_id(se_t, 1); return 0; }"),
    ("type_id_of_a_pointer", "struct task_struct { int pid; };
        PROGRAM { out = type_id(struct task_struct *, 0); out = type_id(struct task_struct *, 0) + 1; return 0; }"),
    ("helper", "struct task_struct { int tgid; } PAI;
        static noinline int helper(struct task_struct *t, int n) { int v = t->tgid; return v > n ? v * 7 : n; }
        PROGRAM { out = helper(arg(struct task_struct), 1); out = helper((void *)ctx[2], ctx[3]); return 0; }"),
    ("global_helper", "struct task_struct { int tgid, pid; } PAI;
        noinline int helper(struct task_struct *t) { return t ? t->tgid : 0; }
        PROGRAM { out = helper(arg(struct task_struct)); out = arg(struct task_struct)->pid; return 0; }"),
    ("inline_helper", "struct task_struct { int pid, tgid; } PAI;
        static always_inline int of(struct task_struct *t) { return t->tgid; }
        static inline int other(struct task_struct *t) { return t->pid + of(t); }
        PROGRAM { out = of(arg(struct task_struct)); out = other((void *)ctx[2]); return 0; }"),
    ("two_programs", "struct task_struct { int pid, tgid; } PAI;
        SEC(\"raw_tp/c2\") int second(unsigned long long *ctx) { out = arg(struct task_struct)->pid; return 0; }
        PROGRAM { out = arg(struct task_struct)->tgid; return 0; }"),
    ("tail", "struct task_struct { int pid, tgid; } PAI;
        static noinline int helper(struct task_struct *t) { out = t->pid; return t->tgid; }
        SEC(\"raw_tp/c2\") int second(unsigned long long *ctx) { return helper(arg(struct task_struct)); }
        PROGRAM { return helper(arg(struct task_struct)); }"),
    ("map", "struct value { u64 pid; }; struct { int (*type)[2]; u32 *key; struct value *value; int (*max_entries)[1]; } counts SEC(\".maps\");
        static void *(*const lookup)(void *map, const void *key) = (void *)1;
        struct task_struct { int tgid; } PAI;
        PROGRAM { u32 key = 0; struct value *v = lookup(&counts, &key); if (v) v->pid = arg(struct task_struct)->tgid; return 0; }"),
    ("globals", "struct task_struct { int tgid; } PAI; const volatile int wanted = 1; static volatile u64 seen[4]; struct { int a, b; } data = { 1, 2 };
        PROGRAM { int tgid = arg(struct task_struct)->tgid; if (tgid == wanted) seen[tgid & 3]++; data.b = tgid; return 0; }"),
    ("loop", "struct task_struct { struct task_struct *real_parent; int tgid; } PAI;
        PROGRAM { struct task_struct *p = arg(struct task_struct); int tgid;
          for (int i = 0; i < 8; i++) { if (read_into(&p, &p->real_parent)) break; read_into(&tgid, &p->tgid); out = tgid; } return 0; }"),
    ("unrolled", "struct task_struct { u32 cpu[8]; } PAI;
        PROGRAM { struct task_struct *t = arg(struct task_struct);
          out = t->cpu[0]; out = t->cpu[1]; out = t->cpu[7]; return 0; }"),
    ("branches", "struct file { int f_mode; u32 f_flags; u64 f_pos; } PAI;
        PROGRAM { struct file *f = arg(struct file); switch (ctx[2]) { case 0: out = f->f_mode; break; case 1: out = f->f_flags; break; default: out = f->f_pos; } return 0; }"),
    ("twice", "struct task_struct { int pid, tgid; } PAI;
        PROGRAM { out = arg(struct task_struct)->tgid; out = ((struct task_struct *)ctx[2])->tgid; out = arg(struct task_struct)->pid; return 0; }"),
    ("zero_length", "struct sk_buff { u32 len; u8 headers_start[0]; u16 protocol; } PAI;
        PROGRAM { out = info(arg(struct sk_buff)->headers_start, OFFSET); out = arg(struct sk_buff)->protocol; return 0; }"),
    ("no_access", "PROGRAM { out = ctx[0]; return 0; }"),
];
