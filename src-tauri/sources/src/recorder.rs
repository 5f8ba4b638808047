//! A feed that remembers, for tests.
