//! Looking at many blocks at once.

use std::num::NonZero;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use parking_lot::Mutex;

/// Up to so many are looked at without starting threads.
const FEW: usize = 3;

/// What `look` finds in each of `count` things, in their order, by as many threads as there are
/// processors, each with a state of its own. Nothing when cancelled.
pub(crate) fn each<T: Send, S>(
    count: usize,
    cancel: &AtomicBool,
    state: impl Fn() -> S + Sync,
    look: impl Fn(&mut S, usize) -> T + Sync,
) -> Option<Vec<T>> {
    let threads = thread::available_parallelism()
        .map_or(2, NonZero::get)
        .min(count);
    if count <= FEW || threads < 2 {
        let mut state = state();
        return (0..count)
            .map(|at| (!cancel.load(Ordering::Acquire)).then(|| look(&mut state, at)))
            .collect();
    }
    let next = AtomicUsize::new(0);
    let found: Mutex<Vec<Option<T>>> = Mutex::new((0..count).map(|_| None).collect());
    let work = || {
        let mut state = state();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count || cancel.load(Ordering::Acquire) {
                return;
            }
            let one = look(&mut state, at);
            if let Some(place) = found.lock().get_mut(at) {
                *place = Some(one);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    found.into_inner().into_iter().collect()
}
