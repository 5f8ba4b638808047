//! Clients that say that they have nothing more to say.

use crosscut_model::SourceKind;

use super::{IngestError, Workbench};
use crate::api::SourceState;
use crate::pipeline::FeedControl;

impl Workbench {
    /// A source that posted its lines has ended. Agent streams in it that did not say so get a
    /// record that they were terminated; saying it again is no harm. Blocks.
    pub fn client_ended(&self, kind: SourceKind, name: &str) -> Result<(), IngestError> {
        let shared = &self.shared;
        let known = shared.registry.lock().find(kind, name.trim());
        let Some(id) = known else { return Ok(()) };
        shared.terminate(id)?;
        shared.state(id, SourceState::Ended);
        let services = shared.registry.lock().services_of(id);
        for service in services {
            shared.state(service, SourceState::Ended);
        }
        Ok(())
    }
}
