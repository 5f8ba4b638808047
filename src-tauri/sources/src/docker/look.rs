//! What the daemon says of a container at a moment.

use std::collections::{BTreeMap, HashMap};

use bollard::models::{ContainerInspectResponse, HealthStatusEnum};
use jiff::Timestamp;

/// Compose writes a container's project here.
pub(crate) const PROJECT_LABEL: &str = "com.docker.compose.project";
/// Compose writes a container's service here.
pub(crate) const SERVICE_LABEL: &str = "com.docker.compose.service";

/// What is known of the container at a moment.
#[derive(Debug, Default)]
pub(crate) struct Look {
    /// Its full id.
    pub(crate) id: String,
    /// What it is called now.
    pub(crate) name: String,
    /// Its image, by the name it was asked for.
    pub(crate) image: String,
    /// Its labels.
    pub(crate) labels: HashMap<String, String>,
    /// Whether it runs (or is paused).
    pub(crate) running: bool,
    /// How it ended last.
    pub(crate) exit_code: i64,
    /// Whether it ended for want of memory.
    pub(crate) out_of_memory: bool,
    /// When it was started last, in nanoseconds since 1970. Absent for one that never was.
    pub(crate) started: Option<i64>,
    /// When it ended last.
    pub(crate) ended: Option<i64>,
    /// What its health check says, and since when, where it has one.
    pub(crate) health: Option<(Health, Option<i64>)>,
    /// The logging driver, when it is one that keeps nothing.
    pub(crate) no_logs: Option<String>,
    /// Whether the daemon begins a new file now and then. A follow may skip lines when it does.
    pub(crate) rotates: bool,
}

/// What a health check says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Health {
    /// All is well.
    Good,
    /// It is not.
    Bad,
}

impl Look {
    /// Out of the daemon's answer.
    pub(crate) fn of(found: ContainerInspectResponse) -> Self {
        let state = found.state.unwrap_or_default();
        let logging = found
            .host_config
            .and_then(|host| host.log_config)
            .unwrap_or_default();
        let driver = logging.typ.unwrap_or_default();
        let options = logging.config.unwrap_or_default();
        let config = found.config.unwrap_or_default();
        let health = state.health.and_then(|health| {
            let status = match health.status? {
                HealthStatusEnum::HEALTHY => Health::Good,
                HealthStatusEnum::UNHEALTHY => Health::Bad,
                _ => return None,
            };
            let checked = health.log.and_then(|log| moment(log.last()?.end.clone()));
            Some((status, checked))
        });
        Self {
            id: found.id.unwrap_or_default(),
            name: found
                .name
                .unwrap_or_default()
                .trim_start_matches('/')
                .to_owned(),
            image: config.image.unwrap_or_default(),
            labels: config.labels.unwrap_or_default(),
            running: state.running.unwrap_or(false),
            exit_code: state.exit_code.unwrap_or(0),
            out_of_memory: state.oom_killed.unwrap_or(false),
            started: moment(state.started_at),
            ended: moment(state.finished_at),
            health,
            rotates: rotates(&driver, &options),
            no_logs: (driver == "none").then_some(driver),
        }
    }

    /// What is true of all its records.
    pub(crate) fn attributes(&self) -> BTreeMap<String, String> {
        attributes(&self.id, &self.name, &self.image, &self.labels)
    }
}

/// What is true of all records of a container.
pub(crate) fn attributes(
    id: &str,
    name: &str,
    image: &str,
    labels: &HashMap<String, String>,
) -> BTreeMap<String, String> {
    let label = |name: &str| labels.get(name).cloned().unwrap_or_default();
    let all = [
        ("container.id", short(id)),
        ("container.name", name.to_owned()),
        ("container.image", image.to_owned()),
        ("compose.project", label(PROJECT_LABEL)),
        ("compose.service", label(SERVICE_LABEL)),
    ];
    all.into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// An id as people write it.
pub(crate) fn short(id: &str) -> String {
    id.chars().take(12).collect()
}

/// Whether a logging driver begins new files. Drivers that send lines elsewhere keep a copy in files
/// of the driver `local`, which does.
fn rotates(driver: &str, options: &HashMap<String, String>) -> bool {
    match driver {
        "json-file" => options
            .get("max-size")
            .is_some_and(|size| !size.is_empty() && size != "-1"),
        "" | "none" | "journald" | "k8s-file" | "passthrough" => false,
        _ => true,
    }
}

/// A moment in the daemon's words; it writes the year 1 where there is none yet.
pub(crate) fn moment(at: Option<String>) -> Option<i64> {
    let at = at.filter(|at| !at.starts_with("0001-"))?;
    let time: Timestamp = at.parse().ok()?;
    i64::try_from(time.as_nanosecond()).ok()
}

#[cfg(test)]
mod tests;
