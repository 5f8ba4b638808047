//! What found files are called.
//!
//! A file's own name is enough where no other has it; else folders are put before it until it is the
//! only one. A name that was given stays.

use std::collections::{HashMap, HashSet};
use std::path::Path;

/// Names for paths that are new, in their order, none of them among the `taken`.
pub(crate) fn names(new: &[&Path], taken: &HashSet<String>) -> Vec<String> {
    let parts: Vec<Vec<String>> = new.iter().map(|path| parts_of(path)).collect();
    let mut lengths = vec![1_usize; parts.len()];
    loop {
        let mut count: HashMap<String, usize> = HashMap::new();
        for (parts, length) in parts.iter().zip(&lengths) {
            *count.entry(last(parts, *length)).or_default() += 1;
        }
        let mut longer = false;
        for (parts, length) in parts.iter().zip(&mut lengths) {
            let name = last(parts, *length);
            let alone = count.get(&name) == Some(&1) && !taken.contains(&name);
            if !alone && *length < parts.len() {
                *length += 1;
                longer = true;
            }
        }
        if !longer {
            let named = parts.iter().zip(lengths);
            return named.map(|(parts, length)| last(parts, length)).collect();
        }
    }
}

fn parts_of(path: &Path) -> Vec<String> {
    path.components()
        .filter_map(|part| match part {
            std::path::Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
            _ => None,
        })
        .collect()
}

fn last(parts: &[String], length: usize) -> String {
    let from = parts.len().saturating_sub(length);
    parts.get(from..).unwrap_or_default().join("/")
}
