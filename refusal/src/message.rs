//! Messages that say all by themselves: what each means, and what to write instead. In the order of
//! their weight: a line that fits several has the meaning of the first.
//!
//! Source: `kernel/bpf/verifier.c` of Linux 5.10 to 6.18, `libbpf.c` 1.7, aya 0.14, cilium/ebpf 0.22.

/// What a message of a verifier or loader means.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// A short name: `unbounded`.
    pub name: &'static str,
    /// What is wrong, in plain words.
    pub what: &'static str,
    /// What to do.
    pub cure: &'static str,
    /// Texts that a line has to contain, one of these. A `*` stands for any text.
    patterns: &'static [&'static str],
    /// It only tells that there is a cause.
    pub(crate) is_vague: bool,
}

/// The message of a line.
pub(crate) fn of(text: &str) -> Option<&'static Message> {
    let fits = |message: &&Message| message.patterns.iter().any(|pattern| fits(text, pattern));
    CLEAR.iter().chain(VAGUE).find(fits)
}

/// Whether a line is what verifiers and loaders say while all is well.
pub(crate) fn is_talk(text: &str) -> bool {
    if text.starts_with('[') || BTF_HEADER.iter().any(|start| text.starts_with(start)) {
        return true;
    }
    let state = text.starts_with(|c: char| c == 'R' || c.is_ascii_digit());
    let is_state =
        state && (text.contains("R10=fp") || text.contains("=ctx") || text.contains("=scalar"));
    is_state || TALK.iter().any(|pattern| fits(text, pattern))
}

fn fits(text: &str, pattern: &str) -> bool {
    let mut rest = text;
    for part in pattern.split('*') {
        match rest.split_once(part) {
            Some((_, behind)) => rest = behind,
            None => return false,
        }
    }
    true
}

const fn clear(
    name: &'static str,
    patterns: &'static [&'static str],
    what: &'static str,
    cure: &'static str,
) -> Message {
    Message {
        name,
        what,
        cure,
        patterns,
        is_vague: false,
    }
}

const fn vague(
    name: &'static str,
    patterns: &'static [&'static str],
    what: &'static str,
    cure: &'static str,
) -> Message {
    Message {
        is_vague: true,
        ..clear(name, patterns, what, cure)
    }
}

const BTF_WHAT: &str = "the kernel or the loader does not take the object's BTF";
const BTF_CURE: &str = "build with a linker that writes BTF for kernels (`bpf-core-linker`); aya takes no `.ksyms` and `.kconfig`: leave `__ksym` and `__kconfig` out, or load with libbpf";

static CLEAR: &[Message] = &[
    clear(
        "gpl-only",
        &[
            "cannot call GPL-restricted function",
            "cannot call GPL only function",
        ],
        "the helper is for programs under a licence that is compatible with GPL",
        "declare such a licence: `char LICENSE[] SEC(\"license\") = \"GPL\";`, or `\"Dual MIT/GPL\"`",
    ),
    clear(
        "helper-not-allowed",
        &[
            "program of this type cannot use helper",
            "unknown func bpf_",
            "helper call is not allowed",
        ],
        "programs of this type may not call this helper on this kernel",
        "call a helper that the program type has, or use another program type; `bpftool feature probe` lists what each has",
    ),
    clear(
        "maybe-null",
        &[
            "invalid mem access '*_or_null'",
            "Possibly NULL pointer",
            "possibly NULL",
        ],
        "the pointer may be null: it is used before it was compared with null",
        "compare the result of the lookup with null, and use it only where it is not",
    ),
    clear(
        "not-a-pointer",
        &[
            "invalid mem access 'scalar'",
            "invalid mem access 'inv'",
            "invalid mem access 'fp'",
        ],
        "the verifier does not know this number as a pointer, so the program may not load through it",
        "read it with a helper (`core_read!` in Rust, `BPF_CORE_READ` in C), or take the pointer from an argument that has a type (`tp_btf`, `fentry`)",
    ),
    clear(
        "outside-of-map-value",
        &[
            "invalid access to map value",
            "invalid access to memory",
            "*outside of the allowed memory range",
            "invalid access to map key",
        ],
        "the access may go beyond the value of the map",
        "compare the index or length with the size of the value right before the access",
    ),
    clear(
        "unbounded",
        &[
            "unbounded memory access",
            "with unbounded min value",
            "min value is negative",
            "value is outside of the allowed",
            "makes pkt pointer be out of bounds",
            "invalid variable-offset",
            "variable stack access",
            "invalid zero-sized read",
        ],
        "the number may be too large or negative: the verifier knows no bound for it",
        "compare it with a constant bound as an unsigned number, or mask it (`index & 63`), right before the use",
    ),
    clear(
        "outside-of-packet",
        &[
            "invalid access to packet",
            "offset is outside of the packet",
        ],
        "the access may go beyond the end of the packet",
        "compare `data + offset + size` with `data_end` before the access",
    ),
    clear(
        "context-access",
        &["invalid bpf_context access"],
        "the context of this program type has no field that can be read or written so",
        "read a field of the context by its own size; on another kernel the argument may be another one",
    ),
    clear(
        "stack",
        &[
            "invalid indirect read from stack",
            "invalid read from stack",
            "invalid write to stack",
            "invalid stack type",
            "invalid unbounded variable-offset",
        ],
        "the stack is read where nothing was written, or beyond its 512 bytes",
        "give the variable a value before its address is passed on, padding of a struct included",
    ),
    clear(
        "stack-too-large",
        &[
            "combined stack size",
            "stack size * too large",
            "Looks like the BPF stack limit",
        ],
        "the program and the functions that it calls need more than 512 bytes of stack",
        "keep large values in a map of type per-CPU array, and large strings out of functions that call others",
    ),
    clear(
        "unread-register",
        &[" !read_ok"],
        "a register is used that has no value on this way through the program",
        "return a value on every way, and pass every argument that the function takes",
    ),
    clear(
        "unreachable-instruction",
        &["unreachable insn"],
        "no way through the program leads to this instruction, and the kernel refuses dead code",
        "leave the code out, and let the compiler optimise (`-O2`, `opt-level = 3`); check inline assembly",
    ),
    clear(
        "endless-loop",
        &[
            "infinite loop detected",
            "back-edge from insn",
            "loop detected",
        ],
        "the verifier finds no end of this loop",
        "count with a constant bound, or use `bpf_loop` or `bpf_for` (Linux 5.17 and 6.4); before 5.3 unroll the loop",
    ),
    clear(
        "too-many-instructions",
        &[
            "BPF program is too large",
            "too many instructions",
            "The sequence of * jumps is too complex",
            "program too large",
        ],
        "the verifier gave up after a million instructions, which it counts anew on each way through the program",
        "bound loops lower, call `bpf_loop`, or move parts into global functions, which are checked once",
    ),
    clear(
        "jump-out-of-range",
        &[
            "jump out of range",
            "last insn is not an exit or jmp",
            "jump to reserved code",
            "jump into the middle",
        ],
        "the code goes on behind its end, or jumps out of the function",
        "end every way of the function with a return; check inline assembly and calls of functions that never return",
    ),
    clear(
        "return-value",
        &[
            "At program exit the register R0",
            "R0 * should have been in",
            "leaks addr as return value",
        ],
        "programs of this type may not return this value",
        "return a value that the attach type allows: 0 or 1 for most",
    ),
    clear(
        "leaked-reference",
        &[
            "Unreleased reference",
            "would lead to reference leak",
            "BPF_EXIT instruction cannot be used inside",
        ],
        "something that was taken is not given back on every way",
        "submit or discard each reservation, release each object, before every return",
    ),
    clear(
        "wrong-argument",
        &[
            "type=* expected=",
            "arg#* expected pointer",
            "must point to",
            "arg#* pointer type",
        ],
        "an argument has another type than the function takes",
        "pass what the helper or kfunc takes: a pointer to the stack, to a map value, or a trusted pointer",
    ),
    clear(
        "new-instruction",
        &[
            "uses reserved fields",
            "unknown opcode",
            "invalid BPF_ATOMIC",
            "BPF_ATOMIC uses invalid",
            "BPF_CALL uses reserved",
            "unknown insn class",
        ],
        "this kernel does not know the instruction",
        "compile for an older instruction set: `-mcpu=v2`, or v1 for kernels before 4.14; fetching atomics need 5.12",
    ),
    clear(
        "function-info",
        &[
            "number of funcs in func_info",
            "func_info BTF section doesn't match",
            "missing btf func_info",
            "same insn_off",
        ],
        "the kernel counts other functions in the program than its BTF describes",
        "on Linux before 5.13, do without callbacks (`bpf_loop`, `bpf_for_each_map_elem`); or else build with debug info for all functions, with a linker that writes it",
    ),
    clear(
        "invalid-btf",
        &[
            "the BPF_BTF_LOAD syscall",
            "load BTF: ",
            "BTF error: ",
            "Unable to determine the size of section",
        ],
        BTF_WHAT,
        BTF_CURE,
    ),
    clear(
        "array-without-length",
        &["array index out of bounds"],
        "aya takes an element of an array without a length only from a struct with no other field",
        "declare a flavour of the struct with the array alone, or the array with a length; `cargo corelint --loader aya OBJECT` names the field",
    ),
    clear(
        "no-kernel-btf",
        &[
            "kernel BTF is missing",
            "failed to find valid kernel BTF",
            "Error loading vmlinux BTF",
            "load kernel spec:",
            "no BTF found for kernel",
            "/sys/kernel/btf/vmlinux`",
            "error loading /sys/kernel/btf",
        ],
        "this kernel does not tell its types, so no relocation can be resolved",
        "boot a kernel with CONFIG_DEBUG_INFO_BTF=y, or give the loader a file with the kernel's types (`btf_custom_path`, `EbpfLoader::btf`)",
    ),
    clear(
        "no-object-btf",
        &[
            "BTF is required, but is missing or corrupted",
            "no BTF parsed for object",
            "missing BTF",
        ],
        "the object has no BTF",
        "build it with debug info: `-g`, or `debug = 2` in the profile",
    ),
    clear(
        "program-type",
        &[
            "missing BPF prog type",
            "invalid program section",
            "program type is unspecified",
            "can't load program of unspecified type",
        ],
        "the loader does not know the section of the program, and so not its type",
        "name the section as libbpf does (`kprobe/tcp_connect`), or set the type in the loader",
    ),
    clear(
        "kernel-configuration",
        &[
            "failed to open system Kconfig",
            "cannot find a kconfig file",
        ],
        "the configuration of this kernel is not at hand: neither `/boot/config-*` nor `/proc/config.gz`",
        "install the file, give the loader the configuration (`kconfig` of `bpf_object_open_opts`), or declare the option weak",
    ),
    clear(
        "memory-limit",
        &["RLIMIT_MEMLOCK", "MEMLOCK may be too low"],
        "the process may not load programs: it lacks a capability, or, before Linux 5.11, memory that it may lock",
        "run it as root or with CAP_BPF and CAP_PERFMON; before 5.11 raise the limit (`setrlimit(RLIMIT_MEMLOCK)`)",
    ),
    clear(
        "no-tracefs",
        &[
            "tracefs not found",
            "event_source/devices/kprobe",
            "/sys/kernel/tracing",
            "/sys/kernel/debug/tracing",
        ],
        "the loader cannot attach: this machine has no tracefs, or its kernel no such probes",
        "mount it (`mount -t tracefs tracefs /sys/kernel/tracing`), and boot a kernel with CONFIG_KPROBES and CONFIG_PERF_EVENTS",
    ),
];

/// What is also printed beside a message that tells more.
static VAGUE: &[Message] = &[
    // libbpf goes on without BTF.
    vague(
        "invalid-btf",
        &[
            "Error loading .BTF into kernel",
            "BTF loading error",
            "Invalid name",
            "Invalid arg#",
            "Invalid member",
        ],
        BTF_WHAT,
        BTF_CURE,
    ),
    vague(
        "not-permitted",
        &[
            "EPERM",
            "Operation not permitted",
            "operation not permitted",
            "failed: -1",
        ],
        "the process may not do this",
        "run it as root or with CAP_BPF and CAP_PERFMON (networks: CAP_NET_ADMIN); in a container, add them; the kernel must not be locked down",
    ),
    vague(
        "not-there",
        &[
            "-ESRCH",
            "No such process",
            "no such process",
            "failed to attach*: -3",
        ],
        "the kernel does not have what is to be attached to, or a type that is needed",
        "run `cargo corelint OBJECT`: it tells which hooks which kernel lacks",
    ),
    vague(
        "no-such-file",
        &[
            "-ENOENT",
            "No such file or directory",
            "no such file or directory",
            "failed to attach*: -2",
        ],
        "the hook, or a file of tracefs, is not there",
        "run `cargo corelint OBJECT`: it tells which hooks which kernel lacks",
    ),
    vague(
        "program-refused",
        &[
            "BPF program load failed",
            "load program: ",
            "BPF_PROG_LOAD syscall returned",
            "failed to load",
        ],
        "the kernel refused the program, and the log does not have its reason",
        "print the verifier's log: it is in libbpf's warnings, in aya's `ProgramError::LoadError`, and in `%+v` of cilium/ebpf's `VerifierError`",
    ),
];

/// What a kernel prints of BTF before it says what is wrong with it. Types follow: `[1] INT ...`.
static BTF_HEADER: &[&str] = &[
    "magic: ",
    "version: ",
    "flags: ",
    "hdr_len: ",
    "type_off: ",
    "type_len: ",
    "str_off: ",
    "str_len: ",
    "btf_total_size: ",
    "type_id=",
];

/// What is said when all is well, or says nothing by itself.
static TALK: &[&str] = &[
    "processed * insns",
    "verification time",
    "stack depth",
    "-- BEGIN PROG LOAD LOG",
    "-- END PROG LOAD LOG",
    "-- BEGIN BTF LOAD LOG",
    "-- END BTF LOAD LOG",
    "reference type('UNKNOWN ')",
    "reg type unsupported for arg#",
    "type is not a struct",
    "Unrecognized arg#",
    "caller:",
    "callee:",
    "returning from callee",
    "to caller at",
    "from * to *:",
    "last_idx ",
    "regs=* stack=",
    "parent didn't have regs",
    "mark_precise",
    "cur state:",
    "old state:",
    "propagating r",
    "Func#*is global and assumed valid",
    "Validating * func#",
    "Caused by:",
    "Stack backtrace",
    "failed to load object",
    "failed to prepare load attributes",
    "Retrying without BTF",
    "line(s) omitted",
    "is being referenced",
];
