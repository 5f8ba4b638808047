//! What leads to each member, learned from the lines before.
//!
//! Programs write the same keys in the same order line after line. So the bytes between a value and
//! the next (`,"level":`) are kept with what the key means, and with which of them followed which; in
//! the next line they are compared instead of being read. What was not met before is read as ever
//! and then known.
//!
//! Promises: finds what [`members`](super::members) finds, whatever was learned; takes a fixed amount
//! of memory.

use super::{Cursor, Malformed, Raw, RawStr};
use crate::keys::{Role, role};
use crate::known::Message;
use crate::walk::regular_key;

/// The longest lead that is kept: a comma, a key of some length, a colon.
const WINDOW: usize = 32;

/// Leads known at most.
const MOST: usize = 200;

/// Stands for what is before the first member.
const START: u8 = 0;

/// Stands for a lead that is not kept.
const UNKNOWN: u8 = u8::MAX;

/// The leads met so far.
#[derive(Debug, Clone)]
pub(crate) struct Leads {
    /// By number; the first is [`START`].
    known: Vec<Lead>,
    /// The keys in them, by number too.
    keys: Vec<Key>,
}

/// What a member's name says.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    /// Empty where it cannot be told from others.
    pub(crate) name: String,
    /// The best rank it may have as the message's name.
    pub(crate) message: usize,
}

impl Key {
    fn of(key: RawStr<'_>) -> Self {
        Self {
            name: regular_key(key).unwrap_or_default().to_owned(),
            message: Message::rank(key.bytes),
        }
    }
}

/// A text is no valid object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Members that were passed before the fault.
    pub(crate) members: usize,
    /// Whether it stands behind the object's end.
    pub(crate) behind: bool,
}

/// The bytes before a value.
#[derive(Debug, Clone, Copy)]
struct Lead {
    bytes: [u8; WINDOW],
    /// `ff` where there are bytes.
    mask: [u8; WINDOW],
    len: usize,
    role: Role,
    /// Those that followed it, a byte each, the latest lowest; [`UNKNOWN`] where there are no more.
    /// One number, so that it stays in a register.
    next: u32,
}

impl Default for Leads {
    fn default() -> Self {
        let start = Lead::new(&[], Role::Other);
        Self {
            known: start.into_iter().collect(),
            keys: Vec::from_iter([Key::of(RawStr {
                bytes: &[],
                escaped: false,
            })]),
        }
    }
}

impl Lead {
    /// `None` when it is too long to be kept.
    fn new(lead: &[u8], role: Role) -> Option<Self> {
        let mut bytes = [0; WINDOW];
        let mut mask = [0; WINDOW];
        bytes.get_mut(..lead.len())?.copy_from_slice(lead);
        mask.get_mut(..lead.len())?.fill(u8::MAX);
        Some(Self {
            bytes,
            mask,
            len: lead.len(),
            role,
            next: u32::MAX,
        })
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Whether `rest` begins with it.
    #[inline]
    fn stands_at(&self, rest: &[u8]) -> bool {
        let Some(window) = rest.first_chunk::<WINDOW>() else {
            return rest.starts_with(self.bytes());
        };
        // Without branches, so that it becomes a handful of vector instructions.
        let pairs = window.iter().zip(&self.bytes).zip(&self.mask);
        pairs.fold(0, |differ, ((a, b), mask)| differ | ((a ^ b) & mask)) == 0
    }
}

impl Leads {
    /// Passes the object `body` (already trimmed) and shows the members that mean something to
    /// `visit`. When not all of it is valid, says how many members were passed before the fault.
    #[inline]
    pub(crate) fn members<'a>(
        &mut self,
        body: &'a [u8],
        mut visit: impl FnMut(Role, Raw<'a>),
    ) -> Result<(), usize> {
        let mut cursor = Cursor::new(body);
        let mut count = 0;
        let mut last = START;
        let mut pass = || {
            while let Some(role) = self.next(&mut cursor, &mut last, count == 0)? {
                if role == Role::Other {
                    cursor.pass()?;
                } else {
                    visit(role, cursor.value()?);
                }
                count += 1;
            }
            cursor.end()
        };
        pass().map_err(|Malformed| count)
    }

    /// Passes the object `body` (already trimmed) and shows every member's key, what it means, and
    /// the cursor at its value, which `visit` passes. Gives the number of members.
    #[inline]
    pub(crate) fn each<'a>(
        &mut self,
        body: &'a [u8],
        mut visit: impl FnMut(&Key, Role, &mut Cursor<'a>) -> Result<(), Malformed>,
    ) -> Result<usize, Fault> {
        let mut cursor = Cursor::new(body);
        let mut members = 0;
        let mut behind = false;
        let mut last = START;
        let mut pass = || {
            loop {
                let before = cursor.clone();
                let Some(role) = self.next(&mut cursor, &mut last, members == 0)? else {
                    break;
                };
                if let Some(key) = self.keys.get(usize::from(last)) {
                    visit(key, role, &mut cursor)?;
                } else {
                    visit(&read_key(before, members == 0)?, role, &mut cursor)?;
                }
                members += 1;
            }
            behind = true;
            cursor.end()
        };
        let ended = pass();
        ended
            .map(|()| members)
            .map_err(|Malformed| Fault { members, behind })
    }

    /// Passes what stands before the next value; `None` behind the last, the end passed.
    #[inline]
    fn next(
        &mut self,
        cursor: &mut Cursor<'_>,
        last: &mut u8,
        first: bool,
    ) -> Result<Option<Role>, Malformed> {
        let rest = cursor.rest();
        let before = self.known.get(usize::from(*last));
        let mut choices = before.map_or(u32::MAX, |lead| lead.next);
        loop {
            let [number, ..] = choices.to_le_bytes();
            let Some(lead) = self.known.get(usize::from(number)) else {
                break;
            };
            choices = choices >> 8 | 0xff00_0000;
            if lead.stands_at(rest) {
                cursor.skip(lead.len);
                cursor.blanks();
                *last = number;
                return Ok(Some(lead.role));
            }
        }
        let more = if first {
            cursor.enter_object()?
        } else {
            cursor.more_members()?
        };
        if !more {
            return Ok(None);
        }
        let key = cursor.key()?;
        let role = if key.escaped {
            role(key.decode().as_bytes())
        } else {
            role(key.bytes)
        };
        let passed = rest.len() - cursor.rest().len();
        let lead = rest.get(..passed).unwrap_or_default();
        *last = self.learn(*last, lead, key, role);
        Ok(Some(role))
    }

    /// Keeps a lead, and that it followed another; gives its number.
    #[cold]
    fn learn(&mut self, before: u8, lead: &[u8], key: RawStr<'_>, role: Role) -> u8 {
        // Whoever writes so many has no habits, and looking for one would cost more than reading.
        if self.known.len() >= MOST {
            return UNKNOWN;
        }
        let same = |known: &Lead| known.len == lead.len() && known.bytes() == lead;
        let number = if let Some(at) = self.known.iter().skip(1).position(same) {
            at + 1
        } else if let Some(lead) = Lead::new(lead, role) {
            self.known.push(lead);
            self.keys.push(Key::of(key));
            self.known.len() - 1
        } else {
            return UNKNOWN;
        };
        let number = u8::try_from(number).unwrap_or(UNKNOWN);
        if let Some(before) = self.known.get_mut(usize::from(before)) {
            before.next = before.next << 8 | u32::from(number);
        }
        number
    }
}

/// The key of a member whose lead is not kept.
#[cold]
fn read_key(mut cursor: Cursor<'_>, first: bool) -> Result<Key, Malformed> {
    if first {
        cursor.enter_object()?;
    } else {
        cursor.more_members()?;
    }
    cursor.key().map(Key::of)
}

#[cfg(test)]
mod tests;
