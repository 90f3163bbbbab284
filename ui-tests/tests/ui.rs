//! Runs the cases: `tests/fail/NAME.rs` must not compile, and say so as `NAME.stderr` has
//! it; `tests/pass/NAME.rs` must compile, run, and have no warning.
//!
//! `TRYBUILD=overwrite cargo test -p ui-tests` writes the `.stderr` files.

#[test]
fn cases() {
    let cases = trybuild::TestCases::new();
    // Together: beside a case that runs, the failing ones are built and not only checked,
    // and an assertion in a constant of a generic function is not seen before that.
    cases.pass("tests/pass/*.rs");
    cases.compile_fail("tests/fail/*.rs");
}
