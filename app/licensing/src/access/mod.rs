//! Roles, permissions and acts: the one table that reads, acts, routes and buttons consult.

mod acts;
mod bundle;
mod by_api;
mod scope;

pub use acts::Act;
pub use bundle::Bundle;
pub use scope::Scope;

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

/// Role of an account. Each role includes the permissions of the one before it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumString, IntoStaticStr,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Role {
    /// Reads only.
    Viewer,
    /// Helps customers with their devices.
    Support,
    /// Manages products, policies and licenses.
    Admin,
    /// Runs the server.
    Owner,
}

/// Permission that a read or an act requires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Permission {
    /// View products, policies, licenses, devices, decisions and events, with codes masked.
    See,
    /// Free, revoke, restore, block, name or pre-register a device, take its offline files, reset the transfer count;
    /// suspend, reinstate and tag a license; edit its notes.
    ///
    /// Pre-registering a device belongs here and not to [`Permission::ManageLicenses`]: like a block, it changes neither
    /// what was sold nor the number of seats, and the same people can undo it.
    HelpCustomers,
    /// Create and edit products, policies, licenses and codes; revoke a license.
    ManageLicenses,
    /// Read whole activation codes, single ones and in exports.
    RevealCodes,
    /// Manage accounts and roles, sign-in settings, API tokens, webhooks, signing keys and the organization.
    RunServer,
}

impl Role {
    /// Every role, from least to most privileged.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Support, Self::Admin, Self::Owner];

    /// Returns `true` if this role has the permission.
    pub const fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Viewer => matches!(permission, P::See),
            Self::Support => matches!(permission, P::See | P::HelpCustomers),
            Self::Admin => {
                matches!(permission, P::See | P::HelpCustomers | P::ManageLicenses | P::RevealCodes)
            }
            Self::Owner => true,
        }
    }
}

impl Permission {
    /// Every permission, in the order of the table.
    pub const ALL: [Self; 5] =
        [Self::See, Self::HelpCustomers, Self::ManageLicenses, Self::RevealCodes, Self::RunServer];

    /// Least privileged role that has this permission. Shown next to a disabled button.
    pub fn least_role(self) -> Role {
        Role::ALL.into_iter().find(|r| r.may(self)).unwrap_or(Role::Owner)
    }
}
