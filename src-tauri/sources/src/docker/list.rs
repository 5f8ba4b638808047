//! The containers there are.

use std::collections::HashMap;
use std::time::Duration;

use bollard::errors::Error;
use bollard::models::{ContainerSummary, ContainerSummaryStateEnum};
use bollard::query_parameters::ListContainersOptions;
use crosscut_engine::api::{Container, Containers, DockerAvailability};

use super::connect::{self, ANSWER, Daemon};
use super::look::{PROJECT_LABEL, SERVICE_LABEL, short};

/// Labels that begin so are programs' own.
const BOOKKEEPING: &[&str] = &["com.docker.compose.", "org.opencontainers.image."];

/// All containers, running ones first, then by name.
pub(crate) async fn containers(host: Option<&str>) -> Containers {
    let listed = async {
        let daemon = connect::connect(host).await.map_err(|cause| {
            let hint = cause.hint().to_owned();
            DockerAvailability {
                available: false,
                message: cause.to_string(),
                hint,
            }
        })?;
        let containers = list(&daemon).await.map_err(|cause| DockerAvailability {
            available: false,
            message: format!(
                "the daemon at {} does not list its containers: {cause}",
                daemon.host
            ),
            hint: "it may be starting or overloaded; try again".to_owned(),
        })?;
        Ok((daemon, containers))
    };
    match listed.await {
        Ok((daemon, containers)) => Containers {
            docker: DockerAvailability {
                available: true,
                message: format!(
                    "{} {} at {}",
                    if daemon.podman { "Podman" } else { "Docker" },
                    daemon.version,
                    daemon.host
                ),
                hint: String::new(),
            },
            containers,
        },
        Err(docker) => Containers {
            docker,
            containers: Vec::new(),
        },
    }
}

/// What is said when a daemon neither answers nor refuses.
pub(crate) fn too_slow(limit: Duration) -> Containers {
    Containers {
        docker: DockerAvailability {
            available: false,
            message: format!(
                "the Docker daemon did not answer within {} s",
                limit.as_secs()
            ),
            hint: "it may be starting or overloaded; try again".to_owned(),
        },
        containers: Vec::new(),
    }
}

async fn list(daemon: &Daemon) -> Result<Vec<Container>, Error> {
    let options = ListContainersOptions {
        all: true,
        ..ListContainersOptions::default()
    };
    let listed = tokio::time::timeout(ANSWER, daemon.client.list_containers(Some(options)))
        .await
        .map_err(|_| Error::RequestTimeoutError)??;
    let mut containers: Vec<Container> = listed.into_iter().filter_map(container).collect();
    containers.sort_by(|a, b| b.running.cmp(&a.running).then_with(|| a.name.cmp(&b.name)));
    Ok(containers)
}

fn container(listed: ContainerSummary) -> Option<Container> {
    let (id, name) = id_and_name(&listed)?;
    let mut labels: HashMap<String, String> = listed.labels.unwrap_or_default();
    let project = labels.remove(PROJECT_LABEL);
    let service = labels.remove(SERVICE_LABEL);
    // What compose and image builders write about themselves is not what people select by.
    let own = |label: &String| !BOOKKEEPING.iter().any(|prefix| label.starts_with(prefix));
    let labels = labels.into_iter().filter(|(label, _)| own(label));
    Some(Container {
        id,
        name,
        image: listed.image.unwrap_or_default(),
        running: matches!(
            listed.state,
            Some(ContainerSummaryStateEnum::RUNNING | ContainerSummaryStateEnum::PAUSED)
        ),
        status: listed.status.unwrap_or_default(),
        project,
        service,
        labels: labels.collect(),
        followed: false,
    })
}

/// A container's id and what it is called.
pub(crate) fn id_and_name(listed: &ContainerSummary) -> Option<(String, String)> {
    let id = listed.id.clone()?;
    // Links give a container further names, with the other's before it.
    let names = listed.names.iter().flatten();
    let name = names
        .map(|name| name.trim_start_matches('/'))
        .min_by_key(|name| name.matches('/').count())
        .filter(|name| !name.is_empty())
        .map_or_else(|| short(&id), str::to_owned);
    Some((id, name))
}
