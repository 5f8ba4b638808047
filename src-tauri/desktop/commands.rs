//! What the page may ask of the program around it. Thin faces all: the workbench does the work.

use std::sync::Mutex;

use crosscut_engine::Workbench;
use crosscut_engine::api::{ApiError, Event};
use crosscut_server::handover::{file_wish, fulfil};
use tauri::async_runtime::{JoinHandle, spawn, spawn_blocking};
use tauri::ipc::{Channel, Response};
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;
use tauri_plugin_opener::OpenerExt;

use crate::window::Page;

/// The stream of events to the page. There is one page; when it is loaded anew, its old stream
/// ends.
#[derive(Debug, Default)]
pub struct Streaming(Mutex<Option<JoinHandle<()>>>);

impl Streaming {
    /// Ends the stream before, and keeps this one.
    pub fn replace(&self, stream: Option<JoinHandle<()>>) {
        let mut current = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(old) = std::mem::replace(&mut *current, stream) {
            old.abort();
        }
    }
}

/// Performs one of the workbench's operations; arguments and reply are JSON. The reply travels as
/// bytes, which the webview takes without evaluating them.
#[tauri::command]
pub async fn rpc(
    workbench: State<'_, Workbench>,
    operation: String,
    args: String,
) -> Result<Response, ApiError> {
    let workbench = workbench.inner().clone();
    blocking(move || workbench.call(&operation, args.as_bytes()))
        .await
        .map(Response::new)
}

/// Sends the workbench's events to the page until it goes or asks again.
#[tauri::command]
#[expect(
    clippy::needless_pass_by_value,
    reason = "Tauri hands arguments over by value"
)]
pub fn events(
    workbench: State<'_, Workbench>,
    streaming: State<'_, Streaming>,
    client: String,
    channel: Channel<Event>,
) {
    let mut events = workbench.events(&client);
    streaming.replace(Some(spawn(async move {
        while let Some(event) = events.next().await {
            if let Err(error) = channel.send(event) {
                tracing::debug!(%error, "the page takes no more events");
                return;
            }
        }
    })));
}

/// Lets the user choose files, and follows them.
#[tauri::command]
pub async fn pick_files(app: AppHandle, workbench: State<'_, Workbench>) -> Result<(), ApiError> {
    let workbench = workbench.inner().clone();
    blocking(move || {
        let dialog = app.dialog().file().set_title("Follow log files");
        for file in dialog.blocking_pick_files().unwrap_or_default() {
            let path = file
                .into_path()
                .map_err(|error| ApiError::new("bad_path", error.to_string()))?;
            fulfil(&workbench, &file_wish(&path)?)?;
        }
        Ok(())
    })
    .await
}

/// Opens a web address of a log line in the browser.
#[tauri::command]
pub async fn open_external(app: AppHandle, url: String) -> Result<(), ApiError> {
    let web = url
        .parse::<tauri::Url>()
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if !web {
        return Err(ApiError::new(
            "bad_url",
            "only http and https addresses are opened",
        ));
    }
    browse(app, url).await
}

/// Opens the workbench in the browser.
#[tauri::command]
pub async fn open_in_browser(app: AppHandle, page: State<'_, Page>) -> Result<(), ApiError> {
    match page.inner().0.clone() {
        Some(url) => browse(app, url).await,
        None => Err(ApiError::new(
            "port_closed",
            "the port that serves the browser is not open",
        )),
    }
}

async fn browse(app: AppHandle, url: String) -> Result<(), ApiError> {
    blocking(move || {
        app.opener()
            .open_url(url, None::<&str>)
            .map_err(|error| ApiError::new("open_failed", error.to_string()))
    })
    .await
}

/// Runs what may block where it holds up nobody.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(ApiError::new("internal", error.to_string())))
}
