//! An example on the running kernel, by its own `--verify`.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use example_loader::tap::{Check, Document};

use crate::machine;
use crate::object::Object;

/// The output of `loader --verify` over an object, with what it says of errors, and its exit code.
pub fn verify(loader: &str, object: &Path) -> (String, Option<i32>) {
    let output = Command::new(loader)
        .arg("--verify")
        .arg(object)
        .output()
        .unwrap();
    (said(&output), output.status.code())
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr]
        .map(|stream| String::from_utf8_lossy(stream))
        .concat()
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
    let document = read(&text);
    let passed = document.checks.iter().filter(|check| check.passed);
    assert_eq!(document.plan, Some(passed.count()), "{text}");
    for Check { what, skipped, .. } in &document.checks {
        if let Some(why) = skipped {
            machine::leave_out(&format!("{name}: {what}"), why);
        }
    }
    Some(text)
}

/// Asserts that all that the example `name` reads is right where the kernel shows no BTF, and where a file with
/// these `types` is the only source of them. `folder` is for the object.
pub fn is_right_without_btf(
    loader: &str,
    name: &str,
    types: impl FnOnce() -> Vec<u8>,
    folder: &str,
) -> Option<String> {
    let what = format!("`{name} --verify` without the kernel's BTF");
    if let Some(why) = machine::refuses_verification() {
        machine::leave_out(&what, why);
        return None;
    }
    let object = Path::new(folder).join(format!("without-btf-{name}.o"));
    fs::copy(Object::built(name).path, &object).unwrap();
    fs::write(object.with_extension("btfs"), types()).unwrap();
    // In a mount namespace of its own an empty folder hides the types.
    let hidden = "mount -t tmpfs none /sys/kernel/btf && exec \"$0\" --verify \"$1\"";
    let output = Command::new("unshare")
        .args(["--mount", "sh", "-c", hidden, loader])
        .arg(&object)
        .output()
        .unwrap();
    let text = said(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
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
    let mut checks = read(&text).checks.into_iter();
    let made = checks.find(|made| made.what.contains(check));
    let made = made.unwrap_or_else(|| panic!("no check `{check}`: {text}"));
    if let Some(why) = made.skipped {
        machine::leave_out(&format!("`{name} --verify` of another field"), &why);
        return None;
    }
    assert!(!made.passed, "{text}");
    assert_eq!(code, Some(1), "{text}");
    Some(text)
}

fn read(text: &str) -> Document {
    Document::parse(text.lines()).unwrap_or_else(|| panic!("no TAP: {text}"))
}
