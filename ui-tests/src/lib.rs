//! What the macros of `bpf-core` say to a mistake: `tests/fail` has one a file, with what the
//! compiler prints for it, and `tests/pass` what must compile.
