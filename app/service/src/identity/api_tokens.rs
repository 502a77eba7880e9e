//! API tokens, with which the vendor's programs authenticate: `lk_`, the token's id, and 256 random bits. They give
//! access to the same acts as accounts have, through the same table of permissions, limited to their scopes.

use std::{fmt, net::IpAddr};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use licensing::{Act, EventKind, Invalid, Network, Scope, Span, SubjectKind, text};
use serde_json::json;
pub use store::api_tokens::ApiToken;
use uuid::Uuid;

use crate::{
    Actor, Error, Identities, Origin, Result, Stale,
    accounts::rights::still_owner,
    audit::{Record, Subject},
    crypto::vault::{random, sha256},
    reason::read_reason,
};

/// Prefix of every token, by which secret scanners find leaked ones.
const PREFIX: &str = "lk_";
/// Longest validity of a token, in days.
const LONGEST_DAYS: u32 = 366;
/// Longest overlap after a rotation, in hours.
const LONGEST_OVERLAP: u32 = 7 * 24;
/// Minimum time between two recorded uses.
const NOTED_EVERY: Span = Span::hours(1);
/// Maximum number of networks.
const MOST_NETWORKS: usize = 32;

/// Input for creating a token.
#[derive(Clone, Debug, Default)]
pub struct NewApiToken {
    /// Name, 1–80 characters.
    pub name: String,
    /// Scopes, at least one.
    pub scopes: Vec<Scope>,
    /// Products that the token is limited to; empty for all.
    pub products: Vec<Uuid>,
    /// Networks that it may be used from, separated by commas, spaces or line breaks; empty for all.
    pub networks: String,
    /// Validity in days, 1–366.
    pub days: u32,
}

/// The text of a token. A secret, to be shown once.
#[derive(Clone)]
pub struct TokenText(pub String);

impl fmt::Debug for TokenText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenText(secret)")
    }
}

/// An authenticated API token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiCaller {
    /// Id of the token.
    pub id: Uuid,
    /// Name of the token.
    pub name: String,
    /// Scopes of the token.
    pub scopes: Vec<Scope>,
    /// Products that it is limited to; empty for all.
    pub products: Vec<Uuid>,
    /// Expiry.
    pub expires_at: DateTime<Utc>,
}

impl ApiCaller {
    /// Returns the actor for this act if a scope of the token covers it.
    pub fn authorize(&self, act: Act, origin: Origin) -> Option<Actor> {
        self.may(act).then(|| Actor::api_token(self.id, &self.name, origin))
    }

    /// Returns `true` if a scope of the token covers the act.
    pub fn may(&self, act: Act) -> bool {
        self.scopes.iter().any(|scope| scope.covers(act))
    }
}

impl Identities {
    /// Creates a token. Its text is returned only here.
    ///
    /// # Errors
    /// `Invalid` with the fields `name`, `scopes`, `networks`, `days`; `Forbidden` if the actor is no longer an owner.
    #[tracing::instrument(skip_all)]
    pub async fn create_api_token(&self, form: NewApiToken, actor: &Actor) -> Result<(ApiToken, TokenText)> {
        let mut wrong = Invalid::default();
        let name = wrong.keep("name", text::name(&form.name, 80)).unwrap_or_default();
        if form.scopes.is_empty() {
            wrong.add("scopes", "must contain at least one permission");
        }
        if !(1..=LONGEST_DAYS).contains(&form.days) {
            wrong.add("days", format!("must be a whole number from 1 to {LONGEST_DAYS}"));
        }
        let networks = wrong.keep("networks", read_networks(&form.networks)).unwrap_or_default();
        wrong.or(())?;
        let (id, secret) = (self.clock.id(), random::<32>()?);
        let mut scopes = form.scopes;
        scopes.sort_by_key(|scope| scope.order());
        scopes.dedup();
        let mut tx = self.store.begin().await?;
        tx.lock_accounts().await?;
        still_owner(&mut tx, actor).await?;
        let now = self.clock.now();
        let token = ApiToken {
            id,
            name,
            secret_hash: sha256(&secret).to_vec(),
            former_hash: None,
            former_until: None,
            scopes: json!(scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>()),
            products: json!(form.products),
            networks: json!(networks),
            created_by: actor.name.clone(),
            created_at: now,
            expires_at: Span::days(u64::from(form.days)).after(now),
            rotated_at: None,
            last_used_at: None,
            revoked_at: None,
            revision: 1,
        };
        tx.insert_api_token(&token).await?;
        let made = json!({ "scopes": token.scopes, "products": token.products, "networks": token.networks,
            "expires_at": token.expires_at });
        Record::new(actor, EventKind::ApiTokenCreated, subject(&token)).made(&made).write(&mut tx, now).await?;
        tx.commit().await?;
        Ok((token, written(id, &secret)))
    }

    /// Gives a token a new secret. The current one stays valid for that many hours (0–168); any older one stops
    /// working.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` with the field `hours`; `Conflict` if the token is revoked or expired; `Forbidden` if the
    /// actor is no longer an owner.
    pub async fn rotate_api_token(&self, id: Uuid, hours: u32, actor: &Actor) -> Result<TokenText> {
        self.rotate_opened_api_token(id, None, hours, actor).await
    }

    /// Like [`rotate_api_token`](Self::rotate_api_token), for a form opened at revision `opened`. A second rotation
    /// ends the secret from before the first one at once, even within its overlap.
    ///
    /// # Errors
    /// Also `Stale` if another rotation came first.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn rotate_opened_api_token(
        &self,
        id: Uuid,
        opened: Option<i64>,
        hours: u32,
        actor: &Actor,
    ) -> Result<TokenText> {
        if hours > LONGEST_OVERLAP {
            let message = format!("must be a whole number from 0 to {LONGEST_OVERLAP}");
            return Err(Invalid::one("hours", message).into());
        }
        let secret = random::<32>()?;
        let mut tx = self.store.begin().await?;
        tx.lock_accounts().await?;
        still_owner(&mut tx, actor).await?;
        let now = self.clock.now();
        let token = tx.on().api_token(id).await?.ok_or(Error::NotFound("token"))?;
        let until = Span::hours(u64::from(hours)).after(now).min(token.expires_at);
        let (stored, typed) = (json!({ "both_good_until": token.former_until }), json!({ "both_good_until": until }));
        Stale::check(opened, token.revision, (&stored, &typed))?;
        let hashes = (token.secret_hash.as_slice(), sha256(&secret));
        let rotated = tx.rotate_api_token(id, (hashes.0, &hashes.1), until, now).await?;
        if !rotated || token.expires_at <= now {
            return Err(Error::Conflict("This token was revoked, has expired, or was just rotated.".to_owned()));
        }
        let made = json!({ "former_until": until });
        Record::new(actor, EventKind::ApiTokenRotated, subject(&token)).made(&made).write(&mut tx, now).await?;
        tx.commit().await?;
        Ok(written(id, &secret))
    }

    /// Revokes a token at once, with both of its secrets.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` with the field `reason`; `Conflict` if it was already revoked; `Forbidden` if the actor is
    /// no longer an owner.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn revoke_api_token(&self, id: Uuid, reason: &str, actor: &Actor) -> Result<()> {
        let reason = read_reason(reason)?;
        let mut tx = self.store.begin().await?;
        tx.lock_accounts().await?;
        still_owner(&mut tx, actor).await?;
        let now = self.clock.now();
        let token = tx.on().api_token(id).await?.ok_or(Error::NotFound("token"))?;
        if !tx.revoke_api_token(id, now).await? {
            return Err(Error::Conflict("This token was already revoked.".to_owned()));
        }
        Record::new(actor, EventKind::ApiTokenRevoked, subject(&token))
            .because(Some(reason))
            .write(&mut tx, now)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Authenticates a token that is used from this address. The use is recorded, at most once an hour.
    ///
    /// # Errors
    /// `InvalidToken`, with one answer for all cases, if the token is unknown, wrong, expired or revoked; `Forbidden`
    /// if it may not be used from this address.
    pub async fn api_caller(&self, token: &str, address: Option<&str>) -> Result<ApiCaller> {
        let (id, secret) = read(token).ok_or_else(invalid)?;
        let now = self.clock.now();
        let row = self.store.for_api().read().await?.on().api_token(id).await?.ok_or_else(invalid)?;
        let hash = sha256(&secret);
        let is = |stored: &[u8]| verify_slices_are_equal(stored, &hash).is_ok();
        let former = row.former_until.is_some_and(|until| now < until) && row.former_hash.as_deref().is_some_and(is);
        if !(is(&row.secret_hash) || former) || row.revoked_at.is_some() || row.expires_at <= now {
            return Err(invalid());
        }
        let networks = values(id, "networks", &row.networks, |text| Network::read(text).ok())?;
        let address: Option<IpAddr> = address.and_then(|address| address.parse().ok());
        let inside = address.is_some_and(|address| networks.iter().any(|network| network.holds(address)));
        if !networks.is_empty() && !inside {
            return Err(Error::Forbidden("This token cannot be used from this network address.".to_owned()));
        }
        if row.last_used_at.is_none_or(|at| NOTED_EVERY.after(at) <= now) {
            let mut tx = self.store.for_api().begin().await?;
            tx.note_api_token_used(id, now).await?;
            tx.commit().await?;
        }
        Ok(ApiCaller {
            id,
            name: row.name,
            scopes: values(id, "scopes", &row.scopes, Scope::from_name)?,
            products: values(id, "products", &row.products, |text| text.parse().ok())?,
            expires_at: row.expires_at,
        })
    }
}

fn subject(token: &ApiToken) -> Subject {
    Subject::new(SubjectKind::ApiToken, token.id, &token.name)
}

fn invalid() -> Error {
    Error::InvalidToken("This API token is unknown, expired or revoked: ask an owner of this server for a new one.")
}

fn written(id: Uuid, secret: &[u8; 32]) -> TokenText {
    TokenText(format!("{PREFIX}{}_{}", id.simple(), URL_SAFE_NO_PAD.encode(secret)))
}

/// Splits a token's text into its id and secret.
fn read(token: &str) -> Option<(Uuid, [u8; 32])> {
    let (id, secret) = token.strip_prefix(PREFIX)?.split_at_checked(32)?;
    let secret = URL_SAFE_NO_PAD.decode(secret.strip_prefix('_')?).ok()?;
    Some((Uuid::try_parse(id).ok()?, secret.try_into().ok()?))
}

/// Reads the values in a column of a token. One unreadable value fails the call: skipping it could turn a narrow token
/// into a broad one.
fn values<T>(
    id: Uuid,
    column: &'static str,
    list: &serde_json::Value,
    read: impl Fn(&str) -> Option<T>,
) -> store::Result<Vec<T>> {
    let all: Option<Vec<T>> = list.as_array().and_then(|all| all.iter().map(|it| read(it.as_str()?)).collect());
    all.ok_or_else(|| store::Error::inconsistent("api_tokens", column, id))
}

fn read_networks(text: &str) -> Result<Vec<String>, String> {
    let parts = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|part| !part.is_empty());
    let all: Vec<String> = parts.map(str::to_owned).collect();
    if all.len() > MOST_NETWORKS {
        return Err(format!("has more than {MOST_NETWORKS} networks"));
    }
    match all.iter().find_map(|part| Network::read(part).err()) {
        Some(error) => Err(format!("is not readable: {error}")),
        None => Ok(all),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_as_it_is_written_and_nothing_else_is() {
        let (id, secret) = (Uuid::from_u128(7), [9; 32]);
        let TokenText(text) = written(id, &secret);
        assert_eq!(read(&text), Some((id, secret)));
        assert_eq!(text.len(), 3 + 32 + 1 + 43);
        for bad in
            ["", "lk_", "lk_äöü", &text[1..], &text[..text.len() - 1], &format!("{text}A"), &text.replace("lk", "LK")]
        {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
