//! What stands behind the window: the workbench and its port.

use std::sync::Arc;

use crosscut_engine::api::{ApiError, Notice, NoticeKind, SourceAddArgs};
use crosscut_engine::{Config, OpenError, Workbench, default_data_dir, demo_data_dir};
use crosscut_server::handover::{HandedOver, HandoverError, fulfil, hand_over, wishes};
use crosscut_server::{Bound, Options, Server};
use crosscut_sources::{Connectors, demo_specs};
use tauri::async_runtime::{block_on, handle, spawn_blocking};

use crate::args::Args;

/// A workbench of this process, with its port.
#[derive(Debug)]
pub struct Session {
    /// The workbench.
    pub workbench: Workbench,
    /// The web UI's address with its token; none when the port could not be opened.
    pub page: Option<String>,
    bound: Option<Bound>,
}

/// What became of the start.
#[derive(Debug)]
pub enum Start {
    /// The workbench is ours.
    Ours(Session),
    /// Another process has the data directory, and took the request.
    HandedOver(HandedOver),
}

/// Why there will be no window.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// What was asked for makes no sense.
    #[error("{0}")]
    Asked(#[from] ApiError),
    /// The data directory cannot be used.
    #[error("{0}")]
    Open(OpenError),
    /// It belongs to another process, which does not answer.
    #[error("{0}")]
    Handover(#[from] HandoverError),
}

impl Session {
    /// Opens the workbench and its port; or hands over to the process that has the data directory.
    pub fn start(args: &Args) -> Result<Start, StartError> {
        let demo = if args.demo { demo_specs() } else { Vec::new() };
        let wishes = wishes(&args.files, &args.docker, demo)?;
        let usual = if args.demo {
            demo_data_dir
        } else {
            default_data_dir
        };
        let data_dir = args.data.clone().unwrap_or_else(usual);
        let connectors = Arc::new(Connectors::new(handle().inner().clone()));
        match Workbench::open(Config::new(data_dir), connectors) {
            Ok(workbench) => {
                let session = Self::serve(workbench, args.port);
                session.follow(wishes);
                Ok(Start::Ours(session))
            }
            Err(OpenError::Locked { data_dir, endpoint }) => {
                let handed = block_on(hand_over(&data_dir, endpoint, &wishes))?;
                Ok(Start::HandedOver(handed))
            }
            Err(error @ OpenError::Data(_)) => Err(StartError::Open(error)),
        }
    }

    /// A window without a port is still a window: programs cannot post to it, and it says so.
    fn serve(workbench: Workbench, port: u16) -> Self {
        let options = Options {
            port,
            ..Options::default()
        };
        match block_on(Server::bind(workbench.clone(), options)) {
            Ok(bound) => {
                workbench.set_endpoint(&bound.url(), true);
                Self {
                    workbench,
                    page: Some(bound.page()),
                    bound: Some(bound),
                }
            }
            Err(error) => {
                workbench.notice(Notice {
                    code: "port_closed".to_owned(),
                    kind: NoticeKind::Error,
                    message: error.to_string(),
                    hint: "programs cannot send their logs here; files and containers work"
                        .to_owned(),
                    active: true,
                });
                Self {
                    workbench,
                    page: None,
                    bound: None,
                }
            }
        }
    }

    /// Adds sources, beside whatever else happens: Docker may take two seconds to answer.
    pub fn follow(&self, wishes: Vec<SourceAddArgs>) {
        follow(self.workbench.clone(), wishes);
    }

    /// Closes the port and the workbench: everything received is stored when this returns.
    pub fn close(self) {
        if let Some(bound) = self.bound {
            block_on(bound.stop());
        }
        self.workbench.close();
    }
}

/// Adds sources; one that is refused becomes a notice.
pub fn follow(workbench: Workbench, wishes: Vec<SourceAddArgs>) {
    spawn_blocking(move || {
        for wish in wishes {
            if let Err(error) = fulfil(&workbench, &wish) {
                refuse(
                    &workbench,
                    format!("{}: {}", wish.key, error.message),
                    error.hint,
                );
            }
        }
    });
}

/// Tells that something could not be followed.
pub fn refuse(workbench: &Workbench, message: String, hint: String) {
    workbench.notice(Notice {
        code: "source_refused".to_owned(),
        kind: NoticeKind::Error,
        message,
        hint,
        active: true,
    });
}
