//! E-mail addresses that an earlier version stored in a non-canonical form.

use chrono::{DateTime, Utc};
use licensing::Email;
use store::Store;
use uuid::Uuid;

use crate::Result;

/// Brings the addresses of accounts and open invitations into the canonical form that look-ups use. Earlier versions
/// stored other forms, and those people could no longer sign in. Runs at every start. An address whose canonical form
/// belongs to another account stays as it is.
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
            tracing::warn!(account = %id, "another account has the same address in a different spelling: invite the owner of this account under another address");
            continue;
        }
        tx.set_account_email(id, &email).await?;
    }
    for (id, email) in invitations {
        tx.set_invitation_email(id, &email).await?;
    }
    Ok(tx.commit().await?)
}

/// Returns the rows whose address is not in canonical form, with that form.
fn outdated(rows: impl Iterator<Item = (Uuid, String)>) -> Vec<(Uuid, String)> {
    let canonical = |email: &str| Email::stored(email).map(|read| read.canonical());
    rows.filter_map(|(id, email)| Some((id, canonical(&email).filter(|form| *form != email)?))).collect()
}
