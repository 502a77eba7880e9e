//! Sessions: activations that authenticate with their own token.

use chrono::{DateTime, Utc};
use licensing::{
    activation::{Person, Purpose, Request},
    release::ReleaseAct,
};
use store::activations::Activation;
use uuid::Uuid;

use crate::{
    Activated, Activations, CallKey, CheckedOut, Error, Origin, Result,
    activation::{
        decisions::{CHECK_OUT, RELEASE, STATUS, purpose_name},
        desk::request::{Credential, DeskRequest},
    },
};

/// An authenticated session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Id of the activation.
    pub id: Uuid,
    /// Id of the license.
    pub license_id: Uuid,
    fingerprint_hash: [u8; 32],
    token_expires_at: DateTime<Utc>,
}

/// A session's request to renew or check in.
#[derive(Clone, Debug, Default)]
pub struct Renewal {
    /// Input for the rules; each act sets the purpose.
    pub request: Request,
    /// Device name, at most 80 characters.
    pub device_name: Option<String>,
    /// Platform, at most 80 characters.
    pub platform: Option<String>,
    /// Source of the request.
    pub origin: Origin,
}

/// An operation on a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionAct {
    /// Read its state.
    Status,
    /// Renew it, for a new token.
    Renew,
    /// Check in, to keep its floating seat.
    CheckIn,
    /// Check out: give up its floating seat until the next check-in.
    CheckOut,
    /// Release its seat permanently.
    Release,
}

impl SessionAct {
    const fn name(self) -> &'static str {
        match self {
            Self::Status => STATUS,
            Self::Renew => purpose_name(Purpose::Renew),
            Self::CheckIn => purpose_name(Purpose::CheckIn),
            Self::CheckOut => CHECK_OUT,
            Self::Release => RELEASE,
        }
    }
}

/// The answer to every token that does not authenticate a session.
const NOT_GOOD: Error =
    Error::InvalidToken("This is not a valid license token of this server: activate again with the activation code.");

impl Activations {
    /// Reads a session from its own token, which must be signed by a key that this server publishes and with that key's
    /// algorithm only (RFC 8725 §3.1), be of the type of license tokens, and be issued by this server. Expiry is not
    /// checked here, because a session that still holds its seat may return late.
    ///
    /// # Errors
    /// `InvalidToken`.
    pub async fn session(&self, bearer: &str) -> Result<Session> {
        let claims = self.keys.session_claims(bearer).await.ok_or(NOT_GOOD)?;
        Ok(Session {
            id: claims.session,
            license_id: claims.license,
            fingerprint_hash: claims.fingerprint_hash,
            token_expires_at: claims.expires_at,
        })
    }

    /// Returns the session with that id, for the person who activated it. `None` if another person did, or no person is
    /// recorded.
    ///
    /// # Errors
    /// `Refused` with `SessionEnded` if there is no such session.
    pub async fn session_of(
        &self,
        id: Uuid,
        person: &Person,
        act: SessionAct,
        origin: &Origin,
    ) -> Result<Option<Session>> {
        let found = self.store.for_api().read().await?.on().activation(id).await?;
        let row = found.ok_or_else(|| self.decisions.no_such_session((None, id), None, act.name(), origin))?;
        if row.issuer.as_ref() != Some(&person.issuer) || row.subject.as_ref() != Some(&person.subject) {
            return Ok(None);
        }
        let hash = row.fingerprint_hash.try_into();
        Ok(Some(Session {
            id: row.id,
            license_id: row.license_id,
            fingerprint_hash: hash.map_err(|_| Error::defect("a fingerprint's hash is not 32 bytes long"))?,
            // The person authenticates anew with every call, so there is no token to expire.
            token_expires_at: DateTime::<Utc>::MAX_UTC,
        }))
    }

    /// Renews a session under its license's current terms. When this returns `Ok`, the renewal is committed.
    ///
    /// # Errors
    /// `Refused` if the rules refuse it; `InvalidToken` if the token has expired and the seat is gone; `Unavailable`.
    pub async fn renew(&self, session: &Session, renewal: Renewal) -> Result<(Activated, String)> {
        self.renew_once(session, renewal, None).await
    }

    /// Like [`renew`](Self::renew), but done only once per key. A repeat returns the same claims.
    ///
    /// # Errors
    /// As for [`renew`](Self::renew), and `Call`.
    pub async fn renew_once(
        &self,
        session: &Session,
        renewal: Renewal,
        key: Option<&CallKey>,
    ) -> Result<(Activated, String)> {
        let granted = self.submit(session, renewal, Purpose::Renew, key).await?;
        let token = self.keys.sign(&granted).await?;
        Ok((granted, token))
    }

    /// Keeps a floating seat, or takes one again after a check-out. While more than half of its lease is left, this
    /// changes nothing and writes nothing. A new token is returned if the lease was extended.
    ///
    /// # Errors
    /// As for [`renew`](Self::renew).
    pub async fn check_in(&self, session: &Session, renewal: Renewal) -> Result<(Activated, Option<String>)> {
        self.check_in_once(session, renewal, None).await
    }

    /// Like [`check_in`](Self::check_in), but done only once per key.
    ///
    /// # Errors
    /// As for [`renew`](Self::renew), and `Call`.
    pub async fn check_in_once(
        &self,
        session: &Session,
        renewal: Renewal,
        key: Option<&CallKey>,
    ) -> Result<(Activated, Option<String>)> {
        let granted = self.submit(session, renewal, Purpose::CheckIn, key).await?;
        let token = if granted.extended { Some(self.keys.sign(&granted).await?) } else { None };
        Ok((granted, token))
    }

    /// Checks out a floating seat until the next check-in.
    ///
    /// # Errors
    /// `Refused` if the license has no floating seats; `InvalidToken` as for [`renew`](Self::renew).
    pub async fn check_out(&self, session: &Session, origin: Origin) -> Result<()> {
        self.check_out_once(session, None, origin).await.map(drop)
    }

    /// Like [`check_out`](Self::check_out), but done only once per key.
    ///
    /// # Errors
    /// As for [`check_out`](Self::check_out), and `Call`.
    pub async fn check_out_once(&self, session: &Session, key: Option<&CallKey>, origin: Origin) -> Result<CheckedOut> {
        self.release_or_check_out(session, key, origin, ReleaseAct::CheckOut).await
    }

    /// Releases the session's seat permanently.
    ///
    /// # Errors
    /// `Refused` if the terms do not let the device do so; `InvalidToken` as for [`renew`](Self::renew).
    pub async fn release(&self, session: &Session, origin: Origin) -> Result<()> {
        self.release_once(session, None, origin).await
    }

    /// Like [`release`](Self::release), but done only once per key.
    ///
    /// # Errors
    /// As for [`release`](Self::release), and `Call`.
    pub async fn release_once(&self, session: &Session, key: Option<&CallKey>, origin: Origin) -> Result<()> {
        self.release_or_check_out(session, key, origin, ReleaseAct::Release).await.map(drop)
    }

    async fn release_or_check_out(
        &self,
        session: &Session,
        key: Option<&CallKey>,
        origin: Origin,
        act: ReleaseAct,
    ) -> Result<CheckedOut> {
        let call = self.calls.begin_call(key, session.id.as_bytes(), &())?;
        let once = call.as_ref().map(|(once, _)| *once);
        // Checked before the session, which this very call may already have ended.
        if let Some(once) = once
            && let Some(done) = once.done(&mut self.store.for_api().read().await?.on(), self.clock.now()).await?
        {
            return Ok(done);
        }
        let purpose = if act == ReleaseAct::CheckOut { CHECK_OUT } else { RELEASE };
        let id = self.proved(session, purpose, &origin).await?.id;
        self.devices.release_activation_once(id, act, once, origin).await
    }

    /// Returns the state of a session.
    ///
    /// # Errors
    /// `Refused` with `SessionEnded` if it does not exist or another session has replaced it; `InvalidToken` as for
    /// [`renew`](Self::renew).
    pub async fn session_status(&self, session: &Session, origin: &Origin) -> Result<Activation> {
        self.proved(session, STATUS, origin).await
    }

    async fn proved(&self, session: &Session, purpose: &str, origin: &Origin) -> Result<Activation> {
        let found = self.store.for_api().read().await?.on().activation(session.id).await?;
        let ended = || {
            let hash = Some(session.fingerprint_hash.to_vec());
            self.decisions.no_such_session((Some(session.license_id), session.id), hash, purpose, origin)
        };
        let activation = found.ok_or_else(ended)?;
        let now = self.clock.now();
        if session.token_expires_at <= now && activation.hold_until <= now {
            return Err(NOT_GOOD);
        }
        Ok(activation)
    }

    async fn submit(
        &self,
        session: &Session,
        renewal: Renewal,
        purpose: Purpose,
        key: Option<&CallKey>,
    ) -> Result<Activated> {
        let Renewal { request, device_name, platform, origin } = renewal;
        if session.token_expires_at <= self.clock.now() {
            self.proved(session, purpose_name(purpose), &origin).await?;
        }
        let credential = Credential::Session { license: session.license_id, session: session.id };
        let fingerprint_hash = session.fingerprint_hash;
        let input = Request { purpose, ..request };
        let (fingerprint, code_tail, file, once) = (None, None, None, None);
        let request = DeskRequest {
            credential,
            fingerprint,
            fingerprint_hash,
            input,
            code_tail,
            device_name,
            platform,
            origin,
            file,
            once,
        };
        let call = self.calls.begin_call(key, session.id.as_bytes(), &request.body())?;
        let once = call.as_ref().map(|(once, _)| *once);
        self.desk.submit(DeskRequest { once, ..request }).await
    }
}
