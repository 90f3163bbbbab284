//! `cargo corelint kernels`, run as a program.

use std::path::Path;
use std::process::Command;

use bpf_core_btf::{BtfBuilder, Endian, Member};

/// Runs the program with this folder for the user's data; gives output, errors and exit code.
fn kernels(data: &Path, words: &[&str]) -> (String, String, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-corelint"))
        .arg("kernels")
        .args(words)
        .env("XDG_DATA_HOME", data)
        .output()
        .expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (
        text(output.stdout),
        text(output.stderr),
        output.status.code(),
    )
}

fn told(data: &Path, words: &[&str]) -> String {
    let (out, errors, code) = kernels(data, words);
    assert_eq!((errors.as_str(), code), ("", Some(0)), "{words:?}");
    out
}

fn refused(data: &Path, words: &[&str]) -> String {
    let (out, errors, code) = kernels(data, words);
    assert_eq!((out.as_str(), code), ("", Some(2)), "{words:?}: {errors}");
    errors
}

#[test]
fn known_kernels_are_shown() {
    let data = tempfile::tempdir().expect("a folder");
    let data = data.path();
    let list = told(data, &["list"]);
    assert!(
        list.contains("5.10.223, 5.10.262               amd64 cloud\n"),
        "{list}"
    );
    assert_eq!(
        list.lines()
            .filter(|line| line.starts_with("7.3.4 "))
            .count(),
        1
    );
    let list = told(data, &["list", "6.12", "rt", "debian"]);
    assert!(list.contains("6.12.117+deb13-rt-amd64                6.12.117-1             debian"));
    let count = list.lines().count() - 1;
    assert!(
        list.lines().take(count).all(|line| line.contains(" 6.12.")),
        "{list}"
    );
    assert!(list.ends_with(&format!(
        "\n{count} kernel{}\n",
        if count == 1 { "" } else { "s" }
    )));
    let error = refused(data, &["list", ">=900"]);
    assert!(
        error.contains("no known kernel is `>=900`: they are 5.10."),
        "{error}"
    );

    let state = told(data, &["show", "task_struct.state"]);
    assert!(
        state.contains("byte 16: volatile long int, 8 bytes\n"),
        "{state}"
    );
    assert!(state.contains("absent\n"), "{state}");
    let bit = told(data, &["show", "struct task_struct.in_execve"]);
    assert!(
        bit.contains("byte 2168 bit 1: unsigned int, 1 bits"),
        "{bit}"
    );
    let reason = told(data, &["show", "skb_drop_reason.SKB_DROP_REASON_NO_SOCKET"]);
    assert!(
        reason.contains("\n  2\n") && reason.contains("\n  3\n"),
        "{reason}"
    );
    let unlink = told(data, &["show", "vfs_unlink"]);
    assert!(
        unlink.contains("struct mnt_idmap *idmap, struct inode *dir"),
        "{unlink}"
    );

    let json = told(data, &["show", "task_struct.tgid", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let values = json["answers"][0]["values"].as_array().expect("values");
    let of_kernel = |value: &&serde_json::Value| {
        let kernels = value["kernels"].as_array().expect("kernels");
        kernels.contains(&"6.1.0-50-cloud-amd64".into())
    };
    let value = values
        .iter()
        .find(of_kernel)
        .expect("the kernel has the field");
    assert_eq!(value["bit_offset"], 2420 * 8);

    let (a, b) = ("6.12.117+deb13-cloud-amd64", "6.16.12+deb13-cloud-amd64");
    let all = told(data, &["diff", a, b]);
    assert!(all.starts_with("--- 6.12.117 amd64 cloud\n+++ 6.16.12 amd64 cloud\n"));
    assert!(all.contains("~ struct task_struct\n    ~ (size): 9792 -> 5888\n"));
    let one = told(data, &["diff", a, b, "task_struct"]);
    assert!(
        one.contains("~ tgid: pid_t at byte 2436 -> pid_t at byte 2708"),
        "{one}"
    );
}

#[test]
fn what_is_not_there_is_told() {
    let data = tempfile::tempdir().expect("a folder");
    let data = data.path();
    let nothing = refused(data, &["show", "task_struct.nope"]);
    assert!(nothing.contains("`task_struct.nope` is on none of the "));
    let two = refused(data, &["diff", "6.1.192", "7.3.4 arm64 rt"]);
    assert!(
        two.contains("`6.1.192` is a part of 6 names: `6.1.192 amd64`, `6.1.192 amd64 cloud`"),
        "{two}"
    );
    let none = refused(data, &["diff", "4.4", "7.3.4 arm64 rt"]);
    assert!(none.contains("no kernel is called `4.4`"), "{none}");
    let unknown = refused(
        data,
        &["diff", "7.3.4 amd64 rt", "7.3.4 arm64 rt", "no_type"],
    );
    assert!(
        unknown.contains("neither kernel has a type `no_type`"),
        "{unknown}"
    );
}

#[test]
fn own_kernels_stand_beside_the_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path();
    let mut btf = BtfBuilder::new(Endian::Little);
    let type_id = btf.int("int", 4, 1);
    let tgid = Member {
        name: "tgid",
        type_id,
        bit_offset: 4321 * 8,
        bitfield_size: 0,
    };
    btf.structure("task_struct", 5000, &[tgid]);
    let file = data.join("9.9.9-own-x86_64.btf");
    std::fs::write(&file, btf.finish()).expect("a file");
    let file = file.to_str().expect("UTF-8");

    let bad = data.join("bad.btf");
    std::fs::write(&bad, b"no BTF").expect("a file");
    let error = refused(data, &["add", file, bad.to_str().expect("UTF-8")]);
    assert!(
        error.contains("bad.btf: this is no kernel image"),
        "{error}"
    );
    let count = |data: &Path| -> usize {
        let list = told(data, &["list"]);
        let last = list.lines().last().unwrap_or_default();
        let number = last.split(' ').next().unwrap_or_default();
        number.parse().expect("a count of kernels")
    };
    let shipped = count(data);
    assert!(shipped >= 34, "nothing is half added");

    let added = told(data, &["add", file]);
    assert!(
        added.starts_with("added 9.9.9-own-x86_64, and 0 modules\n"),
        "{added}"
    );
    assert_eq!(count(data), shipped + 1);
    let tgid = told(data, &["show", "task_struct.tgid"]);
    assert!(
        tgid.contains("byte 4321: int, 4 bytes\n      9.9.9  "),
        "{tgid}"
    );

    std::fs::write(data.join("bpf-core/own.kernels"), b"BPFCORE-KERNELS\0").expect("a file");
    let error = refused(data, &["list"]);
    assert!(
        error.contains("own.kernels: the catalogue is damaged: its head"),
        "{error}"
    );
}
