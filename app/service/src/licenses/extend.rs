//! Extending licenses and adding seats.

use licensing::{
    EventKind, Invalid, Overrides,
    extension::{Extension, ExtensionError, extended},
    license::{State, ends_at},
    terms::{MOST_SEATS, Seats, Validity},
};
use serde_json::json;
use store::{Tx, licenses::License};
use uuid::Uuid;

use crate::{
    Actor, Error, Licenses, Result, audit::Record, licenses::change::subject, reason::read_reason, retry::retried,
};

impl Licenses {
    /// Moves the end of a license. The new end replaces the policy's validity for this license; devices follow at their
    /// next renewal.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if the license is revoked or has no end; `Invalid` with the field `until` or `reason`.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn extend_license(&self, id: Uuid, extension: Extension, reason: &str, actor: &Actor) -> Result<License> {
        let reason = read_reason(reason)?;
        retried(|| async {
            let mut tx = self.store.begin().await?;
            let new = self.extend_within(&mut tx, id, extension, &reason, actor).await?;
            tx.commit().await?;
            Ok(new)
        })
        .await
    }

    /// The same within a transaction. An error other than of the database leaves nothing written, except for `Forbidden`.
    pub(crate) async fn extend_within(
        &self,
        tx: &mut Tx,
        id: Uuid,
        extension: Extension,
        reason: &str,
        actor: &Actor,
    ) -> Result<License> {
        let (row, now) = self.lock(tx, id).await?;
        let (validity, old) = (row.terms().validity, row.license);
        refuse_revoked(&old)?;
        let before = ends_at(validity, old.issued_at, old.first_activated_at);
        let end = extended(before, extension, now).map_err(|error| match error {
            ExtensionError::Endless => Error::Conflict(error.to_string()),
            _ => Invalid::one("until", error.to_string()).into(),
        })?;
        let overrides = Overrides { validity: Some(Validity::Until(end)), ..old.overrides.clone() };
        let (updated_at, revision) = (now, old.revision + 1);
        let new = License { overrides, ends_at: Some(end), updated_at, revision, ..old };
        tx.update_license(&new).await?;
        Record::new(actor, EventKind::LicenseExtended, subject(&new))
            .changed(&json!({ "ends_at": before }), &json!({ "ends_at": end }))
            .because(Some(reason.to_owned()))
            .write(tx, now)
            .await?;
        self.notice_move(tx, id, (before, new.ends_at), now).await?;
        Ok(new)
    }

    /// Gives a license more seats, `seats` in all.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if the license is revoked or its seats are unlimited; `Invalid` with the field `seats` or
    /// `reason`.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn add_seats(&self, id: Uuid, seats: u32, reason: &str, actor: &Actor) -> Result<License> {
        let reason = read_reason(reason)?;
        retried(|| async {
            let mut tx = self.store.begin().await?;
            let (row, now) = self.lock(&mut tx, id).await?;
            let (now_allowed, old) = (row.terms().seats, row.license);
            refuse_revoked(&old)?;
            let Seats::Limited(before) = now_allowed else {
                return Err(Error::Conflict("This license has no limit on its seats.".to_owned()));
            };
            if !(before + 1..=MOST_SEATS).contains(&seats) {
                return Err(Invalid::one("seats", format!("must be more than {before}, and at most 1,000,000")).into());
            }
            let overrides = Overrides { seats: Some(Seats::Limited(seats)), ..old.overrides.clone() };
            let (updated_at, revision) = (now, old.revision + 1);
            let new = License { overrides, seat_limit: Some(seats.into()), updated_at, revision, ..old };
            tx.update_license(&new).await?;
            Record::new(actor, EventKind::LicenseSeatsAdded, subject(&new))
                .changed(&json!({ "seats": before }), &json!({ "seats": seats }))
                .because(Some(reason.clone()))
                .write(&mut tx, now)
                .await?;
            tx.commit().await?;
            Ok(new)
        })
        .await
    }
}

fn refuse_revoked(license: &License) -> Result<()> {
    if license.state == State::Revoked {
        return Err(Error::Conflict("This license was revoked and can no longer be changed.".to_owned()));
    }
    Ok(())
}
