//! The words for mistakes in a path. Each mistake is a trait that nothing implements. It is the bound
//! of the wrong call, so the compiler prints its text.

macro_rules! misuse {
    ($($name:ident: $message:literal, $label:literal, $note:literal;)*) => {$(
        #[doc = $message]
        #[diagnostic::on_unimplemented(message = $message, label = $label, note = $note)]
        pub trait $name {
            /// The type of the next place. There is none, so no other error follows.
            type Never;

            /// Not called.
            fn never() -> Self::Never;
        }
    )*};
}

misuse! {
    DotAfterScalar:
        "a dot cannot follow `{Self}`", "what stands before it has no fields",
        "end the path before the dot, or correct the type of the field in its struct; of a type with \
         `#[derive(Plain)]`, take the field of what was read: `core_read!(...)?.field`";
    DotAfterPointer:
        "a dot cannot follow a pointer", "what stands before it is a pointer to `{Self}`",
        "a comma follows a pointer, a dot goes into a struct by value: write `, ` for `.`";
    DotAfterArray:
        "a dot cannot follow an array", "what stands before it is an array of `{Self}`",
        "take an element first: `[0]`";
    CommaAfterScalar:
        "a comma follows a pointer", "what stands before it is `{Self}`",
        "end the path before the comma, or correct the type of the field in its struct";
    CommaAfterRecord:
        "a comma follows a pointer", "what stands before it is a `{Self}` by value",
        "a dot goes into a struct by value: write `.` for `, `";
    CommaAfterArray:
        "a comma follows a pointer", "what stands before it is an array of `{Self}`",
        "take an element first: `[0]`";
    IndexAfterScalar:
        "only an array has elements", "what stands before it is `{Self}`",
        "remove the index, or declare the field as an array";
    IndexAfterPointer:
        "only an array has elements", "what stands before it is a pointer to `{Self}`",
        "read the pointer first. Behind it, integers and pointers are at `pointer.wrapping_add(index)`, and structs \
         at `pointer.wrapping_byte_add(index * size)`, where `size` is their `core_type_size`";
    IndexAfterRecord:
        "only an array has elements", "what stands before it is a `{Self}` by value",
        "remove the index, or declare the field as an array";
}
