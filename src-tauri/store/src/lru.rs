//! A cache with a budget in bytes that forgets what was not used for longest.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use parking_lot::Mutex;

/// The cache. Values are cheap to clone (an `Arc`). A value larger than the budget is not kept.
#[derive(Debug)]
pub struct ByteLru<K, V> {
    budget: usize,
    inner: Mutex<Inner<K, V>>,
}

#[derive(Debug)]
struct Inner<K, V> {
    entries: HashMap<K, Entry<V>>,
    /// When each key was last used; the first was not for longest.
    order: BTreeMap<u64, K>,
    tick: u64,
    bytes: usize,
}

#[derive(Debug)]
struct Entry<V> {
    value: V,
    bytes: usize,
    used: u64,
}

impl<K: Copy + Eq + Hash, V: Clone> ByteLru<K, V> {
    /// An empty cache for values of `budget` bytes together.
    pub fn new(budget: usize) -> Self {
        let inner = Inner {
            entries: HashMap::new(),
            order: BTreeMap::new(),
            tick: 0,
            bytes: 0,
        };
        Self {
            budget,
            inner: Mutex::new(inner),
        }
    }

    /// The value kept for a key.
    pub fn get(&self, key: K) -> Option<V> {
        let mut guard = self.inner.lock();
        let inner = &mut *guard;
        let entry = inner.entries.get_mut(&key)?;
        inner.tick += 1;
        inner.order.remove(&entry.used);
        inner.order.insert(inner.tick, key);
        entry.used = inner.tick;
        Some(entry.value.clone())
    }

    /// Keeps a value of so many bytes.
    pub fn insert(&self, key: K, value: V, bytes: usize) {
        if bytes > self.budget {
            return;
        }
        let mut guard = self.inner.lock();
        let inner = &mut *guard;
        inner.tick += 1;
        let entry = Entry {
            value,
            bytes,
            used: inner.tick,
        };
        if let Some(old) = inner.entries.insert(key, entry) {
            inner.order.remove(&old.used);
            inner.bytes -= old.bytes;
        }
        inner.order.insert(inner.tick, key);
        inner.bytes += bytes;
        while inner.bytes > self.budget {
            let Some((_, oldest)) = inner.order.pop_first() else {
                break;
            };
            if let Some(old) = inner.entries.remove(&oldest) {
                inner.bytes -= old.bytes;
            }
        }
    }
}

#[cfg(test)]
mod tests;
