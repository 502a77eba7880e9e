//! Looking a text up in everything that Find searches.

use std::net::IpAddr;

use licensing::fold;
use service::store::{
    Connection, Paging,
    device_search::DeviceHit,
    licenses::{LicenseFilter, LicenseRow},
};
use uuid::Uuid;

use super::{
    hit::{Hit, HitKind},
    places,
    wanted::Wanted,
};
use crate::{
    Error,
    admin::{decisions, decisions::DecisionLine, licenses::name_of},
    http::context::visitor,
    pages,
};

/// Maximum number of hits of a kind.
const MOST: usize = 8;
const MOST_ROWS: i64 = 8;

/// The result of looking a text up.
#[derive(Debug, Default)]
pub(super) struct Looked {
    pub(super) hits: Vec<Hit>,
    /// `true` if nothing was found, and the hits are only similar to the text.
    pub(super) similar: bool,
}

/// Looks up what the text means.
pub(super) async fn look(wanted: &Wanted) -> Result<Looked, Error> {
    match wanted {
        Wanted::Nothing | Wanted::ApiToken => Ok(Looked::default()),
        Wanted::Token(ids) | Wanted::Ids(ids) => Ok(Looked { hits: by_ids(ids).await?, similar: false }),
        Wanted::Address(address) => Ok(Looked { hits: vec![of_address(*address)], similar: false }),
        Wanted::Text(text) => by_text(text).await,
    }
}

/// The decisions of an IP address are found by the list of decisions, which searches the newest first.
fn of_address(address: IpAddr) -> Hit {
    let to = format!("/decisions{}", crate::http::address::query_with("", "q", Some(&address.to_string())));
    Hit::new(HitKind::Decision, to, format!("Requests from {address}"), "Decisions".to_owned())
}

async fn by_ids(ids: &[Uuid]) -> Result<Vec<Hit>, Error> {
    let service = crate::admin::service()?;
    let now = service.clock().now();
    let mut reading = service.store().read().await?;
    let mut on = reading.on();
    let mut hits = Vec::new();
    for id in ids {
        for row in decisions::find::by_ids(&mut on, &[*id]).await? {
            hits.push(of_decision(row.into()));
        }
        if let Some(device) = on.device_of_id(*id).await? {
            hits.push(of_device(device));
        } else if let Some(row) = on.license(*id, now).await? {
            hits.push(of_license(row));
        } else if let Some(product) = on.product(*id).await? {
            hits.push(Hit::new(HitKind::Product, format!("/products/{id}"), product.name, product.code));
        } else if let Some(policy) = on.policy(*id).await? {
            hits.push(Hit::new(HitKind::Policy, format!("/policies/{id}"), policy.name, String::new()));
        }
    }
    // A problem document names its decision twice; a token's license is found by its session.
    let mut found: Vec<Hit> = Vec::new();
    for hit in hits {
        if found.iter().all(|other| other.to != hit.to) {
            found.push(hit);
        }
    }
    Ok(found)
}

async fn by_text(text: &str) -> Result<Looked, Error> {
    let service = crate::admin::service()?;
    let now = service.clock().now();
    let filter = service.licenses().license_filter(text).await?;
    let hash = decisions::find::hash(text).or(filter.fingerprint_hash);
    let without_email = visitor().hides_emails;
    let filter = LicenseFilter { text: filter.text, without_email, ..LicenseFilter::default() };
    let mut reading = service.store().read().await?;
    let mut on = reading.on();
    if let Some(hash) = hash {
        let devices = on.devices_of_fingerprint(&hash, MOST_ROWS).await?;
        if !devices.is_empty() {
            return Ok(Looked { hits: devices.into_iter().map(of_device).collect(), similar: false });
        }
    }
    let mut licenses = on.licenses(&filter, Paging::First, MOST, now).await?.rows;
    if licenses.len() < MOST && text.split_whitespace().nth(1).is_some() {
        for row in on.licenses_with_words(text, without_email, MOST_ROWS, now).await? {
            if licenses.len() < MOST && licenses.iter().all(|known| known.license.id != row.license.id) {
                licenses.push(row);
            }
        }
    }
    let mut hits: Vec<Hit> = licenses.into_iter().map(of_license).collect();
    hits.extend(on.devices_named(text, MOST_ROWS).await?.into_iter().map(of_device));
    hits.extend(of_catalog(&mut on, text).await?);
    hits.extend(places::named(text));
    if !hits.is_empty() {
        return Ok(Looked { hits, similar: false });
    }
    let alike = on.licenses_like(text, without_email, MOST, now).await?;
    let hits: Vec<Hit> = alike.into_iter().map(of_license).collect();
    Ok(Looked { similar: !hits.is_empty(), hits })
}

/// Products and policies, of which there are few, by their names.
async fn of_catalog(on: &mut Connection<'_>, text: &str) -> Result<Vec<Hit>, Error> {
    let wanted = fold(text);
    let holds = |name: &str| {
        let name = fold(name);
        wanted.split_whitespace().all(|word| name.contains(word))
    };
    let mut hits = Vec::new();
    for product in on.products().await? {
        if holds(&product.name) || product.code == text {
            let to = format!("/products/{}", product.id);
            hits.push(Hit::new(HitKind::Product, to, product.name, product.code));
        }
    }
    let mut policies = on.policy_names(None).await?;
    policies.retain(|(_, _, name)| holds(name));
    policies.truncate(MOST);
    let policy = |(id, product, name)| Hit::new(HitKind::Policy, format!("/policies/{id}"), name, product);
    hits.truncate(MOST);
    hits.extend(policies.into_iter().map(policy));
    Ok(hits)
}

fn of_license(row: LicenseRow) -> Hit {
    let name = name_of(&row.license);
    let end = (!name.ends_with(&row.license.code_tail)).then(|| format!("•••{}", row.license.code_tail));
    let email = row.license.email.filter(|email| *email != name);
    let notes = [Some(row.product_name), email, row.license.reference, end];
    let note = notes.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    Hit::new(HitKind::License, format!("/licenses/{}", row.license.id), name, note)
}

fn of_device(device: DeviceHit) -> Hit {
    let name = device.label.or(device.device_name).unwrap_or_else(|| "Unnamed device".to_owned());
    let owner = device.customer.or(device.email).unwrap_or_else(|| format!("License {}", device.code_tail));
    let note = format!("{owner} · {}", device.product_name);
    Hit::new(HitKind::Device, format!("/devices/{}", device.id), name, note)
}

fn of_decision(line: DecisionLine) -> Hit {
    let owner = line.license.as_ref().map(|(_, name)| name.clone());
    let device = line.device.clone();
    let notes = [device, owner, line.product.clone()].into_iter().flatten().collect::<Vec<_>>();
    let title = pages::decisions::outcome(&line);
    Hit::new(HitKind::Decision, format!("/decisions/{}", line.id), title, notes.join(" · "))
}
