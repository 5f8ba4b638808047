//! Clients that say that they have nothing more to say.

use crosscut_model::{SourceId, SourceKind};

use super::shared::Shared;
use super::{IngestError, Workbench};
use crate::api::SourceState;
use crate::pipeline::{FeedControl, Owner};

impl Workbench {
    /// A source that posted its lines has ended. Agent streams in it that did not say so get a
    /// record that they were terminated; saying it again is no harm. Blocks.
    pub fn client_ended(&self, kind: SourceKind, name: &str) -> Result<(), IngestError> {
        let shared = &self.shared;
        let known = shared.registry.lock().find(kind, name.trim());
        let Some(id) = known else { return Ok(()) };
        shared.terminate(id)?;
        shared.state(id, SourceState::Ended);
        Ok(())
    }
}

impl Shared {
    fn terminate(&self, source: SourceId) -> Result<(), IngestError> {
        let markers = match self.watches.lock().get(&source) {
            Some(watch) => watch.unfinished(),
            None => return Ok(()),
        };
        let markers: Vec<_> = markers
            .into_iter()
            .map(|marker| (marker, Owner::from(source)))
            .collect();
        if !markers.is_empty() {
            self.store_post(self.encode_batches(source, &markers))?;
        }
        self.watches.lock().remove(&source);
        Ok(())
    }
}
