//! A refusal and the rule that made it.

use serde::{Deserialize, Serialize};

use super::Rule;
use crate::Refusal;

/// Refusal, with the rule that made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// First rule, in order, that failed.
    pub rule: Rule,
    /// Reason.
    pub refusal: Refusal,
}
