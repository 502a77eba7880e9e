//! Passwords: changing them, and checking them as a fresh proof.

use licensing::{EventKind, Invalid, SubjectKind};
use uuid::Uuid;

use crate::{
    Accounts, Actor, Error, Result,
    accounts::local::turned_off,
    audit::{Record, Subject},
    crypto::password::{LONGEST, Verdict, good_password},
};

impl Accounts {
    /// Changes the actor's own password, and ends all of the account's logins except the one with the id `keep`.
    ///
    /// # Errors
    /// `Invalid` with the fields `old_password` and `new_password`; `Throttled` after too many wrong ones; `Conflict`
    /// if password sign-in is off.
    #[tracing::instrument(skip_all)]
    pub async fn change_password(&self, old: &str, new: &str, keep: Option<Uuid>, actor: &Actor) -> Result<()> {
        let id = actor.kind.id().ok_or(Error::NotFound("account"))?;
        let account = self.store.read().await?.on().account(id).await?.ok_or(Error::NotFound("account"))?;
        let Some(hash) = account.password_hash.clone() else {
            return Err(Error::Conflict("This account signs in without a password.".to_owned()));
        };
        let mut wrong = Invalid::default();
        wrong.keep("new_password", good_password(new, &[&account.email, &account.name]));
        wrong.or(())?;
        self.prove_password(id, old, actor).await.map_err(|error| match error {
            Error::Forbidden(words) => Invalid::one("old_password", words).into(),
            other => other,
        })?;
        let fresh = self.hasher.hash(new).await?;
        let mut tx = self.store.begin().await?;
        let now = self.clock.now();
        let today = tx.lock_account(id).await?.ok_or(Error::NotFound("account"))?;
        if today.password_hash != Some(hash) || today.disabled_at.is_some() {
            return Err(Error::Conflict("The password was changed in the meantime: sign in again.".to_owned()));
        }
        tx.set_password_hash(id, &fresh).await?;
        tx.delete_logins_of(id, keep).await?;
        tx.forget_account_links(id).await?;
        Record::new(actor, EventKind::AccountPasswordChanged, Subject::new(SubjectKind::Account, id, &account.name))
            .write(&mut tx, now)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Checks the actor's password as a fresh proof, before an act with wide effect. Wrong passwords are slowed down
    /// and counted like failed sign-ins, and recorded as events.
    ///
    /// # Errors
    /// `Forbidden` if the password is wrong or the account has none; `Throttled` after too many wrong ones; `Conflict`
    /// if password sign-in is off.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn prove_password(&self, id: Uuid, given: &str, actor: &Actor) -> Result<()> {
        if !self.local_sign_in.is_on().await? {
            return Err(turned_off());
        }
        if given.len() > LONGEST {
            return Err(Error::Forbidden("is not your password".to_owned()));
        }
        let account = self.store.read().await?.on().account(id).await?.ok_or(Error::NotFound("account"))?;
        // A signed-in person has proved themselves before, and does not queue behind strangers. The failures are
        // counted for the account, so a thief who uses the login is limited from any network.
        let attempt = self.attempts.begin(&account.email, Some(id), &actor.origin).await?;
        let verdict = self.hasher.check(given, account.password_hash.as_deref(), attempt.lane).await?;
        match verdict {
            Verdict::Right | Verdict::RightButDated => {
                let mut tx = self.store.begin().await?;
                self.attempts.passed(&attempt, &mut tx).await?;
                Ok(tx.commit().await?)
            }
            Verdict::Wrong => {
                let mut tx = self.store.begin().await?;
                let now = self.clock.now();
                self.attempts.count_failed(&attempt, &mut tx, now).await?;
                tx.count_sign_in_failure(id, now).await?;
                let subject = Subject::new(SubjectKind::Account, account.id, &account.name);
                Record::new(actor, EventKind::AccountPasswordRefused, subject).write(&mut tx, now).await?;
                tx.commit().await?;
                Err(Error::Forbidden("is not your password".to_owned()))
            }
        }
    }
}
