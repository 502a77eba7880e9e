//! Acts of owners on accounts. They all take one lock, so that if two of them together would leave the server without
//! an owner, the second fails.

use licensing::{EventKind, Invalid, Role, SubjectKind, text};
use serde_json::json;
use store::accounts::Account;
use uuid::Uuid;

use super::rights::{another_owner, may_end, read_role, still_owner};
use crate::{
    Accounts, Actor, ActorKind, Error, Result, Stale,
    audit::{Record, Subject},
    rate_limit::{Bucket, Limit},
    reason::read_reason,
};

impl Accounts {
    /// Changes an account's role. The new role applies from the person's next request, when the login gets a new
    /// secret.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` with the field `role`; `Conflict` for the last owner or the last one who can sign in;
    /// `Forbidden` if the actor is not, or no longer, an owner, or would raise their own role.
    pub async fn change_role(&self, id: Uuid, role: &str, actor: &Actor) -> Result<()> {
        self.save_role(id, None, role, actor).await
    }

    /// Like [`change_role`](Self::change_role), for a form opened at revision `opened`.
    ///
    /// # Errors
    /// Also `Stale` if another change of the account came first.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn save_role(&self, id: Uuid, opened: Option<i64>, role: &str, actor: &Actor) -> Result<()> {
        let role = read_role(role).map_err(|why| Invalid::one("role", why))?;
        let mut tx = self.store.begin().await?;
        tx.lock_accounts().await?;
        still_owner(&mut tx, actor).await?;
        let account = tx.on().account(id).await?.ok_or(Error::NotFound("account"))?;
        let (before, after) = (json!({ "role": account.role }), json!({ "role": role }));
        Stale::check(opened, account.revision, (&before, &after))?;
        if account.role == role {
            return Ok(());
        }
        if actor.kind == ActorKind::Account(id) && role > account.role {
            return Err(Error::Forbidden("You cannot raise your own role.".to_owned()));
        }
        if account.role == Role::Owner {
            another_owner(&mut tx, &account).await?;
            self.local_sign_in.keep_way_in(&mut tx, &account).await?;
        }
        Record::new(actor, EventKind::AccountRoleChanged, subject(&account))
            .changed(&before, &after)
            .write(&mut tx, self.clock.now())
            .await?;
        tx.set_role(id, role).await?;
        Ok(tx.commit().await?)
    }

    /// Disables an account: it may no longer sign in, and its logins end at once.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if it is the last owner or the last one who can sign in, or is already disabled;
    /// `Invalid` with the field `reason`; `Forbidden` if the actor is not, or no longer, an owner.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn disable_account(&self, id: Uuid, reason: &str, actor: &Actor) -> Result<()> {
        let reason = read_reason(reason)?;
        let mut tx = self.store.begin().await?;
        tx.lock_accounts().await?;
        still_owner(&mut tx, actor).await?;
        let account = tx.lock_account(id).await?.ok_or(Error::NotFound("account"))?;
        if account.disabled_at.is_some() {
            return Err(Error::Conflict("This account is already disabled.".to_owned()));
        }
        if account.role == Role::Owner {
            another_owner(&mut tx, &account).await?;
            self.local_sign_in.keep_way_in(&mut tx, &account).await?;
        }
        let now = self.clock.now();
        Record::new(actor, EventKind::AccountDisabled, subject(&account))
            .because(Some(reason))
            .write(&mut tx, now)
            .await?;
        tx.set_disabled(id, Some(now)).await?;
        tx.delete_logins_of(id, None).await?;
        tx.forget_account_links(id).await?;
        Ok(tx.commit().await?)
    }

    /// Enables a disabled account.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if it is not disabled; `Forbidden` if the actor is not, or no longer, an owner.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn enable_account(&self, id: Uuid, actor: &Actor) -> Result<()> {
        let mut tx = self.store.begin().await?;
        tx.lock_accounts().await?;
        still_owner(&mut tx, actor).await?;
        let account = tx.lock_account(id).await?.ok_or(Error::NotFound("account"))?;
        if account.disabled_at.is_none() {
            return Err(Error::Conflict("This account is not disabled.".to_owned()));
        }
        tx.set_disabled(id, None).await?;
        Record::new(actor, EventKind::AccountEnabled, subject(&account)).write(&mut tx, self.clock.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Ends every login of an account except the one with the id `but`. Accounts may do this for themselves; owners may
    /// do it for any account, with a reason. Returns the number of logins.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` for another account if the actor is not an owner; `Invalid` with the field `reason`.
    #[tracing::instrument(skip_all, fields(%account))]
    pub async fn end_logins_of(&self, account: Uuid, but: Option<Uuid>, reason: &str, actor: &Actor) -> Result<u64> {
        let reason = reason_to_end(account, reason, actor)?;
        let mut tx = self.store.begin().await?;
        may_end(&mut tx, account, actor).await?;
        let account = tx.on().account(account).await?.ok_or(Error::NotFound("account"))?;
        let ended = tx.delete_logins_of(account.id, but).await?;
        Record::new(actor, EventKind::AccountLoginsEnded, subject(&account))
            .made(&json!({ "logins": ended }))
            .because(reason)
            .write(&mut tx, self.clock.now())
            .await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Ends one login, by the id under which it is listed. Accounts may do this for themselves; owners may do it for
    /// any account, with a reason.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` for another account if the actor is not an owner; `Invalid` with the field `reason`.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn end_login_of_id(&self, id: Uuid, reason: &str, actor: &Actor) -> Result<()> {
        let mut tx = self.store.begin().await?;
        let account = tx.delete_login_of_id(id).await?.ok_or(Error::NotFound("login"))?;
        may_end(&mut tx, account, actor).await?;
        let reason = reason_to_end(account, reason, actor)?;
        let account = tx.on().account(account).await?.ok_or(Error::NotFound("account"))?;
        Record::new(actor, EventKind::AccountLoginEnded, subject(&account))
            .because(reason)
            .write(&mut tx, self.clock.now())
            .await?;
        Ok(tx.commit().await?)
    }

    /// Records in the audit log that an act was refused to an account because of its role. Limited to a few a minute
    /// per account, so that refused acts cannot fill the disk.
    pub async fn note_refused_act(&self, act: &str, actor: &Actor) -> Result<()> {
        let bucket = actor.kind.id().map_or(Bucket::Shared, Bucket::Id);
        if self.rate_limits.take(Limit::RefusedAct, bucket, self.clock.now()).is_err() {
            return Ok(());
        }
        let mut tx = self.store.begin().await?;
        let subject = Subject { kind: SubjectKind::Act, id: None, name: act.to_owned(), license_id: None };
        Record::new(actor, EventKind::ActRefused, subject).write(&mut tx, self.clock.now()).await?;
        Ok(tx.commit().await?)
    }
}

/// Reads the reason for ending logins of an account. It is optional for the actor's own account.
fn reason_to_end(account: Uuid, reason: &str, actor: &Actor) -> Result<Option<String>, Invalid> {
    if actor.kind == ActorKind::Account(account) {
        return text::line(reason, 500).map_err(|fault| Invalid::one("reason", fault.to_string()));
    }
    read_reason(reason).map(Some)
}

fn subject(account: &Account) -> Subject {
    Subject::new(SubjectKind::Account, account.id, &account.name)
}
