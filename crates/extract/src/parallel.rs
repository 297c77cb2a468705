//! Work on many things at once, on as many threads as the machine has processors.

use std::num::NonZero;
use std::thread::available_parallelism;

/// What `work` makes of each item, in order. Few items are not worth a thread: `least` of them are.
pub fn map<'a, T: Sync, R: Send>(items: &'a [T], least: usize, work: impl Fn(&'a T) -> R + Sync) -> Vec<R> {
    let threads = available_parallelism().map_or(1, NonZero::get).min(items.len() / least.max(1)).max(1);
    if threads == 1 {
        return items.iter().map(work).collect();
    }
    let some = |items: &'a [T]| items.iter().map(&work).collect::<Vec<_>>();
    std::thread::scope(|scope| {
        let share = items.len().div_ceil(threads);
        let running: Vec<_> = items.chunks(share).map(|items| scope.spawn(move || some(items))).collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, Vec<R>>| match thread.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        running.into_iter().flat_map(join).collect()
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn all_is_done_and_in_order() {
        for n in [0, 1, 5, 1000, 1001] {
            let items: Vec<usize> = (0..n).collect();
            assert_eq!(super::map(&items, 10, |n| n * 2), items.iter().map(|n| n * 2).collect::<Vec<_>>());
        }
    }
}
