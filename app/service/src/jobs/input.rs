//! Inputs of jobs, as they are stored.

use licensing::{Invalid, extension::Extension, license::Step};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{LicenseForm, TagChange, licenses::tags, reason::read_reason};

/// Act that a job runs on each of many licenses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BulkAct {
    /// Suspends, reinstates or revokes it.
    Step {
        /// Change of the state.
        step: Step,
        /// Reason for the audit log.
        reason: String,
    },
    /// Moves its end.
    Extend {
        /// The new end.
        extension: Extension,
        /// Reason for the audit log.
        reason: String,
    },
    /// Adds a tag.
    Tag(String),
    /// Removes a tag.
    Untag(String),
}

/// Input of a job. A code is never part of it: new licenses get generated codes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum JobInput {
    /// Creates licenses.
    Create { policy_id: Uuid, form: Box<LicenseForm> },
    /// Changes licenses.
    Change(BulkAct),
}

impl BulkAct {
    /// Checks the values that do not depend on a license.
    pub(super) fn read(self) -> Result<Self, Invalid> {
        Ok(match self {
            Self::Step { step, reason } => Self::Step { step, reason: read_reason(&reason)? },
            Self::Extend { extension, reason } => Self::Extend { extension, reason: read_reason(&reason)? },
            Self::Tag(tag) => match tags::read(TagChange::Add(tag))? {
                TagChange::Add(tag) | TagChange::Remove(tag) => Self::Tag(tag),
                TagChange::Set(_) => Self::Tag(String::new()),
            },
            Self::Untag(tag) => match tags::read(TagChange::Remove(tag))? {
                TagChange::Add(tag) | TagChange::Remove(tag) => Self::Untag(tag),
                TagChange::Set(_) => Self::Untag(String::new()),
            },
        })
    }
}

impl JobInput {
    /// The name of the act, for lists of jobs.
    pub(super) const fn act(&self) -> &'static str {
        match self {
            Self::Create { .. } => "create",
            Self::Change(BulkAct::Step { step: Step::Suspend, .. }) => "suspend",
            Self::Change(BulkAct::Step { step: Step::Reinstate, .. }) => "reinstate",
            Self::Change(BulkAct::Step { step: Step::Revoke, .. }) => "revoke",
            Self::Change(BulkAct::Extend { .. }) => "extend",
            Self::Change(BulkAct::Tag(_)) => "tag",
            Self::Change(BulkAct::Untag(_)) => "untag",
        }
    }
}
