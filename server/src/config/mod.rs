//! Settings: documented defaults, overridden by the operator's file, overridden by the environment.
//!
//! Not the crate `figment`: it stops at the first fault, and suggests no name for a misspelled setting.

mod given;
mod oidc;
mod process;
mod public_url;
mod read;
mod settings;
mod sources;
#[cfg(test)]
mod tests;
mod unknown;
mod wrong;

pub use licensing::network::{Network, NetworkError};
pub use oidc::{ClientSecret, IdentityProvider};
pub(crate) use public_url::is_this_machine;
pub use public_url::{PublicUrl, PublicUrlError};
pub use settings::{Config, DatabaseUrl, LogFormat};
pub use sources::{DEFAULTS, Sources};
pub use wrong::Wrong;

impl Config {
    /// Reads the settings of this process: its environment, and the file that it names or finds.
    ///
    /// # Errors
    /// Returns all errors of the settings.
    pub fn load() -> Result<Self, Wrong> {
        Self::read(Sources::of_process()?)
    }

    /// Reads the settings from these sources.
    ///
    /// # Errors
    /// Returns all errors of the settings.
    pub fn read(sources: Sources) -> Result<Self, Wrong> {
        read::config(sources)
    }
}
