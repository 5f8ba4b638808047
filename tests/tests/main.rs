//! Everything that looks at Crosscut from outside, in one test binary.
//!
//! `house` guards the rules of the source tree; the other modules start the built programs.

#[cfg(test)]
mod house;
