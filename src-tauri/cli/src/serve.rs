//! `crosscut serve`: the workbench without a window.

use std::path::PathBuf;
use std::sync::Arc;

use crosscut_engine::api::SourceAddArgs;
use crosscut_engine::{Config, OpenError, Workbench};
use crosscut_server::handover::{fulfil, hand_over, wishes};
use crosscut_server::{Options, Server, Sockets};
use crosscut_sources::{Connectors, demo_specs};
use tokio::runtime::Runtime;

use crate::args::ServeArgs;
use crate::failure::Failure;
use crate::stop::Stop;
use crate::{say, watch};

/// Opens the workbench and serves it until the program is asked to end; where another process has
/// the data directory, hands the request over to that one.
pub(crate) fn serve(data_dir: PathBuf, args: ServeArgs, runtime: &Runtime) -> Result<(), Failure> {
    let demo = if args.demo { demo_specs() } else { Vec::new() };
    let wishes = wishes(&args.files, &args.docker, demo)?;
    let connectors = Arc::new(Connectors::new(runtime.handle().clone()));
    match Workbench::open(Config::new(data_dir), connectors) {
        Ok(workbench) => {
            let served = runtime.block_on(run(&workbench, args, wishes));
            workbench.close();
            served
        }
        Err(OpenError::Locked { data_dir, endpoint }) => {
            let handed = runtime.block_on(hand_over(&data_dir, endpoint, &wishes));
            let handed = handed.map_err(Failure::refused)?;
            say::line(&handed.page);
            for (key, error) in &handed.refused {
                say::problem(format_args!("{key}: {error}"));
            }
            let whose = if handed.window {
                "an open window"
            } else {
                "a running Crosscut"
            };
            say::problem(format_args!(
                "{} belongs to {whose}, which has taken over; its address is above",
                data_dir.display()
            ));
            Ok(())
        }
        Err(error @ OpenError::Data(_)) => Err(Failure::refused(error)),
    }
}

async fn run(
    workbench: &Workbench,
    args: ServeArgs,
    wishes: Vec<SourceAddArgs>,
) -> Result<(), Failure> {
    let mut stop = Stop::listen()
        .map_err(|error| Failure::refused(format!("cannot listen for signals: {error}")))?;
    let options = Options {
        listen: args.listen,
        port: args.port,
        no_token: args.no_token,
        allow_hosts: args.allow_host,
        allow_origins: args.allow_origin,
        sockets: Sockets {
            syslog: args.syslog,
            gelf: args.gelf,
            fluent: args.fluent,
            otlp_grpc: args.otlp_grpc,
        },
    };
    let bound = Server::bind(workbench.clone(), options).await?;
    workbench.set_endpoint(&bound.url(), false);
    if let Some(taken) = bound.port_taken() {
        say::problem(taken);
    }
    for socket in bound.sockets() {
        say::problem(format_args!("{} on {}", socket.protocol, socket.address));
    }
    let problems = tokio::spawn(watch::problems(workbench.clone()));
    say::line(bound.page());
    let adding = workbench.clone();
    let added = tokio::task::spawn_blocking(move || {
        for wish in &wishes {
            if let Err(error) = fulfil(&adding, wish) {
                say::problem(format_args!("{}: {error}", wish.key));
            }
        }
    });
    stop.asked().await;
    bound.stop().await;
    problems.abort();
    // Adding may be asking Docker: it has two seconds for that, and nobody else adds any more.
    if let Err(error) = added.await {
        tracing::error!(%error, "adding sources ended early");
    }
    Ok(())
}
