//! Each row on the kernel that runs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::fd::AsRawFd as _;

use bpf_core_btf::Btf;

use crate::kernel::structure;
use crate::loaded::{Answer, Loaded};
use crate::machine;
use crate::table::{Base, Expected, Row, Surroundings, rows};

/// Programs that only tell what the others are given.
const ARGUMENTS: [&str; 3] = ["current_task", "filled_memory", "socket_of_file"];

/// Neither the kernel nor this process has anything there.
const NOWHERE: u64 = 8;

#[test]
fn every_row_answers_right() {
    if let Some(why) = machine::refuses_programs() {
        return machine::leave_out("the rows on the running kernel", why);
    }
    let btf = fs::read(machine::BTF).unwrap();
    let btf = Btf::parse(&btf).unwrap();
    // Before the table is made: they are children of this thread.
    let mut all = Loaded::all();
    let around = Surroundings::new();
    let rows = rows(&btf, &around);
    let mut first: BTreeMap<usize, Answer> = BTreeMap::new();
    let mut wrong = Vec::new();
    for loaded in &mut all {
        for (index, row) in rows.iter().enumerate() {
            let arguments = arguments(loaded, row, &around);
            let answer = loaded.run(row.program, &arguments);
            let first = first.entry(index).or_insert_with(|| answer.clone());
            let expected = match &row.expected {
                Expected::Answer(answer) => answer.clone(),
                Expected::Further(by) => Answer::value(arguments[0].wrapping_add_signed(*by)),
                Expected::LocalId(of) => Answer::value(local_id(loaded, of)),
                Expected::TheSame => first.clone(),
            };
            if answer != expected || answer.code > 0 {
                let (name, program) = (loaded.name, row.program);
                wrong.push(format!("{name}, {program}: {answer}, expected {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_failed_read_is_an_errno() {
    if let Some(why) = machine::refuses_programs() {
        return machine::leave_out("failed reads on the running kernel", why);
    }
    let btf = fs::read(machine::BTF).unwrap();
    let btf = Btf::parse(&btf).unwrap();
    let around = Surroundings::new();
    let rows = rows(&btf, &around);
    let mut wrong = Vec::new();
    for mut loaded in Loaded::all() {
        for row in &rows {
            // What a kernel read of an address that is not the kernel's gives depends on the
            // kernel (mm/maccess.c).
            let errors: &[i32] = match row.base {
                Base::Nothing | Base::Address | Base::NewTask => continue,
                Base::User(_) => &[libc::EFAULT],
                _ => &[libc::EFAULT, libc::ERANGE],
            };
            let answer = loaded.run(row.program, &[NOWHERE]);
            let is_error = || errors.iter().any(|&error| answer == Answer::error(error));
            let is_right = row
                .failed
                .as_ref()
                .map_or_else(is_error, |failed| answer == *failed);
            if !is_right {
                wrong.push(format!("{}, {}: {answer}", loaded.name, row.program));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn both_halves_have_every_row() {
    if let Some(why) = machine::refuses_programs() {
        return machine::leave_out("a comparison of the table with the objects", why);
    }
    let btf = fs::read(machine::BTF).unwrap();
    let btf = Btf::parse(&btf).unwrap();
    let rows = rows(&btf, &Surroundings::new());
    let table: BTreeSet<&str> = rows
        .iter()
        .map(|row| row.program)
        .chain(ARGUMENTS)
        .collect();
    for loaded in Loaded::all() {
        assert_eq!(
            loaded.programs().collect::<BTreeSet<_>>(),
            table,
            "{}",
            loaded.name
        );
    }
}

/// What a program is given, so that it sees what the row says.
fn arguments(loaded: &mut Loaded, row: &Row, around: &Surroundings) -> Vec<u64> {
    match &row.base {
        Base::Nothing => vec![],
        Base::Task | Base::Address => vec![loaded.value("current_task", &[])],
        Base::Memory(bytes) => {
            loaded.fill(bytes);
            vec![loaded.value("filled_memory", &[])]
        }
        Base::NewTask => {
            let task = loaded.value("current_task", &[]);
            loaded.fill(&task.to_ne_bytes());
            vec![]
        }
        Base::Socket => {
            let task = loaded.value("current_task", &[]);
            let descriptor = around.connection.as_raw_fd();
            vec![loaded.value("socket_of_file", &[task, descriptor as u64])]
        }
        &Base::User(address) => vec![address],
    }
}

fn local_id(loaded: &Loaded, name: &str) -> u64 {
    let object = loaded.object.parsed();
    structure(object.btf().unwrap(), name).id().0.into()
}
