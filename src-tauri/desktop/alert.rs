//! What is said when there is no window to say it in.

use std::io::Write;

use tauri_plugin_dialog::{DialogExt, MessageDialogKind};

/// One line on standard error.
pub fn line(text: &str) {
    // A reader who has gone away is no reason to stop.
    writeln!(std::io::stderr().lock(), "crosscut-desktop: {text}").ok();
}

/// Whether a window can be opened at all.
pub fn has_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// A line on standard error, and a dialog for those who started the program by its icon. Comes
/// back when the dialog is closed.
pub fn dialog(text: &str) {
    line(text);
    if !has_display() {
        return;
    }
    let text = text.to_owned();
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .setup(move |app| {
            let handle = app.handle().clone();
            app.dialog()
                .message(text)
                .title("Crosscut cannot start")
                .kind(MessageDialogKind::Error)
                .show(move |_| handle.exit(3));
            Ok(())
        })
        .build(tauri::generate_context!());
    match app {
        Ok(app) => {
            app.run_return(|_, event| {
                // Without a window there is nothing to keep the application alive but the dialog.
                if let tauri::RunEvent::ExitRequested {
                    api, code: None, ..
                } = event
                {
                    api.prevent_exit();
                }
            });
        }
        Err(error) => line(&format!("no dialog either: {error}")),
    }
}
