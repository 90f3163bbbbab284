//! What libbpf alone loads.

use std::fs;

use aya::Ebpf;
use bpf_core_btf::{Btf, Kind};

use crate::loaded::{Answer, Loaded};
use crate::machine;
use crate::object::Object;
use crate::process;

/// Neither the kernel nor this process has anything there.
const NOWHERE: u64 = 8;

/// Functions of the kernel that the programs call.
const KFUNCS: [&str; 3] = ["bpf_rdonly_cast", "bpf_task_acquire", "bpf_task_release"];

/// Why the object cannot be loaded here.
fn refused() -> Option<&'static str> {
    machine::refuses_programs().or_else(|| {
        let btf = fs::read(machine::BTF).unwrap();
        let btf = Btf::parse(&btf).unwrap();
        let has = |kfunc| btf.find_by_name_kind(kfunc, Kind::Func).is_some();
        (!KFUNCS.into_iter().all(has))
            .then_some("the kernel lacks a kfunc that Linux has from 6.2 on")
    })
}

#[test]
fn both_halves_answer_right() {
    if let Some(why) = refused() {
        return machine::leave_out("the rows for libbpf alone", why);
    }
    for mut loaded in Loaded::by_libbpf_alone() {
        let task = loaded.value("current_task", &[]);
        loaded.fill(&task.to_ne_bytes());
        let own = loaded.value("cast", &[task]);
        // Of a thread of this process.
        assert_eq!(loaded.value("kfunc", &[]), own);
        if let Some(ids) = process::lineage() {
            assert_eq!(own, ids[0].into());
            assert_eq!(loaded.value("cast_far", &[task]), ids[1].into());
        }
        assert_eq!(loaded.value("type_matches", &[]), 1);
        assert_eq!(loaded.value("type_differs", &[]), 0);
    }
}

/// A load that faults gives zero. Both halves read a zero again, and behind a null pointer there is nothing to read.
#[test]
fn a_load_that_faults_is_an_errno() {
    if let Some(why) = refused() {
        return machine::leave_out("casts of a bad address", why);
    }
    let errors = [libc::EFAULT, libc::ERANGE].map(Answer::error);
    for mut loaded in Loaded::by_libbpf_alone() {
        // Where nothing is read behind a null pointer, the pointer itself is read again.
        for row in ["cast", "cast_far", "cast_address"] {
            let answer = loaded.run(row, &[NOWHERE]);
            assert!(errors.contains(&answer), "{row}: {answer}");
        }
    }
}

/// When it loads, its rows belong to the others.
#[test]
fn aya_refuses_it() {
    if let Some(why) = refused() {
        return machine::leave_out("aya and what libbpf alone loads", why);
    }
    assert!(Ebpf::load(&Object::built("twins-libbpf").bytes).is_err());
}
