//! The index and the search over it, on real runs in temporary directories.

#[cfg(test)]
mod agreement;
#[cfg(test)]
mod bed;
#[cfg(test)]
mod following;
#[cfg(test)]
mod healing;
#[cfg(test)]
mod objects;
#[cfg(test)]
mod records;
#[cfg(test)]
mod ripgrep;
#[cfg(test)]
mod searching;
#[cfg(test)]
mod sketches;
#[cfg(test)]
mod tally;
