//! Signing keys: their states, and the acts that replace them.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use licensing::product::Algorithm;
use service::{KeyState, ListedKey};
use uuid::Uuid;

use crate::{
    Error,
    admin::{ReadName, guard, guard_read, read_id, service},
    http::done::Done,
};

/// Every signing key.
#[derive(Clone, Debug, PartialEq)]
pub struct SigningKeys {
    /// The keys: those that sign first, then the next ones, then those that have stopped.
    pub keys: Vec<ListedKey>,
    /// The public half of the key that was asked for.
    pub public: Option<PublicHalf>,
    /// The keys that can be rotated: value and label of each choice.
    pub targets: Vec<(String, String)>,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// The public half of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicHalf {
    /// The key's id.
    pub kid: String,
    /// The key in PEM.
    pub pem: String,
    /// The key as a JWK.
    pub jwk: String,
}

const PAGE: &str = "/settings/keys";

pub const LIST_KEYS: ReadName = ReadName("keys");

/// Every signing key, and the public half of the key `public` if there is one.
pub async fn list_keys(public: String) -> Result<SigningKeys, Error> {
    guard_read(LIST_KEYS)?;
    let service = service()?;
    let mut keys = service.keys().signing_keys().await?;
    keys.reverse();
    keys.sort_by_key(|key| order(key.state));
    let public = match keys.iter().find(|key| key.kid == public) {
        Some(key) => {
            let half = service.keys().public_key(&key.kid).await?;
            let jwk = serde_json::to_string_pretty(&half.jwk).map_err(|_| Error::internal())?;
            Some(PublicHalf { kid: key.kid.clone(), pem: half.pem, jwk })
        }
        None => None,
    };
    let products = service.store().read().await?.on().products().await?;
    let shared = Algorithm::ALL.into_iter().filter(|algorithm| {
        let uses = |key: &ListedKey| key.algorithm == *algorithm && key.product.is_none();
        keys.iter().any(uses) || products.iter().any(|product| product.algorithm == *algorithm)
    });
    let shared = shared.map(|algorithm| {
        let name = algorithm.name();
        (name.to_owned(), format!("All products that sign with {name}"))
    });
    let own = products.iter().map(|it| (it.id.to_string(), format!("Only {}, with {}", it.name, it.algorithm.name())));
    let targets = shared.chain(own).collect();
    Ok(SigningKeys { keys, public, targets, now: service.clock().now() })
}

/// The place of a state in the list.
const fn order(state: KeyState) -> u8 {
    match state {
        KeyState::Signs(_) => 0,
        KeyState::Next(_) => 1,
        KeyState::Ahead(_) => 2,
        KeyState::Stopped(_) => 3,
        KeyState::Gone(_) => 4,
        KeyState::Revoked(_) => 5,
    }
}

/// Creates the next key of an algorithm, or of a product.
#[server(endpoint = "keys/rotate")]
pub async fn rotate_key(#[server(default)] target: String) -> Result<(), Error> {
    let actor = guard::<RotateKey>()?;
    let (algorithm, product) = read_target(&target).await?;
    service()?.keys().rotate_key(algorithm, product, &actor).await?;
    Done::KeyRotated.at(PAGE);
    Ok(())
}

/// Creates the next two keys of an algorithm, or of a product, in advance.
#[server(endpoint = "keys/pregenerate")]
pub async fn pregenerate_keys(#[server(default)] target: String) -> Result<(), Error> {
    let actor = guard::<PregenerateKeys>()?;
    let (algorithm, product) = read_target(&target).await?;
    service()?.keys().make_keys_ahead(algorithm, product, &actor).await?;
    Done::KeysPregenerated.at(PAGE);
    Ok(())
}

/// Stops signing with a key.
#[server(endpoint = "keys/retire")]
pub async fn retire_key(#[server(default)] kid: String, #[server(default)] reason: String) -> Result<(), Error> {
    let actor = guard::<RetireKey>()?;
    service()?.keys().retire_key(&kid, Some(&reason), &actor).await?;
    Done::KeyRetired.at(PAGE);
    Ok(())
}

/// Revokes a key. `devices` is the number of devices with a valid token of the key that the dialog showed.
#[server(endpoint = "keys/revoke")]
pub async fn revoke_key(
    #[server(default)] kid: String,
    #[server(default)] devices: String,
    #[server(default)] reason: String,
) -> Result<(), Error> {
    let actor = guard::<RevokeKey>()?;
    let shown: u64 =
        devices.parse().map_err(|_| Error::field("devices", "must be the number that the dialog shows"))?;
    service()?.keys().revoke_key(&kid, &reason, Some(tolerated(shown)), &actor).await?;
    Done::KeyRevoked.at(PAGE);
    Ok(())
}

/// The number of devices that may be lost if the dialog showed this one. Devices activate while someone reads it.
const fn tolerated(shown: u64) -> u64 {
    let tenth = shown / 10;
    shown.saturating_add(if tenth > 10 { tenth } else { 10 })
}

/// Reads a choice of [`SigningKeys::targets`]: an algorithm, or the id of a product.
async fn read_target(target: &str) -> Result<(Algorithm, Option<Uuid>), Error> {
    if let Some(algorithm) = Algorithm::from_name(target) {
        return Ok((algorithm, None));
    }
    let id = read_id(target)?;
    let product = service()?.store().read().await?.on().product(id).await?.ok_or(Error::NotFound)?;
    Ok((product.algorithm, Some(id)))
}

#[cfg(test)]
mod tests {
    use super::tolerated;

    #[test]
    fn a_tenth_more_devices_than_shown_may_be_lost_and_at_least_ten() {
        assert_eq!([0, 3, 100, 212, u64::MAX].map(tolerated), [10, 13, 110, 233, u64::MAX]);
    }
}
