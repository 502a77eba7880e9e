//! Bundles of scopes for the systems that vendors connect most often.

use super::{Act, Permission, Scope};

/// A bundle of scopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// Stable name, for addresses.
    pub name: &'static str,
    /// Name for people.
    pub label: &'static str,
    /// One sentence: what such a system does.
    pub purpose: &'static str,
    permissions: &'static [Permission],
    acts: &'static [Act],
}

impl Bundle {
    /// Every bundle.
    pub const ALL: [Self; 4] = [
        Self {
            name: "billing",
            label: "Billing",
            purpose: "Sells, extends, suspends and revokes licenses as money comes and goes.",
            permissions: &[],
            acts: &[
                Act::ProductsSee,
                Act::PoliciesSee,
                Act::LicensesSee,
                Act::LicensesCreate,
                Act::LicensesChange,
                Act::LicensesExtend,
                Act::LicensesTag,
                Act::LicensesSuspend,
                Act::LicensesRevoke,
                Act::LicensesReveal,
                Act::JobsSee,
                Act::JobsRun,
            ],
        },
        Self {
            name: "crm",
            label: "CRM",
            purpose: "Shows who uses what, and keeps tags.",
            permissions: &[Permission::See],
            acts: &[Act::LicensesTag],
        },
        Self {
            name: "ci",
            label: "CI",
            purpose: "Announces new versions of a product.",
            permissions: &[],
            acts: &[Act::ProductsSee, Act::ProductsAnnounceVersion],
        },
        Self {
            name: "support",
            label: "Support tool",
            purpose: "Finds out why a customer was refused, and frees seats.",
            permissions: &[Permission::See, Permission::HelpCustomers],
            acts: &[],
        },
    ];

    /// Returns the bundle with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|bundle| bundle.name == name)
    }

    /// Returns the bundle's scopes.
    pub fn scopes(self) -> impl Iterator<Item = Scope> {
        let permissions = self.permissions.iter().copied().map(Scope::from);
        permissions.chain(self.acts.iter().copied().map(Scope::from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_bundle_names_an_act_that_its_permissions_cover() {
        for bundle in Bundle::ALL {
            assert_eq!(Bundle::from_name(bundle.name), Some(bundle));
            let twice =
                bundle.acts.iter().find(|act| bundle.permissions.iter().any(|it| Scope::from(*it).covers(**act)));
            assert_eq!(twice, None, "{}", bundle.name);
        }
        assert_eq!(Bundle::from_name("everything"), None);
    }

    #[test]
    fn bundles_name_only_acts_that_the_api_offers() {
        for act in Bundle::ALL.iter().flat_map(|bundle| bundle.acts) {
            assert!(act.is_by_api(), "{act:?}");
        }
    }

    #[test]
    fn only_billing_may_change_what_customers_have_paid_for() {
        let may = |act: Act| move |bundle: &Bundle| bundle.scopes().any(|scope| scope.covers(act));
        for act in [Act::LicensesCreate, Act::LicensesRevoke, Act::LicensesReveal] {
            let able: Vec<_> = Bundle::ALL.into_iter().filter(may(act)).map(|bundle| bundle.name).collect();
            assert_eq!(able, ["billing"], "{act:?}");
        }
        assert!(!Bundle::ALL.into_iter().any(|bundle| may(Act::TokensCreate)(&bundle)));
    }
}
