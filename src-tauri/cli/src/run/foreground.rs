//! Who has the terminal.

use std::io::IsTerminal;
use std::os::fd::AsFd;
use std::os::unix::fs::FileTypeExt;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::process::{Pid, getpgrp, setpgid};
use rustix::termios::{tcgetpgrp, tcsetpgrp};

/// The terminal at standard input, which belongs to one process group at a time.
#[derive(Debug)]
pub(super) struct Foreground {
    group: Pid,
    given: AtomicBool,
}

impl Foreground {
    /// Gives it to a group, if it is ours to give. In a pipeline it is not: the pager behind us
    /// reads keys, too. A group that turns out to need it gets it then.
    pub(super) fn give(group: Pid) -> Self {
        let foreground = Self {
            group,
            given: AtomicBool::new(false),
        };
        if !in_pipeline() {
            foreground.give_now();
        }
        foreground
    }

    /// Gives it to the group; `false` when it is neither ours nor the group's already, which may
    /// have asked before it was given it, and been stopped for that.
    pub(super) fn give_now(&self) -> bool {
        let input = std::io::stdin();
        if !input.is_terminal() {
            return false;
        }
        let owner = tcgetpgrp(&input).ok();
        if owner != Some(getpgrp()) {
            return owner == Some(self.group);
        }
        let given = tcsetpgrp(&input, self.group).is_ok();
        self.given.fetch_or(given, Ordering::AcqRel);
        given
    }

    /// Takes it back. To be called while the group has a member, be it one that has ended and is
    /// not waited for yet: from outside of the group that has the terminal nobody may take it, so
    /// this process joins that group for the moment. A shell that waits for us alone takes the
    /// terminal itself; then our old group is gone, and there is nothing to do.
    pub(super) fn take_back(&self) {
        let given = self.given.swap(false, Ordering::AcqRel);
        // Whoever has it by now keeps it: who takes it from others is stopped for that.
        if !given || tcgetpgrp(std::io::stdin()).ok() != Some(self.group) {
            return;
        }
        let own = getpgrp();
        if setpgid(None, Some(self.group)).is_ok() {
            tcsetpgrp(std::io::stdin(), own).ok();
            setpgid(None, Some(own)).ok();
        }
    }
}

/// Whether standard output goes into a pipe.
fn in_pipeline() -> bool {
    let Ok(output) = std::io::stdout().as_fd().try_clone_to_owned() else {
        return false;
    };
    let metadata = std::fs::File::from(output).metadata();
    metadata
        .is_ok_and(|metadata| metadata.file_type().is_fifo() || metadata.file_type().is_socket())
}
