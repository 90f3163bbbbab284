//! Where aya does not do as libbpf does.
//!
//! Each case that shows one names it, and `README.md` lists them with their cases.

/// One difference, for those who load with aya.
#[derive(Debug, PartialEq, Eq)]
pub struct Difference {
    /// In a few words.
    pub title: &'static str,
    /// What libbpf does.
    pub libbpf: &'static str,
    /// What aya does.
    pub aya: &'static str,
    /// What to do.
    pub advice: &'static str,
}

/// All of them: first those that change what a program reads, then those that stop a load, then those
/// that only malformed objects show.
pub const ALL: [&Difference; 24] = [
    &ARRAYS_OF_ARRAYS,
    &FLAVOURS,
    &UNNAMED_ENUMS,
    &UNSIGNED_ENUMS,
    &ENUM64,
    &FLOATS,
    &POINTER_SIZE,
    &LEFT_OUT,
    &MODULES,
    &MISSING_TYPES,
    &TYPE_MATCHES,
    &FLEXIBLE_ARRAYS,
    &LOAD_SIZES,
    &ARRAY_LOADS,
    &BITFIELD_LOADS,
    &UNCHECKED_VALUES,
    &UNCHECKED_INSTRUCTIONS,
    &ROOTS_WITHOUT_A_NAME,
    &FUNCTION_SIZES,
    &WIDE_BITFIELDS,
    &WIDE_SHIFTS,
    &ACCESS_STRINGS,
    &EMPTY_NAMES,
    &DEPTHS,
];

/// See [`Difference::title`], as for all that follow.
pub const ARRAYS_OF_ARRAYS: Difference = Difference {
    title: "The size of an array of arrays",
    libbpf: "is that of all its elements",
    aya: "counts the innermost dimension only: `core_field_size!` of `int a[2][3]` is 12, and an \
          element of three dimensions is read at a wrong offset",
    advice: "do not index arrays of three dimensions; do not ask for the size of an array of arrays",
};

#[expect(missing_docs, reason = "as above")]
pub const FLAVOURS: Difference = Difference {
    title: "Where a flavour's suffix begins",
    libbpf: "at the last `___`, if a character that is no underscore stands on both sides",
    aya: "at the first `___`, wherever it stands",
    advice: "give flavours one `___`, between letters or digits; names of the kernel with a `___` of \
             their own are then taken for others",
};

#[expect(missing_docs, reason = "as above")]
pub const UNNAMED_ENUMS: Difference = Difference {
    title: "A field that is an enum without a name, in the declaration or in the kernel",
    libbpf: "exists if the other side's is an enum, whatever that one's name is",
    aya: "exists only if the other side's has no name either",
    advice: "declare the enum by the kernel's name for it; if it has none there, load with libbpf",
};

#[expect(missing_docs, reason = "as above")]
pub const UNSIGNED_ENUMS: Difference = Difference {
    title: "An enumerator of 2^31 or more in an enum of four bytes",
    libbpf: "is sign-extended to 64 bits",
    aya: "is zero-extended if the enum is not signed",
    advice: "none is needed: `core_enum_value!` takes the lower 32 bits",
};

#[expect(missing_docs, reason = "as above")]
pub const ENUM64: Difference = Difference {
    title: "An enum that has values of more than 32 bits in one of declaration and kernel",
    libbpf: "is the same enum",
    aya: "is not found: an enumerator does not exist, its value is poison",
    advice: "declare it `#[repr(u64)]` if the kernel's has such values, and `#[repr(u32)]` if not",
};

#[expect(missing_docs, reason = "as above")]
pub const FLOATS: Difference = Difference {
    title: "`type_exists` of `float`, `double` and typedefs of them",
    libbpf: "is always 0",
    aya: "is 1 where the kernel has the type",
    advice: "do not ask",
};

#[expect(missing_docs, reason = "as above")]
pub const POINTER_SIZE: Difference = Difference {
    title: "Pointers of a 32-bit kernel",
    libbpf: "have the size of the kernel's `long`",
    aya: "have eight bytes",
    advice: "load with libbpf where kernels of 32 bits count",
};

#[expect(missing_docs, reason = "as above")]
pub const LEFT_OUT: Difference = Difference {
    title: "Several types of one name in the kernel",
    libbpf: "asks those that did not match one relocation of a type no more for the next ones",
    aya: "asks all of them each time: what libbpf resolves may be ambiguous, and the object refused; \
          what libbpf poisons may get the offset of another type",
    advice: "load with libbpf, if the kernel has two types of a name that you read",
};

#[expect(missing_docs, reason = "as above")]
pub const MODULES: Difference = Difference {
    title: "A type that only a module of the kernel has",
    libbpf: "is found there: all loaded modules are asked for types that the kernel itself lacks",
    aya: "is missing: modules are not asked",
    advice: "load with libbpf, or only on kernels that have it built in",
};

#[expect(missing_docs, reason = "as above")]
pub const MISSING_TYPES: Difference = Difference {
    title: "`type_size` and `target_type_id` of a type that the kernel lacks",
    libbpf: "is 0",
    aya: "stops the load, even behind a check of `core_type_exists`",
    advice: "ask for `core_type_size` and `core_type_id_kernel` only of types that every kernel has",
};

#[expect(missing_docs, reason = "as above")]
pub const TYPE_MATCHES: Difference = Difference {
    title: "`type_matches`",
    libbpf: "compares the shapes of both types",
    aya: "does not know the relocation and refuses the whole object",
    advice: "load an object that has one with libbpf",
};

#[expect(missing_docs, reason = "as above")]
pub const FLEXIBLE_ARRAYS: Difference = Difference {
    title: "An element of an array that is declared without a length, or with length 0",
    libbpf: "is searched in the kernel, whose length counts",
    aya: "is refused, but for the one that has the number of the array's own field; in a union all are",
    advice: "declare a length that holds every index you use, or a flavour of the struct with the array alone",
};

#[expect(missing_docs, reason = "as above")]
pub const LOAD_SIZES: Difference = Difference {
    title: "A direct load or store of a field that has another size in the kernel, and is no \
            unsigned integer or pointer",
    libbpf: "is poisoned: it stops the load only if the program can reach it",
    aya: "stops the load, even where the program cannot reach it",
    advice: "read such a field by `core_read!`, with `#[core(bitfield)]`",
};

#[expect(missing_docs, reason = "as above")]
pub const ARRAY_LOADS: Difference = Difference {
    title: "A direct load at the start of an array whose length changed",
    libbpf: "is compared by the size of an element, from libbpf 1.6 on; older ones poison it",
    aya: "is compared by the size of the array, and stops the load",
    advice: "load the first element, by its index",
};

#[expect(missing_docs, reason = "as above")]
pub const BITFIELD_LOADS: Difference = Difference {
    title: "A direct load or store of a field that is a bit-field in one of declaration and kernel",
    libbpf: "is poisoned",
    aya: "panics",
    advice: "read such a field by `core_read!`, with `#[core(bitfield)]`",
};

#[expect(missing_docs, reason = "as above")]
pub const UNCHECKED_VALUES: Difference = Difference {
    title: "An instruction that does not hold what the declaration says",
    libbpf: "is refused: something rewrote the object, or the record points elsewhere",
    aya: "is overwritten, and a load may become one of another size",
    advice: "do not change an object after it is linked",
};

#[expect(missing_docs, reason = "as above")]
pub const UNCHECKED_INSTRUCTIONS: Difference = Difference {
    title: "A record for an instruction that takes none, or not for its start",
    libbpf: "is refused",
    aya: "is applied to whatever is there; an immediate is told by the source register, not by the \
          opcode",
    advice: "do not change an object after it is linked",
};

#[expect(missing_docs, reason = "as above")]
pub const ROOTS_WITHOUT_A_NAME: Difference = Difference {
    title: "A relocation of a type without a name, such as a pointer or an unnamed struct",
    libbpf: "is refused",
    aya: "is resolved by any type of the same kind without a name",
    advice: "none is needed: `CoreStruct` and `CoreEnum` have names",
};

#[expect(missing_docs, reason = "as above")]
pub const FUNCTION_SIZES: Difference = Difference {
    title: "`type_size` of a function",
    libbpf: "is refused",
    aya: "is the size of what it returns",
    advice: "none is needed: no declaration is a function",
};

#[expect(missing_docs, reason = "as above")]
pub const WIDE_BITFIELDS: Difference = Difference {
    title: "A bit-field in the kernel that lies in nine bytes",
    libbpf: "stops the load",
    aya: "is poisoned",
    advice: "none is needed: no kernel has one",
};

#[expect(missing_docs, reason = "as above")]
pub const WIDE_SHIFTS: Difference = Difference {
    title: "The shift for a field of more than eight bytes that is no bit-field",
    libbpf: "is a number of no use",
    aya: "panics if it is built with overflow checks, else a number of no use",
    advice: "put `#[core(bitfield)]` on integers and enums only",
};

#[expect(missing_docs, reason = "as above")]
pub const ACCESS_STRINGS: Difference = Difference {
    title: "Access strings with white space or a sign in them",
    libbpf: "are read as `sscanf` does",
    aya: "are refused",
    advice: "none is needed: no compiler writes them",
};

#[expect(missing_docs, reason = "as above")]
pub const EMPTY_NAMES: Difference = Difference {
    title: "A path over a member whose name is there and empty",
    libbpf: "refuses the object",
    aya: "takes the member for one without a name",
    advice: "none is needed: no compiler writes one",
};

#[expect(missing_docs, reason = "as above")]
pub const DEPTHS: Difference = Difference {
    title: "Types that are nested deeper than 64 fields, or 32 functions",
    libbpf: "stop the load",
    aya: "are resolved",
    advice: "none is needed: no kernel has them",
};
