//! An example on the running kernel, by its own `--verify`.

use std::path::Path;
use std::process::Command;

use crate::machine;
use crate::object::Object;

/// The output of `loader --verify` over an object, with what it says of errors, and its exit code.
pub fn verify(loader: &str, object: &Path) -> (String, Option<i32>) {
    let output = Command::new(loader)
        .arg("--verify")
        .arg(object)
        .output()
        .unwrap();
    let streams = [&output.stdout, &output.stderr].map(|stream| String::from_utf8_lossy(stream));
    (streams.concat(), output.status.code())
}

/// Asserts that all that the example `name` reads is right. Gives what it says, `None` where that
/// cannot be on this machine.
pub fn is_right(loader: &str, name: &str) -> Option<String> {
    if let Some(why) = machine::refuses_verification() {
        machine::leave_out(&format!("`{name} --verify`"), why);
        return None;
    }
    let (text, code) = verify(loader, &Object::built(name).path);
    assert_eq!(code, Some(0), "{text}");
    let plan = text.lines().find_map(|line| line.strip_prefix("1.."));
    let done = text.lines().filter(|line| line.starts_with("ok "));
    assert_eq!(plan, Some(&*done.count().to_string()), "{text}");
    let skipped = text.lines().filter_map(|line| line.split_once(" # SKIP "));
    skipped.for_each(|(check, why)| machine::leave_out(&format!("{name}: {check}"), why));
    Some(text)
}

/// Asserts that the example `name` finds out if it reads the field `other` instead of `field`, in
/// the check `check`, where that can be done on this machine. `folder` is for the object. Gives
/// what it says.
pub fn finds_another_field(
    loader: &str,
    name: &str,
    (field, other): (&str, &str),
    check: &str,
    folder: &str,
) -> Option<String> {
    if let Some(why) = machine::refuses_verification() {
        machine::leave_out(&format!("`{name} --verify` of another field"), why);
        return None;
    }
    let (text, code) = verify(
        loader,
        &Object::built(name).with_another_field(field, other, folder),
    );
    let is_of_check = |line: &&str| line.contains("ok ") && line.contains(check);
    let line = text.lines().find(is_of_check);
    let line = line.unwrap_or_else(|| panic!("no check `{check}`: {text}"));
    if let Some((_, why)) = line.split_once(" # SKIP ") {
        machine::leave_out(&format!("`{name} --verify` of another field"), why);
        return None;
    }
    assert!(line.starts_with("not ok "), "{text}");
    assert_eq!(code, Some(1), "{text}");
    Some(text)
}
