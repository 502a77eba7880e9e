//! Signing in with a password, and slowing down those who guess.
//!
//! Guessing is slowed twice. From one network address, failures for one account lead to a refusal that grows from a
//! second to five minutes: no hash is computed meanwhile. Across all addresses, an account's failures delay every attempt
//! by up to eight seconds: an outsider can slow its owner down a little, never lock them out.

use std::time::Duration;

use licensing::email::lookup_form;

use crate::{
    Actor, Error, Origin, Result, Service, SignedIn,
    accounts::turned_off,
    password::{self, Verdict},
    record::{Record, Subject},
};

impl Service {
    /// Signs a person in. An unknown address, a wrong password and a disabled account get the same answer, after the
    /// delay and the hash that take nearly all of its time.
    ///
    /// # Errors
    /// `Forbidden` where the address or the password is wrong; `Throttled` after too many failures from one place; `Conflict`
    /// where passwords are not taken here.
    pub async fn sign_in(&self, email: &str, given: &str, origin: Origin) -> Result<SignedIn> {
        if !self.local_sign_in().await? {
            return Err(turned_off());
        }
        let email = lookup_form(email);
        let place = origin.address.clone().unwrap_or_default();
        let delay = self.0.attempts.begin(&email, &place, self.clock().now()).map_err(Error::Throttled)?;
        tokio::time::sleep(Duration::from_secs(delay)).await;

        let account = self.store().read().await?.on().account_by_email(&email).await?;
        let usable = account.filter(|a| a.disabled_at.is_none());
        let hash = usable.as_ref().and_then(|a| a.password_hash.as_deref());
        let verdict = match given.len() {
            n if n > password::LONGEST => Verdict::Wrong,
            _ => self.0.hasher.check(given, hash).await?,
        };
        let Some(account) = usable else { return Err(wrong()) };
        let fresh = match verdict {
            Verdict::RightButDated => Some(self.0.hasher.hash(given).await?),
            Verdict::Right | Verdict::Wrong => None,
        };
        let mut tx = self.store().begin().await?;
        let now = self.clock().now();
        let subject = Subject::new("account", account.id, &account.name);
        if verdict == Verdict::Wrong {
            tx.count_sign_in_failure(account.id, now).await?;
            let actor = Actor::anonymous(&account.name, origin);
            Record::new(&actor, "account.sign_in_failed", subject).write(&mut tx, now).await?;
            tx.commit().await?;
            return Err(wrong());
        }
        tx.forget_sign_in_failures(account.id).await?;
        if let Some(hash) = fresh {
            tx.set_password_hash(account.id, &hash).await?;
        }
        let actor = Actor::account(account.id, &account.name, origin);
        Record::new(&actor, "account.signed_in", subject).write(&mut tx, now).await?;
        tx.commit().await?;
        self.0.attempts.succeeded(&email, &place);
        Ok(SignedIn { id: account.id, name: account.name, role: account.role })
    }
}

fn wrong() -> Error {
    Error::Forbidden("The e-mail address or the password is wrong: check both and try again.".to_owned())
}
