//! Formats of exports, and exports as parts of a text.

use serde::{Deserialize, Serialize};

use crate::Result;

/// Format of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// Comma-separated values (RFC 4180) with a line of headings, safe to open in a spreadsheet.
    Csv,
    /// One JSON object per line.
    Jsonl,
}

/// A text that is read part by part, so that it is never in memory as a whole.
pub trait Parts: Send + 'static {
    /// Returns the next part; `None` after the last one.
    ///
    /// # Errors
    /// `Unavailable`.
    fn part(&mut self) -> impl Future<Output = Result<Option<String>>> + Send;
}
