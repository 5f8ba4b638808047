//! The first error of each kind in a run.
//!
//! A kind is the fingerprint of a message's template. Samples are taken while batches are encoded
//! (pure, parallel); what is new is decided once their records are durable. Errors found while a
//! source's history is read are remembered, not announced: only news is.

use std::collections::HashSet;

use crosscut_model::{Level, SourceId};

/// Kinds remembered per run; further ones are not announced.
const MAX_KINDS: usize = 20_000;

/// Error records looked at per batch: a flood of errors costs no more than this.
const MAX_SAMPLES: usize = 64;

/// An error record inside a batch.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    /// Its place in the batch.
    pub(crate) offset: u64,
    pub(crate) source: SourceId,
    pub(crate) level: Level,
    pub(crate) fingerprint: u64,
    pub(crate) pattern: String,
    pub(crate) message: String,
    /// Whether it is news and not history.
    pub(crate) live: bool,
}

/// Collects the distinct kinds of one batch.
#[derive(Debug, Default)]
pub(crate) struct Sampler {
    samples: Vec<Sample>,
    seen: HashSet<u64>,
    looked_at: usize,
}

impl Sampler {
    /// Looks at one record; cheap for all but errors.
    pub(crate) fn look(
        &mut self,
        offset: u64,
        source: SourceId,
        level: Level,
        raw: &[u8],
        live: bool,
    ) {
        if level < Level::Error || self.looked_at >= MAX_SAMPLES {
            return;
        }
        self.looked_at += 1;
        let message = crosscut_parse::message(raw);
        let head = message.lines().next().unwrap_or_default();
        let template = crosscut_patterns::template(head);
        if self.seen.insert(template.fingerprint) {
            self.samples.push(Sample {
                offset,
                source,
                level,
                fingerprint: template.fingerprint,
                pattern: template.text,
                message: head.chars().take(200).collect(),
                live,
            });
        }
    }

    pub(crate) fn finish(self) -> Vec<Sample> {
        self.samples
    }
}

/// The kinds of errors seen in one run.
#[derive(Debug, Default)]
pub(crate) struct Kinds(HashSet<u64>);

impl Kinds {
    /// Remembers a kind; tells whether it is to be announced.
    pub(crate) fn is_news(&mut self, sample: &Sample) -> bool {
        self.0.len() < MAX_KINDS && self.0.insert(sample.fingerprint) && sample.live
    }
}
