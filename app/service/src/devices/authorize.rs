//! Pre-registering devices for a license by fingerprint.

use std::collections::HashMap;

use licensing::{EventKind, Fingerprint, Invalid, license::State, text};
use serde_json::json;
use store::{authorized::AuthorizedDevice, licenses::LicenseWithTerms};
use uuid::Uuid;

use crate::{
    Actor, Devices, Error, Result, audit::Record, licenses::change::subject, reason::read_reason, retry::retried,
};

/// Maximum number of fingerprints in one call.
pub const MOST_AT_ONCE: usize = 1_000;
/// Maximum length of a device's note, in characters.
const LONGEST_NOTE: usize = 100;
/// Maximum number of fingerprints named in the audit log; beyond it, only their count is recorded.
const NAMED: usize = 100;

/// A fingerprint to pre-register, and a note that says whose it is.
pub type Entry = (Fingerprint, String);

/// Numbers of pre-registered fingerprints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registered {
    /// Fingerprints that were not registered before.
    pub new: u64,
    /// Fingerprints that were; a new note replaces the old one.
    pub known: u64,
}

impl Devices {
    /// Pre-registers fingerprints for a license, so that they may activate where its terms admit no other device. This
    /// takes no seat.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if the license is revoked; `Invalid` with the field `devices`.
    #[tracing::instrument(skip_all, fields(%license_id))]
    pub async fn authorize_devices(&self, license_id: Uuid, entries: &[Entry], actor: &Actor) -> Result<Registered> {
        let entries = read(entries)?;
        retried(|| async {
            let mut tx = self.store.begin().await?;
            let (LicenseWithTerms { license, .. }, now) = self.licenses.lock(&mut tx, license_id).await?;
            if license.state == State::Revoked {
                return Err(Error::Conflict("This license was revoked: devices can no longer activate.".to_owned()));
            }
            let before = tx.on().count_authorized(license_id).await?;
            let row = |(fingerprint, note): &(&Fingerprint, Option<String>)| AuthorizedDevice {
                fingerprint_hash: fingerprint.digest().to_vec(),
                license_id,
                fingerprint: fingerprint.as_str().to_owned(),
                note: note.clone(),
                created_at: now,
            };
            let rows: Vec<AuthorizedDevice> = entries.iter().map(row).collect();
            tx.authorize(&rows).await?;
            let new = tx.on().count_authorized(license_id).await?.saturating_sub(before);
            let named: Vec<&str> = rows.iter().take(NAMED).map(|row| row.fingerprint.as_str()).collect();
            Record::new(actor, EventKind::LicenseDevicesAuthorized, subject(&license))
                .made(&json!({ "devices": rows.len(), "fingerprints": named.join(", ") }))
                .write(&mut tx, now)
                .await?;
            tx.commit().await?;
            let new = u64::try_from(new).unwrap_or_default();
            Ok(Registered { new, known: u64::try_from(rows.len()).unwrap_or_default().saturating_sub(new) })
        })
        .await
    }

    /// Removes a pre-registered fingerprint. An active device runs until its token expires, and then cannot renew if
    /// the terms require registration.
    ///
    /// # Errors
    /// `NotFound` if it is not registered; `Invalid` with the field `reason`.
    #[tracing::instrument(skip_all, fields(%license_id))]
    pub async fn unauthorize_device(
        &self,
        license_id: Uuid,
        fingerprint: &Fingerprint,
        reason: &str,
        actor: &Actor,
    ) -> Result<()> {
        let reason = read_reason(reason)?;
        retried(|| async {
            let mut tx = self.store.begin().await?;
            let (LicenseWithTerms { license, .. }, now) = self.licenses.lock(&mut tx, license_id).await?;
            let gone = tx.unauthorize(license_id, &fingerprint.digest()).await?.ok_or(Error::NotFound("device"))?;
            Record::new(actor, EventKind::LicenseDeviceUnauthorized, subject(&license))
                .changed(&json!({ "fingerprint": gone.fingerprint, "note": gone.note }), &json!({}))
                .because(Some(reason.clone()))
                .write(&mut tx, now)
                .await?;
            Ok(tx.commit().await?)
        })
        .await
    }
}

/// Removes duplicates, keeping the order of first appearance; of a duplicate, the last note counts.
fn read(entries: &[Entry]) -> Result<Vec<(&Fingerprint, Option<String>)>, Invalid> {
    match entries.len() {
        0 => return Err(Invalid::one("devices", "Write at least one fingerprint.")),
        n if n > MOST_AT_ONCE => {
            let sentence = format!("These are {n} fingerprints: register at most {MOST_AT_ONCE} at a time.");
            return Err(Invalid::one("devices", sentence));
        }
        _ => {}
    }
    let mut places: HashMap<&Fingerprint, usize> = HashMap::new();
    let mut read: Vec<(&Fingerprint, Option<String>)> = vec![];
    for (fingerprint, note) in entries {
        let note = text::line(note, LONGEST_NOTE)
            .map_err(|fault| Invalid::one("devices", format!("The note of {} {fault}.", fingerprint.as_str())))?;
        match places.get(fingerprint).and_then(|place| read.get_mut(*place)) {
            Some(known) => known.1 = note.or(known.1.take()),
            None => {
                places.insert(fingerprint, read.len());
                read.push((fingerprint, note));
            }
        }
    }
    Ok(read)
}
