//! Work on all cores.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// The stack of a worker: parsers and the drops of their trees call themselves, as deep as
/// `lex::too_deep` lets them. Only what is used takes memory.
const STACK: usize = 512 << 20;

/// Does work on all items, on so many cores or on all. `done` gets each result with the number of its item, as
/// they come.
pub(crate) fn each<I: Sync, O: Send>(
    items: &[I],
    jobs: Option<usize>,
    work: impl Fn(usize, &I) -> O + Sync,
    mut done: impl FnMut(usize, O),
) {
    let cores = || thread::available_parallelism().ok().map(usize::from);
    let jobs = jobs.or_else(cores).unwrap_or(1);
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, items.len().max(1)) {
            let sender = sender.clone();
            let (next, work) = (&next, &work);
            let worker = move || {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let result = items.get(at).map(|item| work(at, item));
                    let sent = result.map(|result| sender.send((at, result)));
                    if !matches!(sent, Some(Ok(()))) {
                        return;
                    }
                }
            };
            let thread = thread::Builder::new().stack_size(STACK);
            // Without threads the work is done here.
            if thread.spawn_scoped(scope, worker.clone()).is_err() {
                worker();
            }
        }
        drop(sender);
        for (at, result) in receiver {
            done(at, result);
        }
    });
}

/// The results of work on all items, in their order.
pub(crate) fn all<I: Sync, O: Send>(items: &[I], work: impl Fn(&I) -> O + Sync) -> Vec<O> {
    let mut results: Vec<Option<O>> = items.iter().map(|_| None).collect();
    each(
        items,
        None,
        |_, item| work(item),
        |at, result| results[at] = Some(result),
    );
    // Each item has its result: a worker that panics ends this.
    results.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::all;

    #[test]
    fn results_are_in_the_order_of_items() {
        let items: Vec<u64> = (0..1_000).collect();
        let squares = all(&items, |item| item * item);
        assert!(squares.into_iter().eq(items.iter().map(|item| item * item)));
        assert_eq!(all(&[], |item: &u64| *item), [0; 0]);
    }
}
