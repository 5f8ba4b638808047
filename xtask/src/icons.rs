//! The icon set, drawn from the SVG sources in `icons/`.
//!
//! The renderer is large and rarely needed, so it is compiled only into an xtask that was asked for
//! icons; the usual one builds that other one and lets it draw.

#[cfg(feature = "icons")]
mod draw;

#[cfg(feature = "icons")]
pub(crate) use draw::draw;

/// Builds the xtask that can draw, and runs it.
#[cfg(not(feature = "icons"))]
pub(crate) fn draw(workspace: &crate::workspace::Workspace) -> crate::command::Outcome {
    use crate::command::Run;

    let with_renderer = [
        "run",
        "--quiet",
        "--package=xtask",
        "--features=icons",
        "--",
        "icons",
    ];
    workspace.cargo().args(with_renderer).run()
}
