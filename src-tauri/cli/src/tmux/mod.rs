//! `crosscut tmux`: a pane as a source.
//!
//! The pane's own pipe (`pipe-pane`) gives every byte; where somebody has it already the screen is
//! read again and again ([`screen`]). Promises: from the start on each line once; the pane is left
//! as it was found, also when this program is killed (the pipe ends in a `cat` that ends with us);
//! its end, and whatever may be missing, is a record.

mod fifo;
mod pane;
mod screen;

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crosscut_model::{Level, SourceKind, Stream};
use tokio::sync::oneshot;

use self::fifo::Fifo;
use self::pane::{Pane, State};
use self::screen::{Screen, Shown};
use crate::args::TmuxArgs;
use crate::deliver::{Chunk, Delivery, Outbox, Owner, PATIENCE, Sender};
use crate::failure::Failure;
use crate::say;
use crate::stop::Stop;

/// How often the screen is read.
const POLL: Duration = Duration::from_millis(150);

/// How often it is looked whether a piped pane is still there: its pipe may outlive its program.
const LOOK: Duration = Duration::from_secs(1);

/// How long the pane's pipe may take to open.
const OPENING: Duration = Duration::from_secs(5);

/// Read at once, at most. Bytes.
const READ: usize = 64 << 10;

/// Follows a pane until it closes or the program is asked to end.
pub(crate) async fn tmux(data_dir: PathBuf, args: TmuxArgs) -> Result<(), Failure> {
    let pane = Pane::find(&args.target).map_err(Failure::refused)?;
    let Some(state) = pane.state().filter(|state| !state.dead) else {
        return Err(Failure::refused(format!("nothing runs in {}", pane.name)));
    };
    let mut stop = Stop::listen()
        .map_err(|error| Failure::refused(format!("cannot listen for signals: {error}")))?;
    let owner = Owner::find(&data_dir, None, true).await;
    let source = args
        .source
        .unwrap_or_else(|| crate::name::fitting(&format!("tmux {}", pane.name)));
    let delivery = Delivery::start(
        Sender {
            data_dir,
            source,
            kind: SourceKind::Command,
            run: args.run,
            quiet: args.quiet,
            patience: PATIENCE,
        },
        owner,
    );
    let follower = Follower {
        pane,
        outbox: delivery.outbox(),
        quiet: args.quiet,
    };
    let piped = if args.poll || state.piped {
        follower.tell(if state.piped {
            "its pipe belongs to another program, so its screen is read instead"
        } else {
            "its screen is read"
        });
        None
    } else {
        follower.open_pipe().await
    };
    if state.alternate {
        follower.tell(ALTERNATE);
    }
    let ended = match piped {
        Some((fifo, file)) => follower.piped(fifo, file, &mut stop).await,
        None => follower.polled(state, &mut stop).await,
    };
    follower.record_end(&ended);
    drop(follower);
    let outcome = delivery.finish().await;
    match (outcome.why, ended) {
        (Some(why), _) => Err(Failure::refused(format!(
            "{} lines were not stored: {why}",
            outcome.lost
        ))),
        (None, Ended::Failed(why)) => Err(Failure::refused(why)),
        (None, Ended::Asked | Ended::Closed | Ended::Dead | Ended::Taken) => Ok(()),
    }
}

/// What a full-screen program is said to be.
const ALTERNATE: &str = "a program draws on its whole screen, which makes no lines: what it shows \
                         is of no use until it ends";

/// Why following ended.
#[derive(Debug)]
enum Ended {
    /// We were asked to.
    Asked,
    /// The pane has closed.
    Closed,
    /// Its program has ended, and the pane stays.
    Dead,
    /// Somebody else has taken its pipe.
    Taken,
    /// tmux does not answer as it should.
    Failed(String),
}

struct Follower {
    pane: Pane,
    outbox: Arc<Outbox>,
    quiet: bool,
}

impl Follower {
    /// Puts a pipe into the pane; `None` when that does not work, which is said.
    async fn open_pipe(&self) -> Option<(Fifo, File)> {
        let opened = async {
            let fifo = Fifo::new()?;
            self.pane.pipe_into(&fifo.command())?;
            let path = fifo.path().to_owned();
            // Waits for whoever writes.
            let opening = tokio::task::spawn_blocking(move || File::open(path));
            match tokio::time::timeout(OPENING, opening).await {
                Ok(Ok(file)) => Ok((fifo, file.map_err(|error| error.to_string())?)),
                Ok(Err(error)) => Err(error.to_string()),
                Err(_) => {
                    self.pane.unpipe();
                    Err("nothing opens the pipe".to_owned())
                }
            }
        };
        match opened.await {
            Ok(opened) => Some(opened),
            Err(why) => {
                self.tell(&format!(
                    "it cannot be piped ({why}), so its screen is read instead"
                ));
                None
            }
        }
    }

    async fn piped(&self, fifo: Fifo, file: File, stop: &mut Stop) -> Ended {
        let (ended, mut end) = oneshot::channel();
        let outbox = Arc::clone(&self.outbox);
        let reading = std::thread::Builder::new()
            .name("pane".into())
            .spawn(move || {
                read(file, &outbox);
                ended.send(()).ok();
            });
        if let Err(error) = reading {
            self.pane.unpipe();
            return Ended::Failed(format!("no thread: {error}"));
        }
        let mut look = tokio::time::interval(LOOK);
        let mut alternate = false;
        loop {
            tokio::select! {
                _ = &mut end => {
                    drop(fifo);
                    return match self.pane.state() {
                        Some(state) if state.dead => Ended::Dead,
                        Some(_) => Ended::Taken,
                        None => Ended::Closed,
                    };
                }
                _ = stop.asked() => {
                    self.pane.unpipe();
                    // What was under way.
                    tokio::time::timeout(LOOK, &mut end).await.ok();
                    return Ended::Asked;
                }
                _ = look.tick() => match self.pane.state() {
                    Some(state) if state.dead => {
                        self.pane.unpipe();
                        tokio::time::timeout(LOOK, &mut end).await.ok();
                        return Ended::Dead;
                    }
                    Some(state) => {
                        if state.alternate && !alternate {
                            self.tell(ALTERNATE);
                        }
                        alternate = state.alternate;
                    }
                    // Its pipe ends in a moment.
                    None => {}
                },
            }
        }
    }

    async fn polled(&self, begin: State, stop: &mut Stop) -> Ended {
        let mut screen = match self.pane.rows(None) {
            Some((state, rows)) => Screen::new(state, &rows),
            None => return Ended::Closed,
        };
        let mut alternate = begin.alternate;
        let mut poll = tokio::time::interval(POLL);
        loop {
            tokio::select! {
                _ = stop.asked() => {
                    self.put(&screen.finish());
                    return Ended::Asked;
                }
                _ = poll.tick() => {}
            }
            let Some(state) = self.pane.state() else {
                self.put(&screen.finish());
                return Ended::Closed;
            };
            if state.alternate && !alternate {
                self.tell(ALTERNATE);
            }
            alternate = state.alternate;
            if !state.alternate && screen.has_moved(&state) {
                match self.pane.rows(screen.needs(&state)) {
                    Some((state, rows)) if !state.alternate => {
                        let mut shown = screen.look(state, &rows);
                        if shown.more {
                            shown = match self.pane.rows(None) {
                                Some((state, rows)) => screen.look(state, &rows),
                                None => shown,
                            };
                        }
                        self.put(&shown);
                    }
                    _ => {}
                }
            }
            if state.dead {
                self.put(&screen.finish());
                return Ended::Dead;
            }
        }
    }

    fn put(&self, shown: &Shown) {
        if shown.lost {
            self.record(
                Level::Warn,
                "lines may be missing here: more was written than the pane keeps, or it was cleared \
                 or made wider or narrower",
            );
        }
        if !shown.lines.is_empty() {
            let mut text = shown.lines.join("\n").into_bytes();
            text.push(b'\n');
            self.outbox.put(Chunk::bytes(Stream::Stdout, text));
        }
    }

    fn record_end(&self, ended: &Ended) {
        let name = &self.pane.name;
        let text = match ended {
            Ended::Asked => format!("no longer following {name}"),
            Ended::Closed if self.pane.session_is_there() => format!("{name} has closed"),
            Ended::Closed => format!("{name} has closed, and its session has ended"),
            Ended::Dead => format!("the program in {name} has ended"),
            Ended::Taken => format!("another program has taken the pipe of {name}"),
            Ended::Failed(why) => format!("{name} cannot be followed any more: {why}"),
        };
        let level = match ended {
            Ended::Asked | Ended::Closed | Ended::Dead => Level::Info,
            Ended::Taken | Ended::Failed(_) => Level::Warn,
        };
        self.record(level, &text);
        if matches!(ended, Ended::Taken) {
            say::problem(text);
        }
    }

    fn record(&self, level: Level, text: &str) {
        self.outbox.put(Chunk::record(level, text));
    }

    fn tell(&self, what: &str) {
        if !self.quiet {
            say::problem(format_args!("{}: {what}", self.pane.name));
        }
    }
}

fn read(mut file: File, outbox: &Outbox) {
    let mut buffer = vec![0; READ];
    loop {
        let read = match file.read(&mut buffer) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Ok(0) | Err(_) => return,
            Ok(read) => read,
        };
        let bytes = buffer.get(..read).unwrap_or_default();
        if !outbox.put(Chunk::bytes(Stream::Stdout, bytes.to_vec())) {
            return;
        }
    }
}
