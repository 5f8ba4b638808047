//! Finding the Docker daemon and speaking its version of the API.
//!
//! Where it is looked for, first match wins: `CROSSCUT_DOCKER_HOST` (to follow another daemon than
//! the command line does, and for tests), `DOCKER_HOST`, the current Docker context, then the
//! sockets that Docker, rootless Docker, Docker Desktop, Colima and Podman are known to use. Only
//! GET requests are ever sent.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bollard::errors::Error;
use bollard::{API_DEFAULT_VERSION, ClientVersion, Docker};
use serde::Deserialize;

/// How long a daemon may take for a short answer.
pub(crate) const ANSWER: Duration = Duration::from_millis(1800);

/// Requests that follow a quiet container have no answer for as long as it is quiet, and every other
/// request is given its own limit: so the client's limit is none. Seconds.
const NO_LIMIT: u64 = 60 * 60 * 24 * 365;

/// How an address on this machine begins.
const LOCAL: &str = if cfg!(windows) { "npipe://" } else { "unix://" };

/// A daemon that answers.
#[derive(Debug, Clone)]
pub(crate) struct Daemon {
    /// Speaks its version of the API.
    pub(crate) client: Docker,
    /// Its version.
    pub(crate) version: String,
    /// Where it is.
    pub(crate) host: String,
    /// The newest version of the API it speaks, such as `1.41`.
    pub(crate) api: Option<String>,
    /// Whether it is Podman, which answers some questions differently.
    pub(crate) podman: bool,
}

/// Why no daemon answers.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unavailable {
    /// There is none of the sockets.
    #[error("no Docker socket was found")]
    NoSocket,
    /// The socket is another user's.
    #[error("{host} may not be opened: permission denied")]
    #[cfg_attr(not(unix), expect(dead_code, reason = "pipes tell it by other errors"))]
    Denied {
        /// Where.
        host: String,
    },
    /// The daemon is on another machine, behind ssh.
    #[error("{host} is reached by ssh, which Crosscut does not speak")]
    Ssh {
        /// Where.
        host: String,
    },
    /// The daemon wants TLS.
    #[error("{host} wants TLS, which Crosscut does not speak to Docker")]
    Tls {
        /// Where.
        host: String,
    },
    /// The address is of a kind that is not spoken here.
    #[error("{host} is no address Crosscut can use")]
    Unsupported {
        /// Where.
        host: String,
    },
    /// Nobody answers.
    #[error("no Docker daemon answers at {host}: {cause}")]
    Silent {
        /// Where.
        host: String,
        /// Why.
        cause: String,
    },
}

impl Unavailable {
    /// What to do about it.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Self::NoSocket => {
                "start Docker (`sudo systemctl start docker`, Docker Desktop, `colima start`) or \
                 set DOCKER_HOST"
            }
            Self::Denied { .. } => {
                "add yourself to the docker group (`sudo usermod -aG docker $USER`) and log in again"
            }
            Self::Ssh { .. } => {
                "forward the daemon's socket, `ssh -NL /tmp/docker.sock:/var/run/docker.sock HOST`, \
                 and set CROSSCUT_DOCKER_HOST=unix:///tmp/docker.sock"
            }
            Self::Tls { .. } => {
                "forward the daemon's socket by ssh, `ssh -NL \
                 /tmp/docker.sock:/var/run/docker.sock HOST`, and set \
                 CROSSCUT_DOCKER_HOST=unix:///tmp/docker.sock"
            }
            Self::Unsupported { .. } => "set DOCKER_HOST to unix:///path or tcp://host:port",
            Self::Silent { .. } => {
                "start Docker (`sudo systemctl start docker`, Docker Desktop, `colima start`); it \
                 is looked for again by itself"
            }
        }
    }
}

/// Connects to the daemon at `host`, or to the one that is found.
pub(crate) async fn connect(host: Option<&str>) -> Result<Daemon, Unavailable> {
    if let Some(host) = host {
        return open(host).await;
    }
    let env = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    if let Some(host) = chosen(env) {
        return open(&secured(host, env)).await;
    }
    let mut last = Unavailable::NoSocket;
    for path in sockets(env) {
        if is_socket(&path) {
            match open(&format!("{LOCAL}{}", path.display())).await {
                Ok(daemon) => return Ok(daemon),
                // A socket one may not open says more than one nobody listens at.
                Err(cause) if !matches!(last, Unavailable::Denied { .. }) => last = cause,
                Err(_) => {}
            }
        }
    }
    Err(last)
}

/// The daemon the user chose, by environment or context.
fn chosen(env: impl Fn(&str) -> Option<String>) -> Option<String> {
    if let Some(host) = env("CROSSCUT_DOCKER_HOST").or_else(|| env("DOCKER_HOST")) {
        return Some(host);
    }
    let config = env("DOCKER_CONFIG")
        .map(PathBuf::from)
        .or_else(|| Some(Path::new(&env("HOME")?).join(".docker")))?;
    let context = env("DOCKER_CONTEXT").or_else(|| current_context(&config))?;
    if context == "default" {
        None
    } else {
        context_host(&config, &context)
    }
}

/// The address as it is to be spoken to: Docker's switch for TLS stands beside it.
fn secured(host: String, env: impl Fn(&str) -> Option<String>) -> String {
    match host.strip_prefix("tcp://") {
        Some(address) if env("DOCKER_TLS_VERIFY").is_some() || address.ends_with(":2376") => {
            format!("https://{address}")
        }
        _ => host,
    }
}

fn current_context(config: &Path) -> Option<String> {
    #[derive(Deserialize)]
    struct Config {
        #[serde(rename = "currentContext")]
        current_context: Option<String>,
    }
    let text = std::fs::read(config.join("config.json")).ok()?;
    serde_json::from_slice::<Config>(&text)
        .ok()?
        .current_context
}

/// Contexts lie in folders named by a hash of their name; the few there are, are all looked at.
fn context_host(config: &Path, name: &str) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Meta {
        name: String,
        endpoints: Endpoints,
    }
    #[derive(Deserialize)]
    struct Endpoints {
        docker: Endpoint,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Endpoint {
        host: String,
    }
    std::fs::read_dir(config.join("contexts").join("meta"))
        .ok()?
        .flatten()
        .find_map(|entry| {
            let text = std::fs::read(entry.path().join("meta.json")).ok()?;
            let meta: Meta = serde_json::from_slice(&text).ok()?;
            (meta.name == name).then_some(meta.endpoints.docker.host)
        })
}

/// Where daemons are known to listen.
fn sockets(env: impl Fn(&str) -> Option<String>) -> Vec<PathBuf> {
    if cfg!(windows) {
        return vec![PathBuf::from("//./pipe/docker_engine")];
    }
    let mut paths = vec![PathBuf::from("/var/run/docker.sock")];
    let runtime = env("XDG_RUNTIME_DIR").map(PathBuf::from);
    let home = env("HOME").map(PathBuf::from);
    paths.extend(runtime.as_ref().map(|runtime| runtime.join("docker.sock")));
    if let Some(home) = &home {
        paths.push(home.join(".docker/run/docker.sock"));
        paths.push(home.join(".docker/desktop/docker.sock"));
        paths.push(home.join(".colima/default/docker.sock"));
        paths.push(home.join(".colima/docker.sock"));
        paths.push(home.join(".local/share/containers/podman/machine/podman.sock"));
    }
    paths.extend(
        runtime
            .as_ref()
            .map(|runtime| runtime.join("podman/podman.sock")),
    );
    paths.push(PathBuf::from("/run/podman/podman.sock"));
    paths
}

#[cfg(unix)]
fn is_socket(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    std::fs::metadata(path).is_ok_and(|meta| meta.file_type().is_socket())
}

#[cfg(not(unix))]
fn is_socket(path: &Path) -> bool {
    path.exists()
}

async fn open(host: &str) -> Result<Daemon, Unavailable> {
    let silent = |cause: String| Unavailable::Silent {
        host: host.to_owned(),
        cause,
    };
    #[cfg(unix)]
    if let Some(path) = host.strip_prefix("unix://") {
        // Asked first because the client tells neither apart.
        match tokio::net::UnixStream::connect(path).await {
            Ok(_) => {}
            Err(cause) if cause.kind() == std::io::ErrorKind::PermissionDenied => {
                return Err(Unavailable::Denied {
                    host: host.to_owned(),
                });
            }
            Err(cause) => return Err(silent(cause.to_string())),
        }
    }
    let mut client = client(host, API_DEFAULT_VERSION)?;
    for _ in 0..2 {
        match tokio::time::timeout(ANSWER, client.version()).await {
            Err(_) => return Err(silent("it takes too long".to_owned())),
            Ok(Ok(version)) => {
                let components = version.components.iter().flatten();
                let podman = components
                    .map(|component| component.name.as_str())
                    .any(|name| name.contains("Podman"));
                let api = version.api_version;
                let version = version
                    .version
                    .unwrap_or_else(|| "of unknown version".to_owned());
                return Ok(Daemon {
                    client,
                    version,
                    host: host.to_owned(),
                    api,
                    podman,
                });
            }
            Ok(Err(cause)) => match spoken(&cause) {
                // The library's own negotiation asks in the version that is refused.
                Some(version) => client = self::client(host, &version)?,
                None => return Err(silent(cause.to_string())),
            },
        }
    }
    Err(silent(
        "it speaks no version of the API that Crosscut does".to_owned(),
    ))
}

fn client(host: &str, version: &ClientVersion) -> Result<Docker, Unavailable> {
    let made = if host.starts_with(LOCAL) {
        Docker::connect_with_local(host, NO_LIMIT, version)
    } else if host.starts_with("tcp://") || host.starts_with("http://") {
        Docker::connect_with_http(host, NO_LIMIT, version)
    } else {
        let host = host.to_owned();
        return Err(match host.split_once("://").map(|(scheme, _)| scheme) {
            Some("ssh") => Unavailable::Ssh { host },
            Some("https") => Unavailable::Tls { host },
            _ => Unavailable::Unsupported { host },
        });
    };
    made.map_err(|cause| Unavailable::Silent {
        host: host.to_owned(),
        cause: cause.to_string(),
    })
}

/// The highest version a daemon says it speaks when it refuses a newer one.
fn spoken(cause: &Error) -> Option<ClientVersion> {
    let Error::DockerResponseServerError {
        status_code: 400,
        message,
    } = cause
    else {
        return None;
    };
    let (_, version) = message.split_once("Maximum supported API version is ")?;
    let (major, minor) = version.trim().trim_end_matches('.').split_once('.')?;
    let minor = minor.split(|c: char| !c.is_ascii_digit()).next()?;
    Some(ClientVersion {
        major_version: major.parse().ok()?,
        minor_version: minor.parse().ok()?,
    })
}

#[cfg(test)]
mod tests;
