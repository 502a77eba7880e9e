//! Finding the code that a user means, and replacing the code of a license.

use licensing::{ActivationCode, EventKind, license::State};
use serde_json::{Value, json};
use store::{
    Paging,
    desk::LicenseKeys,
    events::EventFilter,
    licenses::{License, LicenseWithTerms},
};
use uuid::Uuid;

use crate::{
    Actor, Error, Licenses, Result,
    audit::Record,
    crypto::vault::{Purpose, random},
    licenses::change::subject,
    reason::read_reason,
    retry::retried,
};

impl Licenses {
    /// Returns the code that the user's input means: the whole input if a license has exactly that code, which is
    /// possible for imported codes; otherwise the generated code found inside it.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn code_meant(&self, code: ActivationCode) -> Result<ActivationCode> {
        let Some(inside) = code.inside() else { return Ok(code) };
        let codes = [self.vault.code_hmac(&code)];
        let exact =
            self.store.for_api().read().await?.on().desk_licenses(LicenseKeys { codes: &codes, ids: &[] }).await?;
        Ok(if exact.is_empty() { inside } else { code })
    }

    /// Returns a filter as the audit log stores it: a member that contains an activation code is replaced by the code's
    /// last characters.
    ///
    /// # Errors
    /// `Unavailable`.
    pub(crate) async fn without_codes(&self, mut filter: Value) -> Result<Value> {
        for part in filter.as_object_mut().into_iter().flat_map(|parts| parts.values_mut()) {
            let Some(text) = part.as_str() else { continue };
            if let Some(code) = self.code_in(text).await? {
                *part = format!("•••{}", code.tail()).into();
            }
        }
        Ok(filter)
    }

    /// Returns the code that a text is: one of the shape of generated codes, or the code of a license.
    ///
    /// # Errors
    /// `Unavailable`.
    pub(crate) async fn code_in(&self, text: &str) -> Result<Option<ActivationCode>> {
        if let Some(code) = ActivationCode::generated_in(text) {
            return Ok(Some(code));
        }
        let Ok(code) = ActivationCode::read(text) else { return Ok(None) };
        let codes = [self.vault.code_hmac(&code)];
        let mut reading = self.store.for_api().read().await?;
        let found = reading.on().desk_licenses(LicenseKeys { codes: &codes, ids: &[] }).await?;
        Ok((!found.is_empty()).then_some(code))
    }

    /// Returns the whole code of a license for the repeat of a call that recorded the event `since`. `None` if the code
    /// may have been reissued after it.
    ///
    /// # Errors
    /// `NotFound`; `Unavailable`.
    pub async fn code_unless_reissued(&self, id: Uuid, since: Uuid) -> Result<Option<String>> {
        let reissued = EventFilter {
            license_id: Some(id),
            kind: Some(EventKind::LicenseCodeReissued.name().to_owned()),
            ..EventFilter::default()
        };
        let mut reading = self.store.for_api().read().await?;
        let events = reading.on().events(&reissued, Paging::First, 1).await?;
        // Ids of events are in the order of time. A search that stopped early proves nothing.
        let is_old = match events.rows.first() {
            Some(last) => last.id > since,
            None => events.partial,
        };
        if is_old {
            return Ok(None);
        }
        let license = reading.on().license_with_terms(id).await?.ok_or(Error::NotFound("license"))?.license;
        self.unseal_code(&license.code_sealed).map(Some)
    }

    /// Returns the whole code that is stored sealed.
    pub(crate) fn unseal_code(&self, sealed: &[u8]) -> Result<String> {
        String::from_utf8(self.vault.open(Purpose::Code, sealed)?).map_err(Error::defect)
    }

    /// Gives a license a new code, in the shape of its product's codes. The old code stops working at once and is
    /// answered like an unknown one. Active devices keep their seats and renew with their tokens; to activate again
    /// they need the new code.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if the license is revoked; `Invalid` with the field `reason`.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn reissue_code(&self, id: Uuid, reason: &str, actor: &Actor) -> Result<ActivationCode> {
        let reason = read_reason(reason)?;
        retried(|| async {
            let mut tx = self.store.begin().await?;
            let (LicenseWithTerms { license: old, .. }, now) = self.lock(&mut tx, id).await?;
            if old.state == State::Revoked {
                return Err(Error::Conflict(
                    "This license was revoked, which is permanent: create a new one.".to_owned(),
                ));
            }
            let product = tx.on().product(old.product_id).await?.ok_or(Error::NotFound("product"))?;
            let code = ActivationCode::from_entropy(product.code_shape, &random()?);
            let new = License {
                code_hmac: self.vault.code_hmac(&code).to_vec(),
                code_sealed: self.vault.seal(Purpose::Code, code.written().as_bytes())?,
                code_tail: code.tail(),
                code_imported: false,
                updated_at: now,
                ..old.clone()
            };
            tx.update_code(&new).await?;
            Record::new(actor, EventKind::LicenseCodeReissued, subject(&new))
                .changed(&json!({ "code_tail": old.code_tail }), &json!({ "code_tail": new.code_tail }))
                .because(Some(reason.clone()))
                .write(&mut tx, now)
                .await?;
            tx.commit().await?;
            Ok(code)
        })
        .await
    }
}
