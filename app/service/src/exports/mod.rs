//! Exports, as CSV and as JSON Lines: activations, decisions and events. Those of licenses are in `licenses::export`.

pub(crate) mod csv;
mod format;
mod records;
mod rows;

use serde_json::Value;
use store::Store;

pub use format::{ExportFormat, Parts};
pub use records::{RecordExport, Records};

use crate::{Clock, Licenses, base::Base};

/// Exports of records. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Exports {
    store: Store,
    clock: Clock,
    licenses: Licenses,
}

impl Exports {
    pub(crate) fn new(base: &Base, licenses: Licenses) -> Self {
        let Base { store, clock, .. } = base.clone();
        Self { store, clock, licenses }
    }
}

/// The parts of a filter that are not empty.
pub(crate) fn filled(mut filter: Value) -> Value {
    if let Value::Object(parts) = &mut filter {
        parts.retain(|_, value| value.as_str() != Some(""));
    }
    filter
}
