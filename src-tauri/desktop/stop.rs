//! When the operating system asks the program to end, the window closes as if by hand.

use tauri::AppHandle;

/// Ends the application on SIGINT, SIGTERM and SIGHUP.
#[cfg(unix)]
pub fn watch(app: &AppHandle) {
    use tokio::signal::unix::{SignalKind, signal};

    for kind in [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::hangup(),
    ] {
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            match signal(kind) {
                Ok(mut signal) => {
                    signal.recv().await;
                    app.exit(0);
                }
                Err(error) => tracing::warn!(%error, "cannot listen for signals"),
            }
        });
    }
}

/// Other systems close the window itself.
#[cfg(not(unix))]
pub fn watch(_app: &AppHandle) {}
