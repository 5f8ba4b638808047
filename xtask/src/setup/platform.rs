//! Which system this is, and how one installs packages on it.

use std::fs;
use std::process::Command;

use crate::command::Run;

/// A family of systems that share a package manager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Platform {
    /// Debian, Ubuntu and their children.
    Debian,
    /// Fedora and its relatives.
    Fedora,
    /// Arch and its children.
    Arch,
    /// A Linux we know no package names for.
    OtherLinux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

impl Platform {
    pub(super) fn of_this_machine() -> Self {
        if cfg!(target_os = "macos") {
            Self::MacOs
        } else if cfg!(windows) {
            Self::Windows
        } else {
            Self::of_release(&fs::read_to_string("/etc/os-release").unwrap_or_default())
        }
    }

    /// Reads `ID` and `ID_LIKE` of an os-release file.
    fn of_release(release: &str) -> Self {
        let ids = release
            .lines()
            .filter_map(|line| line.strip_prefix("ID=").or(line.strip_prefix("ID_LIKE=")))
            .flat_map(|ids| ids.trim_matches(['"', '\'']).split_whitespace());
        for id in ids {
            match id {
                "debian" | "ubuntu" => return Self::Debian,
                "fedora" | "rhel" => return Self::Fedora,
                "arch" => return Self::Arch,
                _ => {}
            }
        }
        Self::OtherLinux
    }

    pub(super) fn is_linux(&self) -> bool {
        matches!(
            self,
            Self::Debian | Self::Fedora | Self::Arch | Self::OtherLinux
        )
    }

    /// The commands, word by word, that install these packages.
    pub(super) fn install_commands(&self, packages: &[&str]) -> Vec<Vec<String>> {
        let command = |words: &[&str], packages: &[&str]| {
            words
                .iter()
                .chain(packages)
                .map(|word| (*word).to_owned())
                .collect::<Vec<_>>()
        };
        if packages.is_empty() {
            return Vec::new();
        }
        let sudo: &[&str] = if is_root() { &[] } else { &["sudo"] };
        let with_sudo = |words: &[&str], packages: &[&str]| {
            let mut line = command(sudo, words);
            line.extend(command(packages, &[]));
            line
        };
        match self {
            Self::Debian => vec![
                with_sudo(&["apt-get", "--quiet", "update"], &[]),
                // --no-remove: a developer's machine loses nothing by trying Crosscut.
                with_sudo(
                    &[
                        "env",
                        "DEBIAN_FRONTEND=noninteractive",
                        "apt-get",
                        "install",
                        "--yes",
                        "--quiet",
                        "--no-install-recommends",
                        "--no-remove",
                        "--option=DPkg::Lock::Timeout=300",
                        "--option=Dpkg::Use-Pty=0",
                    ],
                    packages,
                ),
            ],
            Self::Fedora => vec![with_sudo(&["dnf", "install"], packages)],
            Self::Arch => vec![with_sudo(&["pacman", "-S", "--needed"], packages)],
            // Their names are whole commands: one installs from several places there.
            Self::MacOs | Self::Windows => packages
                .iter()
                .map(|line| line.split_whitespace().map(str::to_owned).collect())
                .collect(),
            Self::OtherLinux => Vec::new(),
        }
    }
}

/// Whether this process may install packages without asking.
pub(super) fn is_root() -> bool {
    cfg!(unix)
        && Command::new("id")
            .arg("-u")
            .read()
            .is_ok_and(|id| id.trim() == "0")
}

#[cfg(test)]
mod tests;
