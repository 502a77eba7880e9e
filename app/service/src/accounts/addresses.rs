//! Addresses that an earlier version stored in another form.

use chrono::{DateTime, Utc};
use licensing::Email;
use store::Store;
use uuid::Uuid;

use crate::Result;

/// Brings the addresses of accounts and open invitations into the canonical form by which they are looked up, at every
/// start: earlier versions stored another one, and its owner could not sign in any more. An address whose canonical form
/// is another account's stays as it is.
pub(crate) async fn canonicalize(store: &Store, now: DateTime<Utc>) -> Result<()> {
    let (accounts, invitations) = {
        let mut reading = store.read().await?;
        let accounts = reading.on().accounts(now).await?.into_iter().map(|row| (row.account.id, row.account.email));
        let accounts = outdated(accounts);
        let invitations = reading.on().open_invitations(now).await?.into_iter().map(|one| (one.id, one.email));
        (accounts, outdated(invitations))
    };
    if accounts.is_empty() && invitations.is_empty() {
        return Ok(());
    }
    let mut tx = store.begin().await?;
    tx.lock_accounts().await?;
    for (id, email) in accounts {
        if tx.on().account_by_email(&email).await?.is_some() {
            tracing::warn!(account = %id, "the address of this account is another account’s in another spelling: invite its owner by another address");
            continue;
        }
        tx.set_account_email(id, &email).await?;
    }
    for (id, email) in invitations {
        tx.set_invitation_email(id, &email).await?;
    }
    Ok(tx.commit().await?)
}

/// The rows whose address is not in its canonical form, with that form.
fn outdated(rows: impl Iterator<Item = (Uuid, String)>) -> Vec<(Uuid, String)> {
    let canonical = |email: &str| Email::stored(email).map(|read| read.canonical());
    rows.filter_map(|(id, email)| Some((id, canonical(&email).filter(|form| *form != email)?))).collect()
}
