//! Codes that take the place of others.

use licensing::{ActivationCode, license::State};
use serde_json::json;
use store::{
    desk::LicenseKeys,
    licenses::{License, LicenseWithTerms},
};
use uuid::Uuid;

use crate::{
    Actor, Error, Result, Service,
    licenses::{read_reason, subject},
    record::Record,
    retry::retried,
    vault::{Purpose, random},
};

impl Service {
    /// The code that somebody means who typed or pasted this: all of it where a license has exactly that code, as imported
    /// ones may, else the generated code inside of it.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn code_meant(&self, code: ActivationCode) -> Result<ActivationCode> {
        let Some(inside) = code.inside() else { return Ok(code) };
        let codes = [self.0.vault.code_hmac(&code)];
        let exact = self.api_store().read().await?.on().desk_licenses(LicenseKeys { codes: &codes, ids: &[] }).await?;
        Ok(if exact.is_empty() { inside } else { code })
    }

    /// Gives a license a new code, in the shape of its product's codes. The old one finds nothing from now on, and is
    /// answered like one that never was. Devices that are in keep their seats, and renew with their tokens; to activate
    /// again they need the new code.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` where the license is revoked; `Invalid` with the field `reason`.
    pub async fn reissue_code(&self, id: Uuid, reason: &str, actor: &Actor) -> Result<ActivationCode> {
        let reason = read_reason(reason)?;
        retried(|| async {
            let mut tx = self.store().begin().await?;
            let (LicenseWithTerms { license: old, .. }, now) = self.lock(&mut tx, id).await?;
            if old.state == State::Revoked {
                return Err(Error::Conflict(
                    "This license was revoked, and that is for good: create a new one.".to_owned(),
                ));
            }
            let product = tx.on().product(old.product_id).await?.ok_or(Error::NotFound("product"))?;
            let code = ActivationCode::from_entropy(product.code_shape, &random()?);
            let new = License {
                code_hmac: self.0.vault.code_hmac(&code).to_vec(),
                code_sealed: self.0.vault.seal(Purpose::Code, code.written().as_bytes())?,
                code_tail: code.tail(),
                code_imported: false,
                updated_at: now,
                ..old.clone()
            };
            tx.update_code(&new).await?;
            Record::new(actor, "license.code_reissued", subject(&new))
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
