//! What the daemon says of a container at a moment.

use bollard::models::ContainerInspectResponse;

/// What is known of the container at a moment.
#[derive(Debug)]
pub(crate) struct Look {
    /// Whether it runs (or is paused).
    pub(crate) running: bool,
    /// Whether it has a terminal: its log is not framed then.
    pub(crate) terminal: bool,
    /// How it ended last.
    pub(crate) exit_code: i64,
    /// Whether it ended for want of memory.
    pub(crate) out_of_memory: bool,
    /// When it was started last, in the daemon's words. Absent for a container that was never started.
    pub(crate) started: Option<String>,
    /// When it ended last, in the daemon's words.
    pub(crate) ended: Option<String>,
    /// The logging driver, when it is one that keeps nothing.
    pub(crate) no_logs: Option<String>,
}

impl Look {
    /// Out of the daemon's answer.
    pub(crate) fn of(found: ContainerInspectResponse) -> Self {
        let state = found.state.unwrap_or_default();
        let driver = found
            .host_config
            .and_then(|host| host.log_config?.typ)
            .unwrap_or_default();
        // The daemon writes the year 1 where there is no time yet.
        let time = |at: Option<String>| at.filter(|at| !at.is_empty() && !at.starts_with("0001-"));
        Self {
            running: state.running.unwrap_or(false),
            terminal: found.config.and_then(|config| config.tty).unwrap_or(false),
            exit_code: state.exit_code.unwrap_or(0),
            out_of_memory: state.oom_killed.unwrap_or(false),
            started: time(state.started_at),
            ended: time(state.finished_at),
            no_logs: (driver == "none").then_some(driver),
        }
    }
}
