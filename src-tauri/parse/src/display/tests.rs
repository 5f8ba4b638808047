//! Behaviour, as sentences.
