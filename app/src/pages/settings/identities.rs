//! The signed-in account's identities at providers, a panel of its own page.

use chrono::{DateTime, Utc};
use leptos::{either::Either, prelude::*};

use crate::{
    admin::accounts::own::{CurrentUser, Disconnect, IdentityLine},
    components::{Code, Confirm, Dialog, DisabledButton, Empty, Icon, Panel, Symbol, Table, When, dialog_address},
    form::act,
    http::{address, context::ProviderLink},
};

/// The connected providers, and those that can be connected. `None` if there are neither.
pub(super) fn identities(own: &CurrentUser) -> Option<AnyView> {
    if own.identities.is_empty() && own.others.is_empty() {
        return None;
    }
    let (fresh, now) = (own.fresh, own.now);
    let rows = own.identities.iter().cloned().enumerate().map(|(n, one)| row(n, one, now)).collect_view();
    let dialogs =
        own.identities.iter().cloned().enumerate().filter(|(_, one)| !one.stays).map(|(n, one)| dialog(n, one));
    let dialogs = dialogs.collect_view();
    let offers = own.others.iter().cloned().map(|link| offer(link, fresh)).collect_view();
    let some = !own.others.is_empty();
    let table = if own.identities.is_empty() {
        Either::Left(view! {
            <Empty
                icon=Symbol::Link
                title="No provider is connected"
                text="Connect your account at an identity provider to sign in there instead of with a password."
            />
        })
    } else {
        Either::Right(view! {
            <Table
                class="fixed accounts identities stacks"
                caption="Connected providers, oldest first"
                columns=[
                    ("Provider", ""),
                    ("Connected", "when hide-s"),
                    ("Last used", "when hide-s"),
                    ("Actions", "acts"),
                ]
            >
                {rows}
            </Table>
        })
    };
    Some(
        view! {
            <Panel id="identities" title="Identity providers" bare=true>
                {table}
                {some
                    .then(|| {
                        view! {
                            <div class="body stack">
                                {(!fresh)
                                    .then(|| {
                                        view! {
                                            <p class="small muted">
                                                "You signed in a while ago, so you must sign in again before you can connect a provider."
                                            </p>
                                        }
                                    })} <p class="row">{offers}</p>
                            </div>
                        }
                    })}
            </Panel>
            {dialogs}
        }
        .into_any(),
    )
}

/// A button that connects a provider. A link, not a form: browsers apply the `form-action` policy to redirects, and a
/// provider may redirect to other hosts than its own.
fn offer(link: ProviderLink, fresh: bool) -> impl IntoView {
    let to = match fresh {
        true => format!("/sign-in/oidc/{}?connect=yes", address::escape(&link.id)),
        false => "/sign-in?to=%2Fsettings%2Faccount&again=1".to_owned(),
    };
    view! {
        <a class="button" href=to rel="external">
            <Icon of=Symbol::Link />
            {format!(" Connect {}", link.name)}
        </a>
    }
}

fn row(n: usize, one: IdentityLine, now: DateTime<Utc>) -> impl IntoView {
    let (since, last) = (one.created_at, one.last_at);
    let act = if one.stays {
        Either::Left(view! { <DisabledButton label="Disconnect" why="Your only way to sign in." small=true /> })
    } else {
        Either::Right(view! {
            <a class="button small" href=dialog_address(&format!("disconnect-{n}"))>
                "Disconnect"
            </a>
        })
    };
    view! {
        <tr data-tone=(!one.opens).then_some("off")>
            <th scope="row">
                <span class="cut" title=one.issuer.clone()>
                    {one.provider}
                </span>
                <span class="sub">
                    {match one.email {
                        Some(email) => view! { <bdi>{email}</bdi> }.into_any(),
                        None => view! { <Code text=one.subject /> }.into_any(),
                    }} {(!one.opens).then_some(", no longer configured on this server")}
                </span>
            </th>
            <td class="when hide-s soft">
                <When at=since now />
            </td>
            <td class="when hide-s soft">
                <When at=last now />
            </td>
            <td class="acts">{act}</td>
        </tr>
    }
}

fn dialog(n: usize, one: IdentityLine) -> impl IntoView {
    let title = format!("Disconnect {}?", one.provider);
    let one = StoredValue::new(one);
    view! {
        <Dialog name=format!("disconnect-{n}") title>
            {move || disconnect(one.get_value())}
        </Dialog>
    }
}

fn disconnect(one: IdentityLine) -> impl IntoView {
    let action = act::<Disconnect>();
    view! {
        <p>
            "You can no longer sign in there, and all logins that you started there end immediately, including this one if you started it there. You can connect it again."
        </p>
        <Confirm
            action
            id="disconnect"
            of=[("issuer", one.issuer), ("subject", one.subject)]
            does="Disconnect"
            danger=true
        />
    }
}
