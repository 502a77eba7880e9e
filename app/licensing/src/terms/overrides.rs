//! Terms that a license overrides.

use serde::{Deserialize, Deserializer, Serialize};

use super::*;

/// Declares [`Overrides`] and the code that depends on its list of terms, so that no term can be missing in one place.
macro_rules! overrides {
    ($($(#[$attribute:meta])* $term:ident: $kind:ty,)*) => {
        /// Terms that a license sets for itself; `None` for those that the policy sets. A license's own feature values
        /// are stored separately.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct Overrides {
            $(
                $(#[$attribute])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $term: Option<$kind>,
            )*
        }

        impl Overrides {
            /// Returns all `terms` as overrides.
            pub fn whole(terms: &Terms) -> Self {
                Self { $($term: Some(terms.$term.clone()),)* }
            }
        }

        impl Terms {
            /// Returns these terms with the overrides of a license applied.
            pub fn with(&self, own: &Overrides) -> Self {
                Self {
                    $($term: own.$term.clone().unwrap_or_else(|| self.$term.clone()),)*
                    features: self.features.clone(),
                }
            }
        }
    };
}

overrides! {
    /// Replaces the policy's seats.
    seats: Seats,
    /// Replaces how a device keeps its seat.
    holding: Holding,
    /// Replaces what happens when every seat is held.
    when_full: WhenFull,
    /// Replaces the policy's overage.
    overage: Overage,
    /// Replaces the policy's lease.
    lease: Lease,
    /// Replaces the policy's offline grace.
    grace: Span,
    /// Replaces the policy's validity.
    validity: Validity,
    /// Replaces what happens when the license ends.
    after_end: AfterEnd,
    /// Replaces the policy's trial; `Some(None)`, stored as `null`, if this license is not a trial.
    #[serde(deserialize_with = "set")]
    trial: Option<Trial>,
    /// Replaces the policy's feature values during the offline grace.
    grace_features: FeatureValues,
    /// Replaces the policy's e-mail check.
    email: EmailTerm,
    /// Replaces the policy's sign-in.
    sign_in: SignIn,
    /// Replaces the policy's devices.
    devices: Devices,
    /// Replaces the scope in which a device may hold only one seat.
    identity: Identity,
    /// Replaces the policy's version range.
    versions: Versions,
    /// Replaces the policy's maintenance.
    maintenance: Maintenance,
    /// Replaces what happens when a device activates again.
    reactivation: Reactivation,
    /// Replaces the policy's release of seats by devices.
    release: Release,
    /// Replaces the policy's limit on transfers.
    transfers: Transfers,
    /// Replaces what happens to a freed seat.
    strictness: Strictness,
}

/// Reads a member that is present as set, even if it is `null`.
fn set<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}
