//! Inviting people.

use leptos::prelude::*;

use crate::{
    Error,
    admin::{guard, read_id, service},
    done::Done,
};

/// Invites somebody by their address. The link that makes their account is shown once.
#[server(endpoint = "accounts/invite")]
pub async fn invite(#[server(default)] email: String, #[server(default)] role: String) -> Result<(), Error> {
    let actor = guard::<Invite>()?;
    let invited = service()?.invite(&email, &role, &actor).await?;
    super::links::keep(invited.invitation.id, invited.token).await?;
    // No word of it beside the link itself: that is given out once, and a toast would have it asked for twice.
    crate::address::go("/settings/accounts");
    Ok(())
}

/// Makes a fresh link for an invitation.
#[server(endpoint = "accounts/link-invitation")]
pub async fn link_invitation(#[server(default)] id: String) -> Result<(), Error> {
    let actor = guard::<LinkInvitation>()?;
    let invited = service()?.link_invitation(read_id(&id)?, &actor).await?;
    super::links::keep(invited.invitation.id, invited.token).await?;
    crate::address::go("/settings/accounts");
    Ok(())
}

/// Takes an invitation back.
#[server(endpoint = "accounts/withdraw-invitation")]
pub async fn withdraw_invitation(#[server(default)] id: String) -> Result<(), Error> {
    let actor = guard::<WithdrawInvitation>()?;
    service()?.withdraw_invitation(read_id(&id)?, &actor).await?;
    Done::InvitationWithdrawn.at("/settings/accounts");
    Ok(())
}
