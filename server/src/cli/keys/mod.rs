//! `latchkey keys`: manages signing keys. Works while the server runs, which reads the keys again within ten seconds.

mod lines;

use std::io::{self, Write as _};

use clap::Subcommand;
use licensing::product::Algorithm;
use serde_json::{Value, json};
use service::{Actor, Clock, Error, KeyState, ListedKey, Service};
use uuid::Uuid;

use crate::{
    Config,
    cli::{act_error::ActError, start},
};

/// Subcommands of `latchkey keys`.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Print every key: its state, since when, and the number of devices with a valid token signed by it
    List {
        /// Print one JSON object per line instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Create the next key; it is published at once, and signs in ten minutes
    Rotate {
        /// ES256, EdDSA or RS256; if omitted, the product's own algorithm, or every algorithm in use
        #[arg(long, value_parser = algorithm)]
        algorithm: Option<Algorithm>,
        /// Code of a product; the key is then used only for this product
        #[arg(long, value_name = "CODE")]
        product: Option<String>,
    },
    /// Create the next two keys ahead, so that software can pin them; each rotation then uses the older one
    Ahead {
        /// ES256, EdDSA or RS256; if omitted, the product's own algorithm, or every algorithm in use
        #[arg(long, value_parser = algorithm)]
        algorithm: Option<Algorithm>,
        /// Code of a product; the keys are then used only for this product
        #[arg(long, value_name = "CODE")]
        product: Option<String>,
    },
    /// Stop signing with a key; it stays published until its last token has expired
    Retire {
        /// Id of the key (kid)
        #[arg(allow_hyphen_values = true)]
        kid: String,
        /// Reason, for the audit log
        #[arg(long)]
        reason: Option<String>,
    },
    /// Remove a compromised key from the key set; its tokens can no longer be verified
    Revoke {
        /// Id of the key (kid)
        #[arg(allow_hyphen_values = true)]
        kid: String,
        /// Reason, for the audit log
        #[arg(long)]
        reason: String,
        /// Revoke the key; without this option, only the effect is shown
        #[arg(long)]
        yes: bool,
    },
    /// Print the public half of a key as PEM and as a JWK, or without an id the set of all published keys, for pinning
    Export {
        /// Id of the key (kid)
        #[arg(allow_hyphen_values = true)]
        kid: Option<String>,
    },
}

fn algorithm(name: &str) -> Result<Algorithm, String> {
    let found = Algorithm::ALL.into_iter().find(|algorithm| algorithm.name().eq_ignore_ascii_case(name));
    found.ok_or_else(|| "must be ES256, EdDSA or RS256".to_owned())
}

/// Runs the command on the configured database.
///
/// # Errors
/// Returns an error if the server's data cannot be opened, the command is refused, or its output cannot be written.
pub async fn work(config: &Config, work: KeysCommand) -> Result<(), ActError> {
    let service = start::open(config, Clock::system()).await?;
    let done = done(&service, work).await;
    service.close().await;
    done
}

async fn done(service: &Service, work: KeysCommand) -> Result<(), ActError> {
    let actor = Actor::command();
    match work {
        KeysCommand::List { json } => lines::print(&service.keys().signing_keys().await?, json)?,
        KeysCommand::Rotate { algorithm, product } => rotate(service, algorithm, product, &actor).await?,
        KeysCommand::Retire { kid, reason } => {
            service.keys().retire_key(&kid, reason.as_deref(), &actor).await?;
            print_line(&format!("{kid} no longer signs; it stays published until its last token has expired."))?;
        }
        KeysCommand::Revoke { kid, reason, yes } => {
            if !yes {
                let key = key(service, &kid).await?;
                return Err(ActError::Unconfirmed(format!(
                    "{} with a token of {kid} would be unable to verify it until they request \
                     a new one; run this again with --yes to revoke the key",
                    devices(key.devices)
                )));
            }
            let lost = service.keys().revoke_key(&kid, &reason, None, &actor).await?;
            print_line(&format!("{kid} is out of the key set. {} must request a new token.", devices(lost)))?;
        }
        KeysCommand::Ahead { algorithm, product } => ahead(service, algorithm, product, &actor).await?,
        KeysCommand::Export { kid: Some(kid) } => {
            let key = service.keys().public_key(&kid).await?;
            print_line(&format!("{}{}", key.pem, key.jwk))?;
        }
        KeysCommand::Export { kid: None } => print_line(&key_set(service).await?.to_string())?,
    }
    Ok(())
}

/// Resolves a rotation's product, if it is for one only, and its algorithms.
async fn meant(
    service: &Service,
    algorithm: Option<Algorithm>,
    product: Option<String>,
) -> Result<(Option<Uuid>, Vec<Algorithm>), ActError> {
    let product = match product {
        Some(code) => {
            let mut reading = service.store().read().await.map_err(Error::from)?;
            let found = reading.on().product_of_code(&code).await.map_err(Error::from)?;
            Some(found.ok_or(Error::NotFound("product"))?)
        }
        None => None,
    };
    let algorithms = match (algorithm, &product) {
        (Some(algorithm), _) => vec![algorithm],
        (None, Some(product)) => vec![product.algorithm],
        (None, None) => {
            let keys = service.keys().signing_keys().await?;
            let shared = |a: &Algorithm| keys.iter().any(|key| key.algorithm == *a && key.product.is_none());
            Algorithm::ALL.into_iter().filter(shared).collect()
        }
    };
    Ok((product.map(|product| product.id), algorithms))
}

async fn ahead(
    service: &Service,
    algorithm: Option<Algorithm>,
    product: Option<String>,
    actor: &Actor,
) -> Result<(), ActError> {
    let (product, algorithms) = meant(service, algorithm, product).await?;
    for algorithm in algorithms {
        let names = service.keys().make_keys_ahead(algorithm, product, actor).await?;
        print_line(&format!(
            "{} of {} are published and will be used in this order.",
            names.join(" and "),
            algorithm.name()
        ))?;
    }
    print_line("Pin them with `latchkey keys export`.")?;
    Ok(())
}

/// Returns the published keys, each with its `state`, a member that JWK libraries ignore (RFC 7517 §4).
async fn key_set(service: &Service) -> Result<Value, Error> {
    let (mut keys, mut public) = (vec![], service.keys().public_keys().await?);
    for key in service.keys().signing_keys().await?.into_iter().filter(|key| key.state.is_published()) {
        let Some(mut jwk) = public.remove(&key.kid).map(|half| half.jwk) else { continue };
        if let Some(members) = jwk.as_object_mut() {
            members.insert("state".to_owned(), lines::state(key.state).0.into());
        }
        keys.push(jwk);
    }
    Ok(json!({ "keys": keys }))
}

async fn rotate(
    service: &Service,
    algorithm: Option<Algorithm>,
    product: Option<String>,
    actor: &Actor,
) -> Result<(), ActError> {
    let (product, algorithms) = meant(service, algorithm, product).await?;
    for algorithm in algorithms {
        let (kid, signs_from) = service.keys().rotate_key(algorithm, product, actor).await?;
        let at = lines::moment(signs_from);
        print_line(&format!("{kid} is the next key of {}. It is published, and signs from {at}.", algorithm.name()))?;
    }
    Ok(())
}

async fn key(service: &Service, kid: &str) -> Result<ListedKey, Error> {
    let keys = service.keys().signing_keys().await?;
    let key = keys.into_iter().find(|key| key.kid == kid).ok_or(Error::NotFound("signing key"))?;
    match key.state {
        KeyState::Revoked(_) => Err(Error::Conflict("This key is already revoked.".to_owned())),
        KeyState::Next(_) | KeyState::Ahead(_) | KeyState::Signs(_) | KeyState::Stopped(_) | KeyState::Gone(_) => {
            Ok(key)
        }
    }
}

fn devices(n: u64) -> String {
    if n == 1 { "1 device".to_owned() } else { format!("{n} devices") }
}

fn print_line(text: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{text}")
}
