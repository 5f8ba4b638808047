//! The window, and the application around it.

use std::sync::{Mutex, PoisonError};

use crosscut_engine::Workbench;
use tauri::utils::config::Color;
use tauri::webview::NewWindowResponse;
use tauri::{
    App, AppHandle, DragDropEvent, Manager, RunEvent, Url, WebviewUrl, WebviewWindowBuilder,
    WindowEvent,
};
use tauri_plugin_window_state::StateFlags;

use crate::commands::{self, Streaming};
use crate::session::Session;
use crate::{drops, notify, stop};

/// The one window.
const LABEL: &str = "main";
/// The dark theme's ground: shown until the page is there, so that nothing flashes.
const GROUND: Color = Color(0x0e, 0x10, 0x14, 0xff);

/// The web UI's address with its token, for the browser.
#[derive(Debug)]
pub struct Page(pub Option<String>);

/// Opens the window and stays until it is closed; then closes the session.
pub fn run(session: Session) -> tauri::Result<()> {
    let workbench = session.workbench.clone();
    let page = Page(session.page.clone());
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_dialog::init())
        .plugin(
            tauri_plugin_opener::Builder::new()
                .open_js_links_on_click(false)
                .build(),
        )
        .plugin(
            tauri_plugin_window_state::Builder::new()
                .with_state_flags(StateFlags::all() - StateFlags::VISIBLE)
                .build(),
        )
        .manage(workbench.clone())
        .manage(page)
        .manage(Streaming::default())
        .invoke_handler(tauri::generate_handler![
            commands::rpc,
            commands::events,
            commands::pick_files,
            commands::open_external,
            commands::open_in_browser
        ])
        .setup(move |app| {
            open(app)?;
            notify::watch(app.handle().clone(), &workbench);
            stop::watch(app.handle());
            Ok(())
        })
        .build(tauri::generate_context!())?;
    let session = Mutex::new(Some(session));
    app.run(move |app, event| {
        if let RunEvent::Exit = event {
            app.state::<Streaming>().replace(None);
            let session = session
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
            if let Some(session) = session {
                session.close();
            }
        }
    });
    Ok(())
}

fn open(app: &App) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title("Crosscut")
        .inner_size(1280.0, 800.0)
        .min_inner_size(640.0, 400.0)
        .background_color(GROUND)
        .on_navigation(is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    let handle = app.handle().clone();
    window.on_window_event(move |event| {
        if let WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }) = event {
            drops::dropped(&handle.state::<Workbench>(), paths);
        }
    });
    Ok(())
}

/// The page is ours and stays: a dropped file or a link in a log must not take its place.
fn is_ours(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

/// Brings the window to the front.
pub fn to_front(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else {
        return;
    };
    for step in [window.unminimize(), window.show(), window.set_focus()] {
        if let Err(error) = step {
            tracing::debug!(%error, "the window does not come to the front");
        }
    }
}
