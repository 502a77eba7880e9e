//! API tokens, for the vendor's own systems.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use licensing::{Act, Permission, Scope};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Error,
    admin::{ReadName, browser, guard, guard_read, read_id, service},
    http::done::Done,
};

/// Every token, and the products that a new one can be limited to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// The tokens, newest first.
    pub tokens: Vec<TokenLine>,
    /// Id and name of every product.
    pub products: Vec<(String, String)>,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// A token, without its secret, which cannot be shown again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenLine {
    /// The token's id.
    pub id: Uuid,
    /// The token's name: its purpose.
    pub name: String,
    /// The beginning of the token's text.
    pub begins: String,
    /// The token's scopes.
    pub scopes: Vec<Scope>,
    /// The names of the products that it is limited to; empty for all.
    pub products: Vec<String>,
    /// The networks that it can be used from; empty for all.
    pub networks: Vec<String>,
    /// The creator's name.
    pub created_by: String,
    /// The time of creation.
    pub created_at: DateTime<Utc>,
    /// The expiry.
    pub expires_at: DateTime<Utc>,
    /// The time until which the previous secret is valid, too.
    pub former_until: Option<DateTime<Utc>>,
    /// The time of its last use, to the hour.
    pub last_used_at: Option<DateTime<Utc>>,
    /// The time of its revocation.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Number of the last change.
    pub revision: i64,
}

impl TokenLine {
    /// Returns `true` if the token is valid at `now`.
    pub fn is_good(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && self.expires_at > now
    }
}

/// The check boxes of a token's permissions; an unchecked one is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scopes {
    /// See.
    pub see: String,
    /// Help customers.
    pub help_customers: String,
    /// Manage licenses.
    pub manage_licenses: String,
    /// Reveal codes.
    pub reveal_codes: String,
    /// Run the server.
    pub run_server: String,
}

/// A token that was just made, which is shown once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeToken {
    /// The token's text.
    pub text: String,
    /// This server's URL.
    pub server: String,
}

/// The key under which the owner's browser keeps a token between the act and the page.
const MADE: &str = "token";

pub const LIST_TOKENS: ReadName = ReadName("tokens");

/// Every token.
pub async fn list_tokens() -> Result<Tokens, Error> {
    guard_read(LIST_TOKENS)?;
    let service = service()?;
    let mut reading = service.store().read().await?;
    let products = reading.on().product_names().await?.into_iter();
    let products: Vec<(String, String)> = products.map(|(id, name)| (id.to_string(), name)).collect();
    let tokens = reading.on().api_tokens().await?.into_iter().map(|token| line(token, &products)).collect();
    Ok(Tokens { tokens, products, now: service.clock().now() })
}

/// Creates a token, whose text is shown once.
#[server(endpoint = "tokens/create")]
pub async fn create_token(
    #[server(default)] name: String,
    #[server(flatten)] scopes: Scopes,
    #[server(default)] acts: String,
    #[server(default)] product: String,
    #[server(default)] networks: String,
    #[server(default)] days: String,
) -> Result<(), Error> {
    let actor = guard::<CreateToken>()?;
    let Scopes { see, help_customers, manage_licenses, reveal_codes, run_server } = scopes;
    let asked = [see, help_customers, manage_licenses, reveal_codes, run_server];
    let ticked = Permission::ALL.into_iter().zip(asked).filter(|(_, ticked)| !ticked.is_empty());
    let mut scopes: Vec<Scope> = ticked.map(|(permission, _)| permission.into()).collect();
    scopes.extend(read_acts(&acts)?);
    let form = service::NewApiToken {
        name,
        scopes,
        products: if product.is_empty() { vec![] } else { vec![read_id(&product)?] },
        networks,
        days: crate::number::read(&days).unwrap_or_default(),
    };
    let (_, text) = service()?.identity().create_api_token(form, &actor).await.map_err(|error| match error {
        // Each permission has a field of its own; the message belongs at the first.
        service::Error::Invalid(mut invalid) => {
            invalid.0.iter_mut().filter(|it| it.field == "scopes").for_each(|it| it.field = "see".to_owned());
            invalid.into()
        }
        other => Error::from(other),
    })?;
    keep(text).await?;
    Done::TokenCreated.at("/settings/tokens");
    Ok(())
}

/// Gives a token a new secret; the current one stays valid for that many hours.
#[server(endpoint = "tokens/rotate")]
pub async fn rotate_token(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] hours: String,
) -> Result<(), Error> {
    let actor = guard::<RotateToken>()?;
    let (id, opened) = (read_id(&id)?, crate::form::read_revision(&revision)?);
    let hours =
        crate::number::read(&hours).ok_or_else(|| Error::field("hours", "must be a whole number from 0 to 168"))?;
    let text = service()?.identity().rotate_opened_api_token(id, opened, hours, &actor).await?;
    keep(text).await?;
    Done::TokenRotated.at("/settings/tokens");
    Ok(())
}

/// Revokes a token at once.
#[server(endpoint = "tokens/revoke")]
pub async fn revoke_token(#[server(default)] id: String, #[server(default)] reason: String) -> Result<(), Error> {
    let actor = guard::<RevokeToken>()?;
    service()?.identity().revoke_api_token(read_id(&id)?, &reason, &actor).await?;
    Done::TokenRevoked.at("/settings/tokens");
    Ok(())
}

pub const TAKE_TOKEN: ReadName = ReadName("tokens/take");

/// Removes and returns the token that this browser keeps; `None` afterwards.
pub async fn take_token() -> Result<Option<MadeToken>, Error> {
    guard_read(TAKE_TOKEN)?;
    let server = service()?.keys().issuer().to_owned();
    Ok(browser()?.take(MADE).await?.map(|text| MadeToken { text, server }))
}

/// Reads the names of acts that the API offers, in lines or separated by commas.
fn read_acts(typed: &str) -> Result<Vec<Scope>, Error> {
    let names = typed.split([',', '\n']).map(str::trim).filter(|name| !name.is_empty());
    let read = |name: &str| {
        let unknown = || Error::field("acts", format!("{name} is not an act of the API: choose from the list below"));
        Act::from_name(name).filter(|act| act.is_by_api()).map(Scope::from).ok_or_else(unknown)
    };
    names.map(read).collect()
}

async fn keep(service::TokenText(text): service::TokenText) -> Result<(), Error> {
    browser()?.keep(MADE, text).await
}

fn line(token: service::ApiToken, products: &[(String, String)]) -> TokenLine {
    let texts = |list: &serde_json::Value| -> Vec<String> {
        list.as_array().into_iter().flatten().filter_map(|it| it.as_str().map(str::to_owned)).collect()
    };
    let name_of = |id: String| products.iter().find(|(it, _)| *it == id).map_or(id, |(_, name)| name.clone());
    TokenLine {
        id: token.id,
        begins: format!("lk_{}", token.id.simple()),
        scopes: texts(&token.scopes).iter().filter_map(|name| Scope::from_name(name)).collect(),
        products: texts(&token.products).into_iter().map(name_of).collect(),
        networks: texts(&token.networks),
        name: token.name,
        created_by: token.created_by,
        created_at: token.created_at,
        expires_at: token.expires_at,
        former_until: token.former_until,
        last_used_at: token.last_used_at,
        revoked_at: token.revoked_at,
        revision: token.revision,
    }
}
