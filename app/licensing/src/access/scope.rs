//! Scopes of API tokens.

use super::{Act, Permission};

/// Scope of an API token: a single act, or a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// All acts that require this permission, except those that need a fresh proof. A token must name these, because a
    /// program cannot prove its identity again.
    Permission(Permission),
    /// One act.
    Act(Act),
}

impl Scope {
    /// Returns `true` if a token with this scope may do the act.
    pub fn covers(self, act: Act) -> bool {
        match self {
            Self::Permission(permission) => act.permission() == permission && !act.needs_fresh_proof(),
            Self::Act(own) => own == act,
        }
    }

    /// Stored name, and the name on the wire. Names of acts contain a dot, those of permissions do not.
    pub fn name(self) -> &'static str {
        match self {
            Self::Permission(permission) => permission.name(),
            Self::Act(act) => act.name(),
        }
    }

    /// Returns the scope with this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        // Tokens of earlier versions may have the old name.
        let name = if name == "licenses.export" { Act::ExportsCodes.name() } else { name };
        Permission::from_name(name).map(Self::Permission).or_else(|| Act::from_name(name).map(Self::Act))
    }

    /// Place in lists: permissions first, each in its own order.
    pub fn order(self) -> usize {
        match self {
            Self::Permission(permission) => permission as usize,
            Self::Act(act) => Permission::ALL.len() + act as usize,
        }
    }
}

impl From<Permission> for Scope {
    fn from(permission: Permission) -> Self {
        Self::Permission(permission)
    }
}

impl From<Act> for Scope {
    fn from(act: Act) -> Self {
        Self::Act(act)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> impl Iterator<Item = Scope> {
        Permission::ALL.into_iter().map(Scope::from).chain(Act::ALL.iter().copied().map(Scope::from))
    }

    #[test]
    fn every_scope_is_read_by_its_name_and_no_two_have_the_same() {
        for scope in all() {
            assert_eq!(Scope::from_name(scope.name()), Some(scope));
            assert_eq!(scope.name().contains('.'), matches!(scope, Scope::Act(_)), "{}", scope.name());
        }
        for unknown in ["", "licenses", "licenses.", "Licenses.See", "see.", "LicensesSee"] {
            assert_eq!(Scope::from_name(unknown), None, "{unknown}");
        }
        assert!(all().map(Scope::order).is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn a_permission_stands_for_its_acts_except_those_that_need_a_fresh_proof() {
        let manages = Scope::from(Permission::ManageLicenses);
        assert!(manages.covers(Act::LicensesCreate));
        assert!(!manages.covers(Act::LicensesRevoke), "must be named");
        assert!(!manages.covers(Act::LicensesSee), "belongs to another permission");
        assert!(Act::ALL.iter().filter(|act| act.needs_fresh_proof()).count() >= 10);
        for act in Act::ALL {
            let by_permission = Permission::ALL.into_iter().filter(|it| Scope::from(*it).covers(*act)).count();
            assert_eq!(by_permission, usize::from(!act.needs_fresh_proof()), "{}", act.name());
        }
    }

    #[test]
    fn the_name_of_an_act_permits_that_act_alone() {
        let revokes = Scope::from(Act::LicensesRevoke);
        assert_eq!(Act::ALL.iter().filter(|act| revokes.covers(**act)).collect::<Vec<_>>(), [&Act::LicensesRevoke]);
    }
}
