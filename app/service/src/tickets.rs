//! Release tickets: a customer whose license is full frees a device of theirs from another one, without support.
//!
//! | claim | says |
//! |---|---|
//! | `iss`, `aud` | this server's public URL, both |
//! | `sub` | the license's id |
//! | `jti` | the ticket's own id: it is good once |
//! | `iat`, `exp` | five minutes before it was issued, as in every token; ten minutes after |

use chrono::{DateTime, Utc};
use licensing::{
    ActivationCode,
    activation::Request,
    product::Algorithm,
    release::{Act, By},
    ticket::{GOOD_FOR, MOST_LISTED, masked, may_have},
};
use serde::{Deserialize, Serialize};
use store::{
    desk::LicenseKeys,
    tickets::{Sitting, UsedTicket},
};
use uuid::Uuid;

use crate::{
    Actor, CallFault, CallKey, Error, Origin, Result, Service, activations::Giving, calls::Once, decisions::RELEASE,
    desk::email_of, retry::retried, token,
};

/// The header's `typ`, so that no other JWT passes for a ticket, nor a ticket for another (RFC 8725 §3.11).
const TYPE: &str = "release-ticket+jwt";
/// What every text that is no good ticket is answered.
const NOT_GOOD: Error = Error::InvalidToken(
    "This is not a release ticket of this server that is still good: activate again to get a new one.",
);

/// What the customer may choose from where their license is full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InUse {
    /// The devices in use: those that asked longest ago first, at most twenty.
    pub devices: Vec<DeviceInUse>,
    /// Frees one of them, within ten minutes.
    pub ticket: String,
}

/// A device in use, as its owner recognizes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceInUse {
    /// Its activation, which the ticket can free. It opens nothing by itself.
    pub session_id: Uuid,
    /// Its name, masked.
    pub name: Option<String>,
    /// Its platform.
    pub platform: Option<String>,
    /// When it last asked.
    pub last_seen_at: DateTime<Utc>,
    /// When its session began.
    pub activated_at: DateTime<Utc>,
    /// Until when it is confirmed.
    pub lease_ends_at: DateTime<Utc>,
}

/// What a ticket says.
#[derive(Debug, Serialize, Deserialize)]
struct Ticket {
    iss: String,
    aud: String,
    sub: Uuid,
    jti: Uuid,
    iat: i64,
    exp: i64,
}

impl From<Sitting> for DeviceInUse {
    fn from(row: Sitting) -> Self {
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

impl Service {
    /// The devices in use of the license that has this code, with a ticket that frees one of them. `None` where the terms do
    /// not let devices give seats up, and where the request does not prove to be the customer's.
    pub async fn in_use(&self, code: &ActivationCode, request: &Request) -> Result<Option<InUse>> {
        let codes = [self.0.vault.code_hmac(&self.code_meant(code.clone()).await?)];
        let mut reading = self.api_store().read().await?;
        let found = reading.on().desk_licenses(LicenseKeys { codes: &codes, ids: &[] }).await?;
        let Some(license) = found.into_iter().next() else { return Ok(None) };
        let own = email_of(license.id, license.email.as_deref())?;
        if !may_have(&license.policy_terms.with(&license.overrides), own.as_ref(), request) {
            return Ok(None);
        }
        let now = self.clock().now();
        let devices = reading.on().sitting(license.id, now, MOST_LISTED).await?;
        drop(reading);
        let devices: Vec<DeviceInUse> = devices.into_iter().map(DeviceInUse::from).collect();
        let ticket = self.ticket(license.id, now).await?;
        Ok(Some(InUse { devices, ticket }))
    }

    async fn ticket(&self, license: Uuid, now: DateTime<Utc>) -> Result<String> {
        let expires_at = GOOD_FOR.after(now);
        let ticket = Ticket {
            iss: self.issuer().to_owned(),
            aud: self.issuer().to_owned(),
            sub: license,
            jti: self.clock().id(),
            iat: token::back_dated(now),
            exp: expires_at.timestamp(),
        };
        let key = self.0.keyring.key_for(Algorithm::ES256, None, expires_at).await?;
        token::encode(TYPE, &ticket, &key)
    }

    async fn read_ticket(&self, text: &str) -> Result<Ticket> {
        let ticket: Ticket = self.verified(text, TYPE).await.ok_or(NOT_GOOD)?;
        let good = ticket.aud == self.issuer() && ticket.exp > self.clock().now().timestamp();
        if good { Ok(ticket) } else { Err(NOT_GOOD) }
    }

    /// Frees the chosen device with a ticket: its seat is given up for good, as the terms let the device itself. The ticket
    /// is used up in the same transaction; where the rules refuse, it stays good.
    ///
    /// # Errors
    /// `InvalidToken`; `Call` where the ticket was used before or is for another license; `Refused` where there is no such
    /// session, or it is over, or the terms do not allow it, or not so often.
    pub async fn release_with_ticket(
        &self,
        ticket: &str,
        session: Uuid,
        key: Option<&CallKey>,
        origin: Origin,
    ) -> Result<()> {
        let ticket = self.read_ticket(ticket).await?;
        let call = self.begin_call(key, ticket.sub.as_bytes(), &(ticket.jti, session))?;
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
        let unknown = || self.no_such_session((Some(ticket.sub), session), None, RELEASE, origin);

        let mut tx = self.api_store().begin().await?;
        // The same lock as the desk's, and everybody's who holds the same ticket.
        let (license, now) = self.lock(&mut tx, ticket.sub).await.map_err(|error| match error {
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
        let giving =
            Giving { by: By::Ticket, act: Act::Delete, actor, origin: origin.clone(), reason: None, paper: None };
        self.give_up_locked(&mut tx, (&license, now), device, giving).await?;
        if let Some(once) = once {
            tx.keep_calls(&[once.kept(&(), now)?], now).await?;
        }
        Ok(tx.commit().await?)
    }
}
