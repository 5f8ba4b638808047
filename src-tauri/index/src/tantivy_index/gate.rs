//! Bounds what waits to be indexed: reading frames is faster than indexing them.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};

/// Lets so many bytes in at a time.
#[derive(Debug)]
pub(super) struct Gate {
    limit: usize,
    inside: Mutex<usize>,
    left: Condvar,
}

impl Gate {
    /// A gate for `limit` bytes.
    pub(super) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self {
            limit,
            inside: Mutex::new(0),
            left: Condvar::new(),
        })
    }

    /// Waits for room, but no longer than `patience`, and goes in: an indexing thread that died
    /// leaves nothing behind that would make room, and is found out by the next attempt to hand it
    /// something.
    pub(super) fn enter(self: &Arc<Self>, bytes: usize, patience: Duration) -> Pass {
        let mut inside = self.inside.lock();
        while *inside > 0 && inside.saturating_add(bytes) > self.limit {
            if self.left.wait_for(&mut inside, patience).timed_out() {
                break;
            }
        }
        *inside = inside.saturating_add(bytes);
        drop(inside);
        Pass {
            gate: Arc::clone(self),
            bytes,
        }
    }
}

/// Leaves through the gate when dropped.
#[derive(Debug)]
pub(super) struct Pass {
    gate: Arc<Gate>,
    bytes: usize,
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut inside = self.gate.inside.lock();
        *inside = inside.saturating_sub(self.bytes);
        drop(inside);
        self.gate.left.notify_all();
    }
}
