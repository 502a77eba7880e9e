//! Issuing many licenses together with their devices, for demonstrations and load tests.

use std::fmt;

use store::{events::Event, licenses::License, policies::Policy, products::Product};
use tokio::task::spawn_blocking;

use crate::{
    Activation, Activations, Actor, Error, LicenseForm, Result, Trust,
    activation::desk::{DecidedInBulk, request::DeskRequest},
    licenses::issue::created,
};
use licensing::ActivationCode;

/// Licenses and activations that are ready to be written in one transaction.
pub struct BulkIssue {
    licenses: Vec<License>,
    codes: Vec<ActivationCode>,
    events: Vec<Event>,
    activations: DecidedInBulk,
    actor: Actor,
}

impl fmt::Debug for BulkIssue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BulkIssue").field("licenses", &self.licenses.len()).finish_non_exhaustive()
    }
}

impl Activations {
    /// Prepares a license with a generated code for each form, and the devices that `devices` returns for its code. The
    /// rows and events are those of single acts. Runs on a thread for computations, and writes nothing but reservations
    /// of places in the status list, so the next licenses can be prepared while others are written.
    ///
    /// # Errors
    /// `Invalid` for the first invalid form, `Refused` for the first device that the rules refuse, and `Unavailable`.
    pub async fn prepare_in_bulk(
        &self,
        (product, policy): (&Product, &Policy),
        forms: Vec<LicenseForm>,
        devices: impl Fn(&ActivationCode) -> Vec<Activation> + Send + 'static,
        actor: &Actor,
    ) -> Result<BulkIssue> {
        if self.clock.trust() != Trust::Good {
            return Err(Error::Unavailable);
        }
        let now = self.clock.now();
        let (act, terms, by) = (self.clone(), (product.clone(), policy.clone()), actor.clone());
        let issued = spawn_blocking(move || {
            let terms = (&terms.0, &terms.1);
            let made = forms.into_iter().map(|form| act.licenses.made("", form, terms, now));
            let (licenses, codes): (Vec<_>, Vec<_>) = made.collect::<Result<Vec<_>>>()?.into_iter().unzip();
            let events = licenses.iter().map(|license| created(license, &[], terms, &by).into_event(now));
            let events = events.collect::<Result<Vec<_>>>()?;
            let request = |device: Activation| {
                let hmac = act.vault.code_hmac(&device.code);
                Self::desk_request(device, hmac)
            };
            let requests: Vec<DeskRequest> = codes.iter().flat_map(devices).map(request).collect();
            Ok::<_, Error>((licenses, codes, events, requests))
        });
        let (mut licenses, codes, events, requests) = issued.await.map_err(Error::defect)??;
        let context = std::sync::Arc::clone(self.desk.context());
        let places = context.places.take(requests.len()).await?;
        let (terms, actor) = ((product.clone(), policy.clone()), actor.clone());
        let decided = spawn_blocking(move || {
            let terms = (&terms.0, &terms.1);
            let activations = DecidedInBulk::new(&context, &mut licenses, terms, &requests, places, now)?;
            Ok(BulkIssue { licenses, codes, events, activations, actor })
        });
        decided.await.map_err(Error::defect)?
    }

    /// Writes what was prepared, in one transaction. Returns the licenses and their codes.
    ///
    /// # Errors
    /// `Unavailable`.
    #[tracing::instrument(skip_all)]
    pub async fn issue_in_bulk(&self, bulk: BulkIssue) -> Result<Vec<(License, ActivationCode)>> {
        let BulkIssue { licenses, codes, events, activations, actor } = bulk;
        let mut tx = self.store.begin().await?;
        actor.confirm(&mut tx).await?;
        tx.insert_licenses(&licenses).await?;
        tx.insert_events(&events).await?;
        activations.store(&mut tx).await?;
        tx.commit().await?;
        Ok(licenses.into_iter().zip(codes).collect())
    }
}
