//! Names of the enumerations that are stored as text.

use crate::{
    access::{Act, Permission, Role},
    activation::{BlockScope, Rule},
    code::CodeShape,
    event::{EventKind, SubjectKind},
    license::State,
    product::{Algorithm, Lifecycle},
    release::ReleaseRule,
    webhook::{DeliveryState, Entity, SubscriptionState},
};

/// Stored name that this version does not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a name that this version of Latchkey knows")]
pub struct UnknownName(pub String);

/// Defines `name`, `from_name` and `TryFrom<String>` for enumerations that derive `EnumString` and `IntoStaticStr` of
/// `strum`, from which the stored names come. Stored names never change, because they stay in the database.
#[macro_export]
macro_rules! stored_names {
    ($($noun:ty),* $(,)?) => {$(
        impl $noun {
            /// Stored name.
            pub fn name(self) -> &'static str {
                self.into()
            }

            /// Returns the value with this [`name`](Self::name).
            pub fn from_name(name: &str) -> Option<Self> {
                name.parse().ok()
            }
        }

        impl TryFrom<String> for $noun {
            type Error = $crate::named::UnknownName;

            fn try_from(name: String) -> ::core::result::Result<Self, $crate::named::UnknownName> {
                Self::from_name(&name).ok_or($crate::named::UnknownName(name))
            }
        }
    )*};
}

stored_names!(
    Act,
    Algorithm,
    BlockScope,
    CodeShape,
    DeliveryState,
    Entity,
    EventKind,
    Lifecycle,
    Permission,
    ReleaseRule,
    Role,
    Rule,
    State,
    SubjectKind,
    SubscriptionState
);
