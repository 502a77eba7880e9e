//! What a license may set for itself.

use serde::{Deserialize, Deserializer, Serialize};

use super::*;

/// Declares [`Overrides`] and what follows from its list of terms, so that a term cannot be in one and missing in another.
macro_rules! overrides {
    ($($(#[$attribute:meta])* $term:ident: $kind:ty,)*) => {
        /// The terms that a license sets for itself; the policy's hold for the rest. A license's own feature values are no
        /// part of these: they stand beside them.
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
            /// Everything that `terms` say, as if a license had set it for itself.
            pub fn whole(terms: &Terms) -> Self {
                Self { $($term: Some(terms.$term.clone()),)* }
            }
        }

        impl Terms {
            /// These terms with the license's own in their place.
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
    /// In place of the policy's seats.
    seats: Seats,
    /// In place of what the policy says keeps a seat.
    holding: Holding,
    /// In place of the policy's word on who wins when every seat is held.
    when_full: WhenFull,
    /// In place of the policy's overage.
    overage: Overage,
    /// In place of the policy's lease.
    lease: Lease,
    /// In place of the policy's offline grace.
    grace: Span,
    /// In place of the policy's validity.
    validity: Validity,
    /// In place of what the end means under the policy.
    after_end: AfterEnd,
    /// In place of the policy's trial; `Some(None)`, stored as `null`, for a license that is none.
    #[serde(deserialize_with = "set")]
    trial: Option<Trial>,
    /// In place of the policy's feature values during grace.
    grace_features: FeatureValues,
    /// In place of what the policy asks about e-mail.
    email: EmailTerm,
    /// In place of who the policy says must be signed in.
    sign_in: SignIn,
    /// In place of the devices that the policy lets in.
    devices: Devices,
    /// In place of the policy's word on one device under several licenses.
    identity: Identity,
    /// In place of the policy's version range.
    versions: Versions,
    /// In place of the policy's maintenance.
    maintenance: Maintenance,
    /// In place of the policy's word on activating again.
    reactivation: Reactivation,
    /// In place of the policy's word on self-release.
    release: Release,
    /// In place of the policy's limit on moves.
    transfers: Transfers,
    /// In place of the policy's strictness.
    strictness: Strictness,
}

/// A member that is there is set, also to `null`.
fn set<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}
