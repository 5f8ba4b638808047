//! The command's process and its group.
//!
//! The group is the command's own, so that all it starts can be ended together and a pipeline
//! around us is left alone. It gets the terminal to itself when we have it, as a shell does for a
//! job: Ctrl-C, Ctrl-Z, password prompts and keys reach it directly, once, and the terminal is never
//! in a state that a crash of ours could leave behind.

use std::fmt;
use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use rustix::io::Errno;
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, kill_process_group, test_kill_process_group, waitid,
};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::Keep;
use super::foreground::Foreground;
use super::pause::Pause;
use super::pty::{Pty, Window};
use super::pump::Outputs;
use super::signals::Told;

/// Signals that end programs, by the names people know them by.
const NAMES: [(Signal, &str); 12] = [
    (Signal::HUP, "SIGHUP"),
    (Signal::INT, "SIGINT"),
    (Signal::QUIT, "SIGQUIT"),
    (Signal::ILL, "SIGILL"),
    (Signal::TRAP, "SIGTRAP"),
    (Signal::ABORT, "SIGABRT"),
    (Signal::BUS, "SIGBUS"),
    (Signal::FPE, "SIGFPE"),
    (Signal::KILL, "SIGKILL"),
    (Signal::SEGV, "SIGSEGV"),
    (Signal::PIPE, "SIGPIPE"),
    (Signal::TERM, "SIGTERM"),
];

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// By itself, with a code.
    Code(i32),
    /// By a signal.
    Signal(i32),
    /// Somebody else has taken its end away from us.
    Unknown,
}

impl End {
    /// Our own exit code.
    pub(super) fn code(self) -> u8 {
        match self {
            Self::Code(code) => u8::try_from(code & 0xff).unwrap_or(1),
            Self::Signal(signal) => u8::try_from(128 + signal).unwrap_or(1),
            Self::Unknown => 1,
        }
    }

    /// Whether that is no failure: code 0, Ctrl-C, or the end that somebody `asked` for.
    pub(super) fn is_well(self, asked: bool) -> bool {
        match self {
            Self::Code(code) => code == 0 || (asked && code > 128),
            Self::Signal(signal) => asked || signal == Signal::INT.as_raw(),
            Self::Unknown => false,
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exited with code {code}"),
            Self::Signal(signal) => match NAMES.iter().find(|(known, _)| known.as_raw() == *signal)
            {
                Some((_, name)) => write!(f, "was ended by {name}"),
                None => write!(f, "was ended by signal {signal}"),
            },
            Self::Unknown => f.write_str("ended, nobody knows how,"),
        }
    }
}

/// A command that was started.
#[derive(Debug)]
pub(super) struct Process {
    group: Pid,
    ended: oneshot::Receiver<End>,
    window: Option<Window>,
    pause: Pause,
}

impl Process {
    /// Starts it, its outputs kept apart. Needs a tokio runtime.
    pub(super) fn start(mut command: Command, keep: Keep) -> io::Result<(Self, Outputs)> {
        let mut window = Window::default();
        let mut output = |terminal: bool| -> io::Result<(Box<dyn Read + Send>, Stdio)> {
            if terminal {
                let Pty { ours, theirs } = Pty::open(&window)?;
                window.add(&ours)?;
                Ok((Box::new(ours), theirs.into()))
            } else {
                let (ours, theirs) = io::pipe()?;
                Ok((Box::new(ours), theirs.into()))
            }
        };
        let (stdout, theirs) = output(keep.stdout)?;
        command.stdout(theirs);
        let (stderr, theirs) = output(keep.stderr)?;
        command.stderr(theirs).process_group(0);
        let child = command.spawn()?;
        // Our copies of the command's ends, without which an output would never end.
        drop(command);
        let id = i32::try_from(child.id()).map_err(io::Error::other)?;
        let group = Pid::from_raw(id).ok_or_else(|| io::Error::other("no process id"))?;
        let pause = Pause::listen()?;
        let foreground = Foreground::give(group);
        let (end, ended) = oneshot::channel();
        let (runtime, mut stopping) = (Handle::current(), pause.clone());
        let mut stop = move || runtime.block_on(stopping.stop());
        std::thread::Builder::new()
            .name("child".into())
            .spawn(move || end.send(wait(group, &foreground, &mut stop)).ok())?;
        let process = Self {
            group,
            ended,
            window: window.is_used().then_some(window),
            pause,
        };
        Ok((process, Outputs { stdout, stderr }))
    }

    /// Its process id.
    pub(super) fn id(&self) -> i32 {
        self.group.as_raw_nonzero().get()
    }

    /// Waits for its end. Cancel-safe; to be asked until it has answered once.
    pub(super) async fn ended(&mut self) -> End {
        (&mut self.ended).await.unwrap_or(End::Unknown)
    }

    /// Passes a signal on to the whole group.
    pub(super) fn tell(&mut self, told: Told) {
        if told.0 == Signal::WINCH {
            self.resize();
        } else {
            self.send(told.0);
        }
    }

    /// Stops this program, and has the group go on when it does.
    pub(super) async fn pause(&mut self) {
        self.pause.stop().await;
        self.send(Signal::CONT);
    }

    /// Ends what is left of the group.
    pub(super) fn kill(&self) {
        self.send(Signal::KILL);
    }

    /// Whether nothing of the group is left.
    pub(super) fn is_gone(&self) -> bool {
        test_kill_process_group(self.group) == Err(Errno::SRCH)
    }

    /// Compares the window's size.
    pub(super) fn resize(&mut self) {
        if self.window.as_mut().is_some_and(Window::follow) {
            self.send(Signal::WINCH);
        }
    }

    fn send(&self, signal: Signal) {
        if let Err(error) = kill_process_group(self.group, signal)
            && error != Errno::SRCH
        {
            tracing::warn!(%error, ?signal, "the command cannot be told");
        }
    }
}

/// Waits for the end, and lets the command and us (by `stop`) be stopped and continued together.
fn wait(group: Pid, foreground: &Foreground, stop: &mut dyn FnMut()) -> End {
    let what = WaitIdOptions::EXITED | WaitIdOptions::STOPPED;
    loop {
        // Only looked at: while it is not waited for, its group cannot be another one.
        let status = match waitid(WaitId::Pid(group), what | WaitIdOptions::NOWAIT) {
            Ok(Some(status)) => status,
            Ok(None) | Err(Errno::INTR) => continue,
            Err(_) => return End::Unknown,
        };
        if !status.stopped() {
            foreground.take_back();
        }
        waitid(WaitId::Pid(group), what).ok();
        if let Some(code) = status.exit_status() {
            return End::Code(code);
        }
        if let Some(signal) = status.terminating_signal() {
            return End::Signal(signal);
        }
        let signal = status.stopping_signal();
        let wants_terminal = [Signal::TTIN, Signal::TTOU]
            .iter()
            .any(|wants| signal == Some(wants.as_raw()));
        if !(wants_terminal && foreground.give_now()) {
            // The shell sees its job stop, and continues it.
            stop();
            foreground.give_now();
        }
        kill_process_group(group, Signal::CONT).ok();
    }
}
