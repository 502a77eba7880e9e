//! Inviting people.

use leptos::prelude::*;

use crate::{
    Error,
    admin::{guard, read_id, service},
    http::done::Done,
};

/// Invites a person by e-mail address. The link that creates their account is shown once.
#[server(endpoint = "accounts/invite")]
pub async fn invite(#[server(default)] email: String, #[server(default)] role: String) -> Result<(), Error> {
    let actor = guard::<Invite>()?;
    let invited = service()?.accounts().invite(&email, &role, &actor).await?;
    super::links::keep(invited.invitation.id, invited.token).await?;
    // No toast: the link itself is the confirmation. It is shown only once, and the toast's address would load the page
    // twice.
    crate::http::address::go("/settings/accounts");
    Ok(())
}

/// Creates a new link for an invitation.
#[server(endpoint = "accounts/link-invitation")]
pub async fn link_invitation(#[server(default)] id: String) -> Result<(), Error> {
    let actor = guard::<LinkInvitation>()?;
    let invited = service()?.accounts().link_invitation(read_id(&id)?, &actor).await?;
    super::links::keep(invited.invitation.id, invited.token).await?;
    crate::http::address::go("/settings/accounts");
    Ok(())
}

/// Withdraws an invitation.
#[server(endpoint = "accounts/withdraw-invitation")]
pub async fn withdraw_invitation(#[server(default)] id: String) -> Result<(), Error> {
    let actor = guard::<WithdrawInvitation>()?;
    service()?.accounts().withdraw_invitation(read_id(&id)?, &actor).await?;
    Done::InvitationWithdrawn.at("/settings/accounts");
    Ok(())
}
