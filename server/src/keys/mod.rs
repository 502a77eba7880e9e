//! `latchkey keys`: what owners do with signing keys. Works beside a running server, which reads them again within ten
//! seconds.

mod lines;

use std::io::{self, Write as _};

use clap::Subcommand;
use licensing::product::Algorithm;
use serde_json::{Value, json};
use service::{Actor, Clock, Error, ListedKey, Service, Standing};
use uuid::Uuid;

use crate::{
    Config,
    serve::{self, StartError},
};

/// What is to be done with signing keys.
#[derive(Debug, Subcommand)]
pub enum Work {
    /// Print every key: what it does, since when, and how many devices hold a good token of its
    List {
        /// Print a JSON object a line instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Make the next key; it is published at once, and signs in ten minutes
    Rotate {
        /// ES256, EdDSA or RS256; the product's own, or every one that is in use, if it is not given
        #[arg(long, value_parser = algorithm)]
        algorithm: Option<Algorithm>,
        /// The code of a product: a key for that one alone
        #[arg(long, value_name = "CODE")]
        product: Option<String>,
    },
    /// Have the next two keys wait ahead, so that software can pin them; each rotation then takes the older one
    Ahead {
        /// ES256, EdDSA or RS256; the product's own, or every one that is in use, if it is not given
        #[arg(long, value_parser = algorithm)]
        algorithm: Option<Algorithm>,
        /// The code of a product: keys for that one alone
        #[arg(long, value_name = "CODE")]
        product: Option<String>,
    },
    /// Have a key sign no more; it stays published until its last token has ended
    Retire {
        /// The key's name
        #[arg(allow_hyphen_values = true)]
        kid: String,
    },
    /// Take a compromised key out of the key set: no token of its can be verified any more
    Revoke {
        /// The key's name
        #[arg(allow_hyphen_values = true)]
        kid: String,
        /// Why, for the audit log
        #[arg(long)]
        reason: String,
        /// Do it; without this, only what would happen is said
        #[arg(long)]
        yes: bool,
    },
    /// Print the public half of a key: PEM, then a JWK; without a name, the set of all that are published, to be pinned
    Export {
        /// The key's name
        #[arg(allow_hyphen_values = true)]
        kid: Option<String>,
    },
}

/// Why it was not done. Each is a sentence.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The house cannot be opened.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The act did not happen.
    #[error(transparent)]
    Act(#[from] Error),
    /// Somebody should think about it first.
    #[error("nothing was done: {0}")]
    Unconfirmed(String),
    /// The terminal.
    #[error("the system refuses: {0}")]
    System(#[from] io::Error),
}

fn algorithm(name: &str) -> Result<Algorithm, String> {
    let found = Algorithm::ALL.into_iter().find(|algorithm| algorithm.name().eq_ignore_ascii_case(name));
    found.ok_or_else(|| "there are ES256, EdDSA and RS256".to_owned())
}

/// Does it, on the database of these settings.
///
/// # Errors
/// Why not.
pub async fn work(config: &Config, work: Work) -> Result<(), KeysError> {
    let service = serve::open(config, Clock::system()).await?;
    let done = done(&service, work).await;
    service.close().await;
    done
}

async fn done(service: &Service, work: Work) -> Result<(), KeysError> {
    let actor = Actor::command();
    match work {
        Work::List { json } => lines::print(&service.signing_keys().await?, json)?,
        Work::Rotate { algorithm, product } => rotate(service, algorithm, product, &actor).await?,
        Work::Retire { kid } => {
            service.retire_key(&kid, &actor).await?;
            say(&format!("{kid} signs no more; it stays published until its last token has ended."))?;
        }
        Work::Revoke { kid, reason, yes } => {
            if !yes {
                let key = key(service, &kid).await?;
                return Err(KeysError::Unconfirmed(format!(
                    "{} hold a token of {kid}, and none of these could be verified any more until its device has asked for \
                     another; run this again with --yes to do it",
                    devices(key.devices)
                )));
            }
            let lost = service.revoke_key(&kid, &reason, &actor).await?;
            say(&format!("{kid} is out of the key set; {} must ask for another token.", devices(lost)))?;
        }
        Work::Ahead { algorithm, product } => ahead(service, algorithm, product, &actor).await?,
        Work::Export { kid: Some(kid) } => {
            let key = service.public_key(&kid).await?;
            say(&format!("{}{}", key.pem, key.jwk))?;
        }
        Work::Export { kid: None } => say(&key_set(service).await?.to_string())?,
    }
    Ok(())
}

/// What a rotation is about: the product, if it is for one alone, and the algorithms.
async fn meant(
    service: &Service,
    algorithm: Option<Algorithm>,
    product: Option<String>,
) -> Result<(Option<Uuid>, Vec<Algorithm>), KeysError> {
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
            let keys = service.signing_keys().await?;
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
) -> Result<(), KeysError> {
    let (product, algorithms) = meant(service, algorithm, product).await?;
    for algorithm in algorithms {
        let names = service.make_keys_ahead(algorithm, product, actor).await?;
        say(&format!(
            "{} of {} wait for their turn, in this order, and are published.",
            names.join(" and "),
            algorithm.name()
        ))?;
    }
    say("Pin them with `latchkey keys export`.")?;
    Ok(())
}

/// The keys that are published, each with what it does, `state`: a member that JWK libraries ignore (RFC 7517 §4).
async fn key_set(service: &Service) -> Result<Value, Error> {
    let mut keys = vec![];
    for key in service.signing_keys().await?.into_iter().filter(|key| key.standing.is_published()) {
        let mut jwk = service.public_key(&key.kid).await?.jwk;
        if let Some(members) = jwk.as_object_mut() {
            members.insert("state".to_owned(), lines::state(key.standing).0.into());
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
) -> Result<(), KeysError> {
    let (product, algorithms) = meant(service, algorithm, product).await?;
    for algorithm in algorithms {
        let (kid, signs_from) = service.rotate_key(algorithm, product, actor).await?;
        let at = lines::moment(signs_from);
        say(&format!("{kid} is the next key of {}: it is published, and signs from {at}.", algorithm.name()))?;
    }
    Ok(())
}

async fn key(service: &Service, kid: &str) -> Result<ListedKey, Error> {
    let keys = service.signing_keys().await?;
    let key = keys.into_iter().find(|key| key.kid == kid).ok_or(Error::NotFound("signing key"))?;
    match key.standing {
        Standing::Revoked(_) => Err(Error::Conflict("This key was revoked already.".to_owned())),
        Standing::Next(_) | Standing::Ahead(_) | Standing::Signs(_) | Standing::Stopped(_) | Standing::Gone(_) => {
            Ok(key)
        }
    }
}

fn devices(n: u64) -> String {
    if n == 1 { "1 device".to_owned() } else { format!("{n} devices") }
}

fn say(text: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{text}")
}
