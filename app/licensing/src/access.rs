//! Roles and permissions: the one table that reads, acts, routes and buttons consult.

use serde::{Deserialize, Serialize};

/// What an account is there for. Each role may do all that the one before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Looks.
    Viewer,
    /// Helps customers.
    Support,
    /// Runs products and licenses.
    Admin,
    /// Runs the server.
    Owner,
}

/// Something that a person may or may not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Permission {
    /// See products, policies, licenses, devices, decisions and events, codes masked.
    See,
    /// Free, revoke, block or name a device, enter one beforehand, lift moves; suspend and reinstate a license; add notes.
    /// Entering a device is here, and not with the licenses: it changes neither what was sold nor how many seats there are,
    /// and is undone by the same hands, as a block is.
    HelpCustomers,
    /// Create and edit products, policies, licenses and codes; revoke a license.
    ManageLicenses,
    /// See a whole activation code; export.
    RevealCodes,
    /// Signing keys, accounts and roles, sign-in settings, API tokens, backup.
    RunServer,
}

impl Role {
    /// Every role, from least to most.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Support, Self::Admin, Self::Owner];

    /// Whether this role may do that. The table of `DESIGN.md` section 8.
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

    /// The name it is stored under.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Support => "support",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// The role of that [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.name() == name)
    }
}

impl Permission {
    /// Every permission, in the order of the table.
    pub const ALL: [Self; 5] =
        [Self::See, Self::HelpCustomers, Self::ManageLicenses, Self::RevealCodes, Self::RunServer];

    /// The name it is stored under, and by which the API knows it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::See => "see",
            Self::HelpCustomers => "help_customers",
            Self::ManageLicenses => "manage_licenses",
            Self::RevealCodes => "reveal_codes",
            Self::RunServer => "run_server",
        }
    }

    /// The permission of that [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.name() == name)
    }

    /// The least role that has it, for the sentence beside a button that may not be pressed.
    pub fn least_role(self) -> Role {
        Role::ALL.into_iter().find(|r| r.may(self)).unwrap_or(Role::Owner)
    }
}
