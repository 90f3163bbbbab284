//! One number of each program, in Rust and in C, as a table.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use setup::table;

/// A number for each program.
pub(crate) type Numbers = BTreeMap<String, u64>;

/// Prints a line for each program of C, and one for all: the number in Rust, then that of each peer
/// with the ratio to it. A peer is a name and its numbers.
pub(crate) fn print(ours: &Numbers, peers: &[(&str, &Numbers)]) -> Result<()> {
    let peer_columns = peers.iter().flat_map(|(name, _)| [name, "ratio"]);
    let head = ["program", "rust"].into_iter().chain(peer_columns);
    let mut rows = Vec::new();
    let mut totals = vec![0; peers.len() + 1];
    for name in peers.first().iter().flat_map(|(_, peer)| peer.keys()) {
        let of = |numbers: &Numbers, what: &str| {
            let number = numbers.get(name).copied();
            number.with_context(|| format!("no program `{name}` in {what}"))
        };
        let mut numbers = vec![of(ours, "rust")?];
        for (what, peer) in peers {
            numbers.push(of(peer, what)?);
        }
        rows.push(line(name, &numbers));
        for (total, number) in totals.iter_mut().zip(&numbers) {
            *total += number;
        }
    }
    rows.push(line("all", &totals));
    print!("{}", table::text(head, rows, 1));
    Ok(())
}

fn line(name: &str, numbers: &[u64]) -> Vec<String> {
    let ours = numbers[0];
    let mut line = vec![name.to_owned(), ours.to_string()];
    for &peer in &numbers[1..] {
        line.extend([peer.to_string(), ratio(ours as f64, peer as f64)]);
    }
    line
}

/// Of ours to a peer's.
pub(crate) fn ratio(ours: f64, peer: f64) -> String {
    format!("{:.2}", ours / peer)
}
