//! Inputs of jobs, as they are stored.

use licensing::{Invalid, extension::Extension, license::StateChange};
use serde::{Deserialize, Serialize};
use store::jobs::JobAct;
use uuid::Uuid;

use crate::{LicenseForm, licenses::tag_list::read_tag, reason::read_reason};

/// Act that a job runs on each of many licenses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BulkAct {
    /// Suspends, reinstates or revokes it.
    #[serde(rename = "step")]
    ChangeState {
        /// Change of the state.
        #[serde(rename = "step")]
        change: StateChange,
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
    /// Creates licenses, all with the same form.
    Create { policy_id: Uuid, form: Box<LicenseForm> },
    /// Creates licenses, each with the form of its item.
    CreateDifferent { policy_id: Uuid },
    /// Changes licenses.
    Change(BulkAct),
}

impl BulkAct {
    /// Checks the values that do not depend on a license.
    pub(super) fn read(self) -> Result<Self, Invalid> {
        Ok(match self {
            Self::ChangeState { change, reason } => Self::ChangeState { change, reason: read_reason(&reason)? },
            Self::Extend { extension, reason } => Self::Extend { extension, reason: read_reason(&reason)? },
            Self::Tag(tag) => Self::Tag(read_tag(&tag)?),
            Self::Untag(tag) => Self::Untag(read_tag(&tag)?),
        })
    }
}

impl JobInput {
    /// The act, for lists of jobs.
    pub(super) const fn act(&self) -> JobAct {
        match self {
            Self::Create { .. } | Self::CreateDifferent { .. } => JobAct::Create,
            Self::Change(BulkAct::ChangeState { change: StateChange::Suspend, .. }) => JobAct::Suspend,
            Self::Change(BulkAct::ChangeState { change: StateChange::Reinstate, .. }) => JobAct::Reinstate,
            Self::Change(BulkAct::ChangeState { change: StateChange::Revoke, .. }) => JobAct::Revoke,
            Self::Change(BulkAct::Extend { .. }) => JobAct::Extend,
            Self::Change(BulkAct::Tag(_)) => JobAct::Tag,
            Self::Change(BulkAct::Untag(_)) => JobAct::Untag,
        }
    }
}
