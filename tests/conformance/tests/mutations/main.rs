//! Declarations and kernels by chance: what libbpf answers to each of their records, `bpf-core-btf`
//! answers too. The table of `relocations` has the cases that somebody thought of; these are those
//! that nobody did.
//!
//! `MUTATIONS=10000 cargo test -p bpf-core-conformance --test mutations` tries more than the gate does.

mod asks;
mod shape;

use bpf_core_conformance::declarations::Declarations;
use bpf_core_conformance::libbpf::NEWEST;
use bpf_core_conformance::object::{self, Record};
use bpf_core_conformance::{Programs, ours};

use asks::Ask;
use shape::{Random, Root, declarations, of_kernel};

/// Pairs of a declaration and a kernel.
const PAIRS: u64 = 60;

/// What both make of an object: its programs, or nothing if it is refused.
struct Answers {
    libbpf: Option<Programs>,
    ours: Option<Programs>,
    why: String,
}

fn answers(local: &[u8], kernel: &[u8], asks: &[Ask]) -> Answers {
    let records: Vec<Record<'_>> = asks.iter().map(Ask::record).collect();
    let object = object::build(local, &records);
    let libbpf = NEWEST.relocate(&object, kernel, &[]);
    let ours = ours::relocate(&object, kernel, &[]);
    let why = ours
        .as_ref()
        .err()
        .map_or(String::new(), |why| why.to_string());
    Answers {
        libbpf: libbpf.programs.ok(),
        ours: ours.ok(),
        why: format!("{why}\n{}", libbpf.log),
    }
}

/// Compares records together, and one by one where one of them stops the load. Gives how many were
/// answered.
fn compare(local: &[u8], kernel: &[u8], asks: &[Ask], of: &str) -> usize {
    let all = answers(local, kernel, asks);
    if let (Some(libbpf), Some(ours)) = (&all.libbpf, &all.ours) {
        assert_eq!(libbpf, ours, "{of}\n{asks:#?}\n{}", all.why);
        return asks.len();
    }
    if let [ask] = asks {
        assert_eq!(all.libbpf, all.ours, "{of}\n{ask:#?}\n{}", all.why);
        return 0;
    }
    let (front, back) = asks.split_at(asks.len() / 2);
    compare(local, kernel, front, of) + compare(local, kernel, back, of)
}

#[test]
fn what_libbpf_answers_is_answered() {
    let pairs = std::env::var("MUTATIONS").map_or(PAIRS, |pairs| pairs.parse().unwrap());
    let (mut asked, mut answered) = (0, 0);
    for seed in 0..pairs {
        let mut random = Random(seed);
        let base = Root::by_chance(&mut random);
        let changes = random.below(4);
        let local = declarations(&base.mutated(&mut random, changes));
        let changes = random.below(6);
        let mut kernel = vec![base.mutated(&mut random, changes)];
        // Several of one name, as kernels have them.
        if random.once_in(5) {
            let changes = random.below(2);
            let name = random.pick(&["root", "root___old"]);
            let mut other = kernel[0].mutated(&mut random, changes);
            other.name = name;
            kernel.push(other);
        }
        let kernel = of_kernel(&mut random, &kernel);
        let blob = |text| Declarations::parse(text).to_btf();
        let asks = asks::by_chance(&mut random, &blob(&local));
        let of = format!("seed {seed}\n{local}\n{kernel}");
        asked += asks.len();
        answered += compare(&blob(&local), &blob(&kernel), &asks, &of);
    }
    println!("{pairs} pairs, {asked} records, {answered} not refused");
    // Else the declarations have too little in common with their kernels to tell anything.
    assert!(answered * 2 > asked, "{answered} of {asked}");
}
