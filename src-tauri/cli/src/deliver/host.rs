//! Being the workbench for as long as a command lasts.

use std::path::Path;
use std::sync::Arc;

use crosscut_engine::{Config, OpenError, Workbench};
use crosscut_server::{Bound, DEFAULT_PORT, Options, Server};
use crosscut_sources::Connectors;

/// A workbench of this process, with its port.
#[derive(Debug)]
pub(crate) struct Host {
    workbench: Workbench,
    /// Without a port lines are stored all the same; nobody else can send any.
    bound: Option<Bound>,
}

impl Host {
    /// Opens the data directory and the port: `port`, or the usual one, or the next that is free.
    pub(crate) async fn open(data_dir: &Path, port: Option<u16>) -> Result<Self, OpenError> {
        let config = Config::new(data_dir);
        let connectors = Arc::new(Connectors::new(tokio::runtime::Handle::current()));
        let opening = tokio::task::spawn_blocking(move || Workbench::open(config, connectors));
        let workbench = opening
            .await
            .unwrap_or_else(|error| Err(OpenError::Data(error.to_string())))?;
        let options = Options {
            port: port.unwrap_or(DEFAULT_PORT),
            ..Options::default()
        };
        let bound = match Server::bind(workbench.clone(), options).await {
            Ok(bound) => {
                workbench.set_endpoint(&bound.url(), false);
                Some(bound)
            }
            Err(error) => {
                tracing::warn!(%error, "there is no port");
                None
            }
        };
        Ok(Self { workbench, bound })
    }

    pub(crate) fn workbench(&self) -> &Workbench {
        &self.workbench
    }

    /// The port's base address.
    pub(crate) fn url(&self) -> Option<String> {
        self.bound.as_ref().map(Bound::url)
    }

    /// The port's page, with its token.
    pub(crate) fn page(&self) -> Option<String> {
        self.bound.as_ref().map(Bound::page)
    }

    /// Closes the port, then the data directory.
    pub(crate) async fn close(self) {
        let Self { workbench, bound } = self;
        if let Some(bound) = bound {
            bound.stop().await;
        }
        let closing = tokio::task::spawn_blocking(move || workbench.close());
        if let Err(error) = closing.await {
            tracing::error!(%error, "the workbench closed badly");
        }
    }
}
