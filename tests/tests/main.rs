//! Everything that looks at Crosscut from outside, in one test binary.
//!
//! `house` guards the rules of the source tree; the other modules start the built programs.

#[cfg(test)]
mod browser;
#[cfg(test)]
#[cfg(unix)]
mod clients;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod commands;
#[cfg(test)]
#[cfg(unix)]
mod crash;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod disk;
#[cfg(test)]
#[cfg(unix)]
mod docker;
#[cfg(test)]
mod house;
#[cfg(test)]
#[cfg(unix)]
mod retries;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod serve;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod shippers;
#[cfg(test)]
mod support;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod window;
