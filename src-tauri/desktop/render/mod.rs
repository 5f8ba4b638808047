//! How WebKitGTK draws: environment variables that must stand before GTK starts.
//!
//! Where the fast way is known not to work, a program is started again in its own place with the
//! variables set (changing the environment of a running program is unsafe). What the user has set
//! is never changed. Other systems need none of this.

/// A variable and its value.
type Variable = (&'static str, &'static str);

/// Without the DMABUF renderer: three times faster where there is no graphics card.
const NO_DMABUF: Variable = ("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
/// Buffers through shared memory: for drivers whose DMABUF does not get along with WebKitGTK.
const SHARED_MEMORY: Variable = ("WEBKIT_DMABUF_RENDERER_FORCE_SHM", "1");
/// No compositing at all.
const NO_COMPOSITING: Variable = ("WEBKIT_DISABLE_COMPOSITING_MODE", "1");

/// What is known of this machine's graphics.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Graphics {
    /// `/dev/dri` is there.
    card: bool,
    /// NVIDIA's own driver is loaded.
    nvidia: bool,
    /// The program runs out of an `AppImage`, with libraries from elsewhere.
    appimage: bool,
}

impl Graphics {
    /// The variables that help; `safe` asks for the slow and sure way.
    fn variables(self, safe: bool) -> &'static [Variable] {
        if safe {
            return &[NO_DMABUF, NO_COMPOSITING];
        }
        match self {
            Self { card: false, .. } => &[NO_DMABUF],
            Self { nvidia: true, .. } | Self { appimage: true, .. } => &[SHARED_MEMORY],
            Self { .. } => &[],
        }
    }
}

/// Starts this program again with the variables that are missing; returns where none is, or where
/// that cannot be done.
#[cfg(target_os = "linux")]
pub fn prepare(safe: bool) {
    use std::os::unix::process::CommandExt;
    use std::path::Path;

    let there = |path: &str| Path::new(path).exists();
    let graphics = Graphics {
        card: there("/dev/dri"),
        nvidia: there("/proc/driver/nvidia/version"),
        appimage: std::env::var_os("APPIMAGE").is_some(),
    };
    let set = |variable: &Variable| std::env::var_os(variable.0).is_some();
    let missing = graphics
        .variables(safe)
        .iter()
        .filter(|variable| !set(variable));
    let missing: Vec<_> = missing.copied().collect();
    if missing.is_empty() {
        return;
    }
    let Ok(program) = std::env::current_exe() else {
        return;
    };
    let mut args = std::env::args_os();
    let name = args
        .next()
        .unwrap_or_else(|| program.clone().into_os_string());
    // Comes back only if it fails; then the window opens as it would have without.
    let error = std::process::Command::new(program)
        .arg0(name)
        .args(args)
        .envs(missing)
        .exec();
    tracing::warn!(%error, "cannot start again with rendering variables");
}

/// Nothing to prepare.
#[cfg(not(target_os = "linux"))]
pub fn prepare(_safe: bool) {}

#[cfg(test)]
mod tests;
