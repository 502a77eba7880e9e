//! `TryFrom<String>` for the enumerations that are stored as text.

use crate::{
    access::Role,
    activation::{BlockScope, Rule},
    code::CodeShape,
    license::State,
    product::{Algorithm, Lifecycle},
};

/// Stored name that this version does not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a name that this version of Latchkey knows")]
pub struct UnknownName(pub String);

macro_rules! from_stored {
    ($($noun:ty),*) => {$(
        impl TryFrom<String> for $noun {
            type Error = UnknownName;
            fn try_from(name: String) -> Result<Self, UnknownName> {
                Self::from_name(&name).ok_or(UnknownName(name))
            }
        }
    )*};
}

from_stored!(Role, CodeShape, State, Algorithm, Lifecycle, BlockScope, Rule);
