//! One row for each program of `ebpf/src/bin`.

/// Arguments, and what a program gives for them.
pub type Answers = &'static [(&'static [u64], u32)];

/// What becomes of a program.
#[derive(Debug)]
pub enum Expected {
    /// It loads.
    Answers(Answers),
    /// The linker refuses it, with these words. The name of its file is among them by itself.
    Refused(&'static [&'static str]),
}

/// A program and what becomes of it.
#[derive(Debug)]
pub struct Row {
    /// The name of the program; where builds differ, with that of the build: `divide_signed.v4`.
    pub name: &'static str,
    /// What becomes of it.
    pub expected: Expected,
    /// Whether libbpf 1.0 and later take no such map.
    pub by_aya_alone: bool,
    /// The first Linux that knows its instructions, and its way to use memory.
    pub since: Release,
}

/// The two numbers of a release of Linux: `(5, 10)`.
pub type Release = (u32, u32);

/// The first Linux that gives an atomic operation's old value.
const ATOMICS: Release = if cfg!(target_arch = "aarch64") {
    (5, 18)
} else {
    (5, 12)
};
/// The first Linux whose verifier learns from `!=` that a number is not 0.
const NOT_EQUAL: Release = (6, 8);
/// The first Linux that knows the processor v4.
const V4: Release = (6, 6);

impl Row {
    const fn new(name: &'static str, expected: Expected) -> Self {
        Self {
            name,
            expected,
            by_aya_alone: false,
            since: (0, 0),
        }
    }

    const fn by_aya_alone(self) -> Self {
        Self {
            by_aya_alone: true,
            ..self
        }
    }

    const fn since(self, since: Release) -> Self {
        Self { since, ..self }
    }
}

const fn right(name: &'static str, answers: Answers) -> Row {
    Row::new(name, Expected::Answers(answers))
}

const fn refused(name: &'static str, words: &'static [&'static str]) -> Row {
    Row::new(name, Expected::Refused(words))
}

/// What the linker says of a panic that can be reached: the handler is a loop.
const REACHED: &[&str] = &["such as a panic", "`let ... else`"];

/// All of them.
pub const ROWS: &[Row] = &[
    right("set_to_zero", &[(&[41], 1)]),
    right("copy", &[(&[41], 41)]),
    right("move_within", &[(&[41], 41)]),
    right("migrated", &[(&[0], 1)]),
    right("migrated_offsets", &[(&[0], 1)]),
    right("compare", &[(&[0], 1), (&[1], 0)]),
    right("add_128", &[(&[7, 1 << 60], 8)]),
    right("multiply_128", &[(&[1 << 40, 1 << 20], 1 << 28)]),
    refused(
        "divide_128",
        &["128 bits", "__udivti3", "calculate in 64 bits"],
    ),
    right("divide_unsigned", &[(&[100, 7], 14 + 2 + 14)]),
    refused("divide_signed", &["no signed division", "-Ctarget-cpu=v4"]),
    refused(
        "divide_signed_by_constant",
        &["no signed division", "-Ctarget-cpu=v4"],
    ),
    right("overflow_checks", &[(&[3, 4], 7 + 203 + 4)]),
    right("slice_of_range", &[(&[5], 16), (&[101], 0)]),
    right(
        "element",
        &[(&[0], 0), (&[15], 15 * 16), (&[16], 7), (&[1 << 62], 7)],
    ),
    right("static_bytes", &[(&[3], 9), (&[12], 16)]),
    right("static_mut", &[(&[2], 42)]),
    right("chosen_argument", &[(&[41, 5, 6], 5), (&[40, 5, 6], 6)]),
    right("stack_of_400", &[(&[3], 5), (&[1000], 5)]),
    refused("stack_of_600", &["512 bytes of stack", "PerCpuArray"]),
    right("match_values", &[(&[0], 17), (&[6], 41), (&[9], 0)]),
    right("match_code", &[(&[2], 2), (&[5], 55), (&[9], 9)]),
    right("match_strings", &[(&[0], 2), (&[1], 3)]),
    refused(
        "recursion",
        &["`recursion::fibonacci` calls itself", "write a loop"],
    ),
    right("recursion_at_the_end", &[(&[48, 18], 6)]),
    refused("function_pointer", &["called through a pointer", "`match`"]),
    right("function_pointer_known", &[(&[5], 16)]),
    refused("dynamic", &["called through a pointer", "`dyn`"]),
    right("struct_by_value", &[(&[1, 2], 4 + 10 + 200 + 3000)]),
    right("five_arguments", &[(&[1, 1, 1, 1, 1], 15)]),
    right("six_arguments", &[(&[1, 1, 1, 1, 1, 2], 15 + 12)]),
    right("result_of_64", &[(&[40], 40 + 41), (&[9], 9 + 9)]),
    right("option_of_128", &[(&[3, 4], 7), (&[0, 4], 77)]),
    right("chars", &[(&[0x41], 1 + 10 + 9700), (&[0xfc], 2 + 25200)]),
    refused("out_of_bounds", REACHED),
    refused("unwrap", REACHED),
    refused("assertion", REACHED),
    right("without_panic", &[(&[3], 33 + 3), (&[9], 8), (&[5000], 7)]),
    right("panic_never", &[(&[7], 7 + 20)]),
    right("parse", &[(&[0], 4711), (&[1], 9)]),
    // The verifier does not learn from a comparison of addresses where a text ends.
    refused("utf8", &["a comparison of addresses", "count instead"]),
    right("bytes_of_text", &[(&[0], 4), (&[1], 2)]).since(NOT_EQUAL),
    right("unicode", &[(&[0xfc], 1), (&[0x20], 0)]),
    right("iterators", &[(&[0], 26_288 + 11 + 63 + 1)]),
    refused("iterators.release", &["512 bytes of stack"]),
    // Beside the addresses.
    right("static_with_pointers", &[(&[1], 3), (&[3], 6)]),
    refused(
        "static_texts",
        &[
            "an address in the static `static_texts::NAMES`",
            "would be 0 here",
            "`match`",
        ],
    ),
    right("sort", &[(&[9, 1, 7, 3], 1 + 700 + 110_000)]),
    refused("sort_many", &["calls itself"]),
    refused("float", &["floating point", "integers"]),
    right("float_in_dead_code", &[(&[8], 4)]),
    refused("formatted", &["core::fmt"]),
    right("event", &[(&[41], 42)]),
    right("maps_of_aya", &[(&[41], 41)]).by_aya_alone(),
    right("log", &[(&[7], 7)]).by_aya_alone(),
    refused(
        "unresolved",
        &["`somewhere` is used, but nothing defines it"],
    ),
    right("ignored_parameters", &[(&[1, 6], 6)]),
    right("names", &[(&[0], 3 + 4)]),
    right("atomic_add_32", &[(&[3], 800)]),
    right("atomic_add_64", &[(&[3], 800)]),
    refused(
        "atomic_get_32",
        &["old value of an atomic addition", "-Ctarget-cpu=v3"],
    ),
    refused(
        "atomic_get_64",
        &["old value of an atomic addition", "-Ctarget-cpu=v3"],
    ),
    refused(
        "atomic_swap_32",
        &["no such atomic operation", "-Ctarget-cpu=v3"],
    ),
    right("atomic_swap_64", &[(&[3], 305)]).since(ATOMICS),
    refused(
        "atomic_exchange_32",
        &["no such atomic operation", "-Ctarget-cpu=v3"],
    ),
    right("atomic_exchange_64", &[(&[3], 305)]).since(ATOMICS),
    // With more of a processor, more is possible.
    right("atomic_get_32.v3", &[(&[3], 805)]).since(ATOMICS),
    right("atomic_get_64.v3", &[(&[3], 805)]).since(ATOMICS),
    right("atomic_swap_32.v3", &[(&[3], 305)]).since(ATOMICS),
    right("atomic_exchange_32.v3", &[(&[3], 305)]).since(ATOMICS),
    right("atomic_get_32.v4", &[(&[3], 805)]).since(V4),
    right("atomic_get_64.v4", &[(&[3], 805)]).since(V4),
    right("atomic_swap_32.v4", &[(&[3], 305)]).since(V4),
    right("atomic_exchange_32.v4", &[(&[3], 305)]).since(V4),
    right(
        "divide_signed.v4",
        &[(&[(-100_i64).cast_unsigned(), 7], (-16_i32).cast_unsigned())],
    )
    .since(V4),
    right("divide_signed_by_constant.v4", &[(&[5009], 5 + 4)]).since(V4),
    // All debug info is gone.
    refused("copy.none", &["relocations need debug info"]),
    refused("event.none", &["relocations need debug info"]),
    refused("struct_by_value.none", &["relocations need debug info"]),
    // Debug info without types.
    refused("copy.debug-1", &["the map `MEMORY` has no type in BTF"]),
    refused("copy.lines", &["the map `MEMORY` has no type in BTF"]),
    refused("event.debug-1", &["the map `SCRATCH` has no type in BTF"]),
    refused("event.lines", &["the map `SCRATCH` has no type in BTF"]),
];
