//! Release tickets: a customer whose license is full frees one of its devices from another device, without support.
//!
//! | claim | content |
//! |---|---|
//! | `iss`, `aud` | this server's public URL, both |
//! | `sub` | the license's id |
//! | `jti` | the ticket's own id; a ticket can be used once |
//! | `iat`, `exp` | five minutes before it was issued, as in every token; ten minutes after |

use chrono::{DateTime, Utc};
use licensing::{
    ActivationCode,
    activation::Request,
    release::{By, ReleaseAct},
    ticket::{GOOD_FOR, MOST_LISTED, masked, may_have},
};
use serde::{Deserialize, Serialize};
use store::{
    desk::LicenseKeys,
    tickets::{SeatHolder, UsedTicket},
};
use uuid::Uuid;

use crate::{
    Actor, CallFault, CallKey, Devices, Error, Origin, Result,
    activation::{decisions::RELEASE, desk::email_of, idempotency::Once},
    devices::release::ReleaseRequest,
    keys::token,
    retry::retried,
};

/// The header's `typ`, so that no other JWT can be used as a ticket, nor a ticket as another JWT (RFC 8725 §3.11).
const TYPE: &str = "release-ticket+jwt";
/// The answer to every text that is not a valid ticket.
const NOT_GOOD: Error =
    Error::InvalidToken("This is not a valid release ticket of this server: activate again to get a new one.");

/// The choice that a customer gets when the license is full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InUse {
    /// Devices in use, least recently seen first; at most twenty.
    pub devices: Vec<DeviceInUse>,
    /// Ticket that can free one of them within ten minutes.
    pub ticket: String,
}

/// A device in use, described so that its owner recognizes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceInUse {
    /// Id of its activation, which the ticket can free. It grants no access by itself.
    pub session_id: Uuid,
    /// Device name, masked.
    pub name: Option<String>,
    /// Platform.
    pub platform: Option<String>,
    /// Time of the last request.
    pub last_seen_at: DateTime<Utc>,
    /// Start of the session.
    pub activated_at: DateTime<Utc>,
    /// End of the lease.
    pub lease_ends_at: DateTime<Utc>,
}

/// The claims of a ticket.
#[derive(Debug, Serialize, Deserialize)]
struct Ticket {
    iss: String,
    aud: String,
    sub: Uuid,
    jti: Uuid,
    iat: i64,
    exp: i64,
}

impl From<SeatHolder> for DeviceInUse {
    fn from(row: SeatHolder) -> Self {
        Self {
            session_id: row.id,
            name: row.device_name.as_deref().map(masked),
            platform: row.platform,
            last_seen_at: row.last_seen_at,
            activated_at: row.activated_at,
            lease_ends_at: row.lease_ends_at,
        }
    }
}

impl Devices {
    /// Lists the devices in use of the license with this code, with a ticket that can free one of them. `None` if the
    /// terms do not let devices release seats, or if the request does not prove that it comes from the customer.
    pub async fn in_use(&self, code: &ActivationCode, request: &Request) -> Result<Option<InUse>> {
        let codes = [self.vault.code_hmac(&self.licenses.code_meant(code.clone()).await?)];
        let mut reading = self.store.for_api().read().await?;
        let found = reading.on().desk_licenses(LicenseKeys { codes: &codes, ids: &[] }).await?;
        let Some(license) = found.into_iter().next() else { return Ok(None) };
        let own = email_of(license.id, license.email.as_deref())?;
        if !may_have(&license.policy_terms.with(&license.overrides), own.as_ref(), request) {
            return Ok(None);
        }
        let now = self.clock.now();
        let devices = reading.on().seat_holders(license.id, now, MOST_LISTED).await?;
        drop(reading);
        let devices: Vec<DeviceInUse> = devices.into_iter().map(DeviceInUse::from).collect();
        let ticket = self.ticket(license.id, now).await?;
        Ok(Some(InUse { devices, ticket }))
    }

    async fn ticket(&self, license: Uuid, now: DateTime<Utc>) -> Result<String> {
        let expires_at = GOOD_FOR.after(now);
        let ticket = Ticket {
            iss: self.keys.issuer().to_owned(),
            aud: self.keys.issuer().to_owned(),
            sub: license,
            jti: self.clock.id(),
            iat: token::back_dated(now),
            exp: expires_at.timestamp(),
        };
        self.keys.sign_shared(TYPE, &ticket, expires_at).await
    }

    async fn read_ticket(&self, text: &str) -> Result<Ticket> {
        let ticket: Ticket = self.keys.verified(text, TYPE).await.ok_or(NOT_GOOD)?;
        let good = ticket.aud == self.keys.issuer() && ticket.exp > self.clock.now().timestamp();
        if good { Ok(ticket) } else { Err(NOT_GOOD) }
    }

    /// Releases the chosen device's seat permanently with a ticket, as the terms let the device itself. The ticket is
    /// used up in the same transaction; if the rules refuse, it stays valid.
    ///
    /// # Errors
    /// `InvalidToken`; `Call` if the ticket has been used or is for another license; `Refused` if the session does not
    /// exist or is over, or if the terms do not allow the release, or not again yet.
    #[tracing::instrument(skip_all, fields(%session))]
    pub async fn release_with_ticket(
        &self,
        ticket: &str,
        session: Uuid,
        key: Option<&CallKey>,
        origin: Origin,
    ) -> Result<()> {
        let ticket = self.read_ticket(ticket).await?;
        let call = self.calls.begin_call(key, ticket.sub.as_bytes(), &(ticket.jti, session))?;
        let once = call.as_ref().map(|(once, _)| *once);
        retried(|| self.try_to_release_with(&ticket, session, once, &origin)).await
    }

    async fn try_to_release_with(
        &self,
        ticket: &Ticket,
        session: Uuid,
        once: Option<Once>,
        origin: &Origin,
    ) -> Result<()> {
        let unknown = || self.decisions.no_such_session((Some(ticket.sub), session), None, RELEASE, origin);

        let mut tx = self.store.for_api().begin().await?;
        // The desk takes this lock too, and so does every other call with the same ticket.
        let (license, now) = self.licenses.lock(&mut tx, ticket.sub).await.map_err(|error| match error {
            Error::NotFound(_) => NOT_GOOD,
            other => other,
        })?;
        if let Some(once) = once
            && once.done::<()>(&mut tx.on(), now).await?.is_some()
        {
            return Ok(());
        }
        let expires_at = DateTime::from_timestamp(ticket.exp, 0).ok_or(NOT_GOOD)?;
        let used = UsedTicket { id: ticket.jti, license_id: ticket.sub, used_at: now, expires_at };
        if !tx.use_ticket(&used).await? {
            return Err(CallFault::TicketUsed.into());
        }
        let device = tx.on().activation(session).await?.ok_or_else(unknown)?;
        if device.license_id != ticket.sub {
            return Err(CallFault::ForeignSession.into());
        }
        let actor = Some(Actor::anonymous("release ticket", origin.clone()));
        let request = ReleaseRequest {
            by: By::Ticket,
            act: ReleaseAct::Release,
            actor,
            origin: origin.clone(),
            reason: None,
            file: None,
        };
        self.release_locked(&mut tx, (&license, now), device, request).await?;
        if let Some(once) = once {
            tx.keep_calls(&[once.kept(&(), now)?], now).await?;
        }
        Ok(tx.commit().await?)
    }
}
