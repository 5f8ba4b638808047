//! The containers there are.

use std::collections::HashMap;
use std::time::Duration;

use bollard::errors::Error;
use bollard::models::{ContainerSummary, ContainerSummaryStateEnum};
use bollard::query_parameters::ListContainersOptions;
use crosscut_engine::api::{Container, Containers, DockerAvailability};

use super::connect::{self, ANSWER, Daemon};

/// Compose writes a container's project here.
const PROJECT_LABEL: &str = "com.docker.compose.project";

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
                message: format!("Docker {} at {}", daemon.version, daemon.host),
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
    let id = listed.id?;
    let name = listed
        .names
        .and_then(|names| names.into_iter().next())
        .unwrap_or_default();
    let name = name.trim_start_matches('/').to_owned();
    let mut labels: HashMap<String, String> = listed.labels.unwrap_or_default();
    Some(Container {
        name: if name.is_empty() {
            id.chars().take(12).collect()
        } else {
            name
        },
        id,
        image: listed.image.unwrap_or_default(),
        running: matches!(
            listed.state,
            Some(ContainerSummaryStateEnum::RUNNING | ContainerSummaryStateEnum::PAUSED)
        ),
        status: listed.status.unwrap_or_default(),
        project: labels.remove(PROJECT_LABEL),
        followed: false,
    })
}
