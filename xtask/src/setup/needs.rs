//! The table of what each purpose needs from the system.
//!
//! A need is probed by what it gives (a program, a library as pkg-config sees it), not by a package's
//! name: whoever has Docker from elsewhere or another Chromium is not asked to install ours.

use std::process::Command;

use super::platform::Platform;
use crate::command::{Run, find_program};

/// Needs that come together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    /// Building anything: some crates bring C.
    Compiler,
    /// Building the window.
    Window,
    /// A screen, a session bus, a notification daemon and a driver for tests in the real window.
    WindowTests,
    /// A browser for tests of the web UI.
    BrowserTests,
    /// Terminals for the tests of commands.
    CommandTests,
    /// A Docker daemon the tests may start, and something to put into an image.
    DockerTests,
    /// Shippers from the system's packages, and what fetches the others.
    ShipperTests,
}

/// One thing the system must have.
#[derive(Debug)]
pub(super) struct Need {
    pub(super) what: &'static str,
    set: Set,
    probe: Probe,
    debian: &'static [&'static str],
    fedora: &'static [&'static str],
    arch: &'static [&'static str],
    /// A whole command; empty where the system brings it or our use of it is for Linux alone.
    macos: &'static str,
    /// As for macOS.
    windows: &'static str,
}

/// How to see that a need is met.
#[derive(Debug)]
enum Probe {
    /// One of these programs: by name on the PATH, or by full path.
    Program(&'static [&'static str]),
    /// A library with headers, by pkg-config's name.
    Library(&'static str),
    /// A command that succeeds.
    Succeeds(&'static [&'static str]),
}

impl Need {
    fn packages(&self, platform: &Platform) -> &[&'static str] {
        match platform {
            Platform::Debian => self.debian,
            Platform::Fedora => self.fedora,
            Platform::Arch => self.arch,
            Platform::MacOs => std::slice::from_ref(&self.macos),
            Platform::Windows => std::slice::from_ref(&self.windows),
            Platform::OtherLinux => &[],
        }
    }

    fn applies_to(&self, platform: &Platform) -> bool {
        platform.is_linux() || self.packages(platform).iter().any(|name| !name.is_empty())
    }
}

impl Probe {
    fn is_met(&self) -> bool {
        match self {
            Self::Program(names) => names.iter().any(|name| find_program(name).is_some()),
            Self::Library(name) => Command::new("pkg-config")
                .args(["--exists", name])
                .succeeds(),
            Self::Succeeds(words) => words
                .split_first()
                .is_some_and(|(program, args)| Command::new(program).args(args).succeeds()),
        }
    }
}

/// What of these sets the machine lacks.
pub(super) fn missing(sets: &[Set], platform: &Platform) -> Vec<&'static Need> {
    NEEDS
        .iter()
        .filter(|need| sets.contains(&need.set) && need.applies_to(platform))
        .filter(|need| !need.probe.is_met())
        .collect()
}

/// The packages that bring these needs, each once.
pub(super) fn packages(needs: &[&'static Need], platform: &Platform) -> Vec<&'static str> {
    let mut packages = Vec::new();
    for name in needs.iter().flat_map(|need| need.packages(platform)) {
        if !packages.contains(name) {
            packages.push(*name);
        }
    }
    packages
}

const NEEDS: &[Need] = &[
    Need {
        what: "a C compiler",
        set: Set::Compiler,
        probe: Probe::Program(if cfg!(windows) {
            &["cl", "clang-cl", "gcc"]
        } else {
            &["cc"]
        }),
        debian: &["build-essential"],
        fedora: &["gcc", "gcc-c++", "make"],
        arch: &["base-devel"],
        macos: "xcode-select --install",
        windows: "winget install Microsoft.VisualStudio.2022.BuildTools",
    },
    Need {
        what: "pkg-config",
        set: Set::Window,
        probe: Probe::Program(&["pkg-config"]),
        debian: &["pkg-config"],
        fedora: &["pkgconf-pkg-config"],
        arch: &["pkgconf"],
        ..LINUX_ONLY
    },
    Need {
        what: "WebKitGTK 4.1",
        set: Set::Window,
        probe: Probe::Library("webkit2gtk-4.1"),
        debian: &["libwebkit2gtk-4.1-dev"],
        fedora: &["webkit2gtk4.1-devel"],
        arch: &["webkit2gtk-4.1"],
        ..LINUX_ONLY
    },
    Need {
        what: "GTK 3",
        set: Set::Window,
        probe: Probe::Library("gtk+-3.0"),
        debian: &["libgtk-3-dev"],
        fedora: &["gtk3-devel"],
        arch: &["gtk3"],
        ..LINUX_ONLY
    },
    Need {
        what: "librsvg",
        set: Set::Window,
        probe: Probe::Library("librsvg-2.0"),
        debian: &["librsvg2-dev"],
        fedora: &["librsvg2-devel"],
        arch: &["librsvg"],
        ..LINUX_ONLY
    },
    Need {
        what: "the tray's indicator library",
        set: Set::Window,
        probe: Probe::Library("ayatana-appindicator3-0.1"),
        debian: &["libayatana-appindicator3-dev"],
        fedora: &["libayatana-appindicator-gtk3-devel"],
        arch: &["libayatana-appindicator"],
        ..LINUX_ONLY
    },
    Need {
        what: "Xvfb",
        set: Set::WindowTests,
        probe: Probe::Program(&["Xvfb"]),
        debian: &["xvfb", "xauth"],
        fedora: &["xorg-x11-server-Xvfb"],
        arch: &["xorg-server-xvfb"],
        ..LINUX_ONLY
    },
    Need {
        what: "a D-Bus daemon",
        set: Set::WindowTests,
        probe: Probe::Program(&["dbus-daemon"]),
        debian: &["dbus", "dbus-x11"],
        fedora: &["dbus-daemon"],
        arch: &["dbus"],
        ..LINUX_ONLY
    },
    Need {
        what: "dunst",
        set: Set::WindowTests,
        probe: Probe::Program(&["dunst"]),
        debian: &["dunst", "libnotify-bin"],
        fedora: &["dunst", "libnotify"],
        arch: &["dunst", "libnotify"],
        ..LINUX_ONLY
    },
    Need {
        what: "WebKitWebDriver",
        set: Set::WindowTests,
        probe: Probe::Program(&["WebKitWebDriver"]),
        debian: &["webkit2gtk-driver"],
        fedora: &["/usr/bin/WebKitWebDriver"],
        arch: &["webkit2gtk-4.1"],
        ..LINUX_ONLY
    },
    Need {
        what: "xdotool",
        set: Set::WindowTests,
        probe: Probe::Program(&["xdotool"]),
        debian: &["xdotool"],
        fedora: &["xdotool"],
        arch: &["xdotool"],
        ..LINUX_ONLY
    },
    Need {
        what: "ImageMagick's import",
        set: Set::WindowTests,
        probe: Probe::Program(&["import"]),
        debian: &["imagemagick"],
        fedora: &["ImageMagick"],
        arch: &["imagemagick"],
        ..LINUX_ONLY
    },
    Need {
        what: "GTK 3 for Python",
        set: Set::WindowTests,
        probe: Probe::Succeeds(&[
            "/usr/bin/python3",
            "-c",
            "import gi; gi.require_version('Gtk', '3.0'); gi.require_version('Gdk', '3.0')",
        ]),
        debian: &["python3-gi", "gir1.2-gtk-3.0"],
        fedora: &["python3-gobject", "gtk3"],
        arch: &["python-gobject", "gtk3"],
        ..LINUX_ONLY
    },
    Need {
        what: "Chromium",
        set: Set::BrowserTests,
        probe: Probe::Program(&[
            "chromium",
            "chromium-browser",
            "google-chrome",
            "google-chrome-stable",
            "chrome",
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
            "/Applications/Chromium.app/Contents/MacOS/Chromium",
            r"C:\Program Files\Google\Chrome\Application\chrome",
        ]),
        debian: &["chromium"],
        fedora: &["chromium"],
        arch: &["chromium"],
        macos: "brew install --cask google-chrome",
        windows: "winget install Google.Chrome",
    },
    Need {
        what: "tmux",
        set: Set::CommandTests,
        probe: Probe::Program(&["tmux"]),
        debian: &["tmux"],
        fedora: &["tmux"],
        arch: &["tmux"],
        ..LINUX_ONLY
    },
    Need {
        what: "script",
        set: Set::CommandTests,
        probe: Probe::Program(&["script"]),
        debian: &["bsdutils"],
        fedora: &["util-linux-script"],
        arch: &["util-linux"],
        ..LINUX_ONLY
    },
    Need {
        what: "a Docker daemon",
        set: Set::DockerTests,
        probe: Probe::Program(&["dockerd"]),
        debian: &["docker.io"],
        fedora: &["moby-engine"],
        arch: &["docker"],
        ..LINUX_ONLY
    },
    Need {
        // Static where we choose; it conflicts with the dynamic one, which will do where it is.
        what: "busybox",
        set: Set::DockerTests,
        probe: Probe::Program(&["busybox"]),
        debian: &["busybox-static"],
        fedora: &["busybox"],
        arch: &["busybox"],
        ..LINUX_ONLY
    },
    Need {
        what: "Python with venv and pip",
        set: Set::ShipperTests,
        probe: Probe::Succeeds(&["python3", "-c", "import ensurepip, venv"]),
        debian: &["python3-venv", "python3-pip"],
        fedora: &["python3-pip"],
        arch: &["python-pip"],
        ..LINUX_ONLY
    },
    Need {
        what: "rsyslog with its Elasticsearch output",
        set: Set::ShipperTests,
        probe: Probe::Succeeds(&[
            "sh",
            "-c",
            "ls /usr/lib/*/rsyslog/omelasticsearch.so /usr/lib*/rsyslog/omelasticsearch.so 2>&1 | grep -q ^/ && command -v rsyslogd",
        ]),
        debian: &["rsyslog", "rsyslog-elasticsearch"],
        fedora: &["rsyslog", "rsyslog-elasticsearch"],
        arch: &["rsyslog"],
        ..LINUX_ONLY
    },
];

/// What most needs share: macOS and Windows have it, or need none.
const LINUX_ONLY: Need = Need {
    what: "",
    set: Set::Window,
    probe: Probe::Program(&[]),
    debian: &[],
    fedora: &[],
    arch: &[],
    macos: "",
    windows: "",
};

#[cfg(test)]
mod tests;
