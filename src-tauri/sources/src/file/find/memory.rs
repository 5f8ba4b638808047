//! What a finder has found, across restarts.
//!
//! Stored as a checkpoint without lines, JSON: `{"v":1,"members":[{"path","name","ids":[…]}]}`, `ids`
//! being all files that the path led to and that are still there, under whatever name. A checkpoint
//! that cannot be read means that nothing is known: everything is found again, and the engine follows
//! what it follows already only once.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::walk::Candidate;
use crate::file::identity::Identity;

/// The version written.
const VERSION: u32 = 1;

/// A file that was found.
#[derive(Debug, Serialize, Deserialize)]
struct Member {
    name: String,
    /// What the path led to, as long as it is there.
    ids: Vec<Identity>,
    #[serde(skip)]
    told: bool,
}

/// What is stored.
#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    v: u32,
    members: BTreeMap<PathBuf, Member>,
}

/// The same, to be written.
#[derive(Serialize)]
struct Storing<'a> {
    v: u32,
    members: &'a BTreeMap<PathBuf, Member>,
}

/// The files that were found.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    members: BTreeMap<PathBuf, Member>,
    /// The files that they led to, by number.
    known: HashMap<u64, Vec<Identity>>,
    changed: bool,
}

impl Memory {
    /// Out of a checkpoint.
    pub(crate) fn decode(checkpoint: Option<&[u8]>) -> Self {
        let stored = checkpoint.and_then(|bytes| serde_json::from_slice::<Stored>(bytes).ok());
        let members = match stored {
            Some(stored) if stored.v == VERSION => stored.members,
            _ => BTreeMap::new(),
        };
        Self {
            members,
            known: HashMap::new(),
            changed: false,
        }
    }

    /// The checkpoint, when it is another than the last one.
    pub(crate) fn news(&mut self) -> Option<Vec<u8>> {
        if !std::mem::take(&mut self.changed) {
            return None;
        }
        serde_json::to_vec(&Storing {
            v: VERSION,
            members: &self.members,
        })
        .ok()
    }

    /// Takes in what is there now: which files the known paths lead to, and which are gone.
    pub(crate) fn seen(&mut self, files: &[Candidate]) {
        let mut there: HashMap<u64, Vec<Identity>> = HashMap::new();
        for file in files {
            there.entry(file.id.number()).or_default().push(file.id);
            if let Some(member) = self.members.get_mut(&file.path)
                && !member.ids.iter().any(|id| id.same(&file.id))
            {
                member.ids.push(file.id);
                self.changed = true;
            }
        }
        let is_there = |id: &Identity| {
            let alike = there.get(&id.number());
            alike.is_some_and(|alike| alike.iter().any(|other| other.same(id)))
        };
        let mut known: HashMap<u64, Vec<Identity>> = HashMap::new();
        for member in self.members.values_mut() {
            let before = member.ids.len();
            member.ids.retain(is_there);
            self.changed |= member.ids.len() != before;
            for id in &member.ids {
                known.entry(id.number()).or_default().push(*id);
            }
        }
        // What is gone with all that was rotated from it is found anew should it come back.
        self.members.retain(|_, member| !member.ids.is_empty());
        self.known = known;
    }

    /// A new member.
    pub(crate) fn add(&mut self, path: &Path, id: Identity, name: &str) {
        let member = Member {
            name: name.to_owned(),
            ids: vec![id],
            told: false,
        };
        self.known.entry(id.number()).or_default().push(id);
        self.members.insert(path.to_owned(), member);
        self.changed = true;
    }

    /// Members that this process has not yet left word of.
    pub(crate) fn untold(&mut self) -> Vec<(PathBuf, String)> {
        self.members
            .iter_mut()
            .filter_map(|(path, member)| {
                let told = std::mem::replace(&mut member.told, true);
                (!told).then(|| (path.clone(), member.name.clone()))
            })
            .collect()
    }

    /// Whether the path is a member's.
    pub(crate) fn knows(&self, path: &Path) -> bool {
        self.members.contains_key(path)
    }

    /// Whether a member's path led to this file.
    pub(crate) fn knows_file(&self, id: &Identity) -> bool {
        let alike = self.known.get(&id.number());
        alike.is_some_and(|alike| alike.iter().any(|known| known.same(id)))
    }

    /// How many members' paths are among those that are there.
    pub(crate) fn present(&self, there: &HashSet<&Path>) -> usize {
        let paths = self.members.keys();
        paths.filter(|path| there.contains(path.as_path())).count()
    }

    /// The members' names.
    pub(crate) fn names(&self) -> HashSet<String> {
        self.members
            .values()
            .map(|member| member.name.clone())
            .collect()
    }
}
