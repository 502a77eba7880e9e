//! Signing in with a password, and slowing down guessing.
//!
//! After failures for one account from one network, further attempts from there are refused for a time that grows from
//! a second to five minutes; no hash is computed meanwhile. An account's failures from all networks together delay
//! every attempt by up to eight seconds, so an outsider can slow its owner down a little, but never lock them out.
//! Whatever the address, a network has at most two sign-ins in progress and a budget of failures, so that it cannot
//! monopolize the hasher. A browser in which the account was signed in before is limited by its own failures only, and
//! does not queue behind strangers.

use chrono::{DateTime, Utc};
use licensing::{EventKind, Span, SubjectKind, email::lookup_form};
use serde::{Deserialize, Serialize};
use store::accounts::Account;
use uuid::Uuid;

use crate::{
    Actor, Error, Identities, Origin, Result, SealedCookie, SignedIn,
    accounts::local::turned_off,
    audit::{Record, Subject},
    crypto::password::{self, Verdict},
    identity::password_attempts::PasswordAttempt,
};

/// Time for which a browser is remembered after the last sign-in there.
pub const DEVICE_KNOWN_FOR: Span = Span::days(180);

/// A browser in which an account was signed in.
#[derive(Serialize, Deserialize)]
struct KnownDevice {
    account: Uuid,
    id: Uuid,
    since: DateTime<Utc>,
}

impl Identities {
    /// Signs a person in with a password. An unknown address, a wrong password and a disabled account get the same
    /// answer, after the same delay and hash, which dominate the response time. `device` is the value that
    /// [`know_device`](Self::know_device) gave this browser before.
    ///
    /// # Errors
    /// `Forbidden` if the address or the password is wrong; `Throttled` after too many failures from one place;
    /// `Conflict` if password sign-in is disabled.
    #[tracing::instrument(skip_all)]
    pub async fn sign_in(&self, email: &str, given: &str, device: Option<&str>, origin: Origin) -> Result<SignedIn> {
        if !self.local_sign_in.is_on().await? {
            return Err(turned_off());
        }
        // No account has such a password. Answering before any look-up or count means that the answer reveals nothing.
        if given.len() > password::LONGEST {
            return Err(wrong());
        }
        let email = lookup_form(email);
        let device = self.device_of(device, &email).await?;
        let attempt = self.attempts.begin(&email, device, &origin).await?;

        let account = self.store.read().await?.on().account_by_email(&email).await?;
        let usable = account.filter(|a| a.disabled_at.is_none());
        let hash = usable.as_ref().and_then(|a| a.password_hash.as_deref());
        let verdict = self.hasher.check(given, hash, attempt.lane).await?;
        let Some(account) = usable.filter(|_| verdict != Verdict::Wrong) else {
            return Err(self.failed(&attempt, &email, origin).await?);
        };
        let fresh = match verdict {
            Verdict::RightButDated => Some(self.hasher.hash(given).await?),
            Verdict::Right | Verdict::Wrong => None,
        };
        let mut tx = self.store.begin().await?;
        let now = self.clock.now();
        self.attempts.passed(&attempt, &mut tx).await?;
        tx.forget_sign_in_failures(account.id).await?;
        if let Some(hash) = fresh {
            tx.set_password_hash(account.id, &hash).await?;
        }
        let subject = Subject::new(SubjectKind::Account, account.id, &account.name);
        let actor = Actor::account(account.id, &account.name, origin);
        Record::new(&actor, EventKind::AccountSignedIn, subject).write(&mut tx, now).await?;
        tx.commit().await?;
        Ok(SignedIn { id: account.id, name: account.name, role: account.role })
    }

    /// Returns the sealed text by which a browser is recognized as one in which this account was signed in. It grants
    /// no access.
    pub fn know_device(&self, account: Uuid) -> Result<String> {
        let clock = &self.clock;
        self.seal_cookie(SealedCookie::Device, &KnownDevice { account, id: clock.id(), since: clock.now() })
    }

    /// The id of this browser, if the account with that address was signed in there.
    async fn device_of(&self, device: Option<&str>, email: &str) -> Result<Option<Uuid>> {
        let opened = device.and_then(|text| self.open_cookie::<KnownDevice>(SealedCookie::Device, text));
        let Some(known) = opened.filter(|known| DEVICE_KNOWN_FOR.after(known.since) > self.clock.now()) else {
            return Ok(None);
        };
        let account = self.store.read().await?.on().account_by_email(email).await?;
        Ok(account.filter(|account| account.id == known.account).map(|_| known.id))
    }

    /// Records a failed sign-in. An unknown address costs a transaction too, so that the response time reveals nothing.
    async fn failed(&self, attempt: &PasswordAttempt, email: &str, origin: Origin) -> Result<Error> {
        let mut tx = self.store.begin().await?;
        let now = self.clock.now();
        self.attempts.count_failed(attempt, &mut tx, now).await?;
        let account = tx.on().account_by_email(email).await?;
        if let Some(Account { id, name, .. }) = account.filter(|account| account.disabled_at.is_none()) {
            tx.count_sign_in_failure(id, now).await?;
            let actor = Actor::anonymous(&name, origin);
            Record::new(&actor, EventKind::AccountSignInFailed, Subject::new(SubjectKind::Account, id, &name))
                .write(&mut tx, now)
                .await?;
        }
        tx.commit().await?;
        Ok(wrong())
    }
}

fn wrong() -> Error {
    Error::Forbidden("The e-mail address or the password is wrong: check both and try again.".to_owned())
}
