//! Roles, as text.

use licensing::{Permission, Role};

/// Returns the name of a role.
pub(crate) const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Viewer => "Viewer",
        Role::Support => "Support",
        Role::Admin => "Admin",
        Role::Owner => "Owner",
    }
}

/// Returns the permissions of a role in one line.
pub(crate) const fn role_does(role: Role) -> &'static str {
    match role {
        Role::Viewer => "views, but changes nothing",
        Role::Support => "helps customers: frees, revokes and blocks devices, suspends licenses",
        Role::Admin => "manages products, policies, licenses and codes",
        Role::Owner => "manages accounts, keys and tokens, and may do everything else",
    }
}

/// Returns the roles as choices of a field.
pub(crate) fn role_choices() -> Vec<(String, String)> {
    Role::ALL
        .into_iter()
        .map(|role| (role.name().to_owned(), format!("{} – {}", role_name(role), role_does(role))))
        .collect()
}

/// The reason why a role may not do this; a sentence.
pub(crate) fn reason(permission: Permission) -> &'static str {
    match permission.least_role() {
        Role::Viewer => "Sign in to do this.",
        Role::Support => "Only support or an administrator can do this.",
        Role::Admin => "Only an administrator can do this.",
        Role::Owner => "Only an owner can do this.",
    }
}
