//! The run store from outside: crashes, power cuts, damage, full disks.

#[cfg(test)]
mod damage;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod model;
#[cfg(test)]
mod on_disk;
#[cfg(test)]
mod support;
