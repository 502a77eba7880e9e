//! The sign-in settings: identity providers and local sign-in.

use leptos::{either::Either, prelude::*};
use licensing::Permission;

use super::SettingsTabs;
use crate::{
    admin::accounts::local::{ProviderLine, TurnLocalOff, TurnLocalOn, WaysIn, find_ways_in},
    components::{
        Confirm, Dialog, DisabledButton, Empty, Fact, Facts, Icon, Notice, Only, PageHead, Panel, Shape, State, Symbol,
        Tone, dialog_address,
    },
    form::act,
    http::load::{Loaded, fetched},
};

/// The page of the sign-in settings.
#[component]
pub fn SignInSettingsPage() -> impl IntoView {
    view! {
        <Only permission=Permission::RunServer>
            <Ways />
        </Only>
    }
}

#[component]
fn Ways() -> impl IntoView {
    let data = fetched(find_ways_in);
    view! {
        <PageHead
            title="Sign-in"
            lead=|| {
                view! { <p class="lead">"How people sign in to this server. Devices do not need to sign in."</p> }
            }
        />
        <SettingsTabs />
        <Loaded data view=page />
    }
}

fn page(ways: WaysIn) -> impl IntoView {
    let local = ways.local;
    let own = ways.own;
    view! {
        <div class="narrow stack wide-gaps">
            {providers(ways.providers.clone())} {local_sign_in(ways)}
        </div>
        {if local {
            Either::Left(
                view! {
                    <Dialog name="local-off" title="Turn off local sign-in?">
                        {move || turn_off(own)}
                    </Dialog>
                },
            )
        } else {
            Either::Right(
                view! {
                    <Dialog name="local-on" title="Turn on local sign-in?">
                        {turn_on}
                    </Dialog>
                },
            )
        }}
    }
}

fn providers(all: Vec<ProviderLine>) -> impl IntoView {
    if all.is_empty() {
        return Either::Left(view! {
            <Empty
                icon=Symbol::LogIn
                title="No identity providers yet"
                text="Configure one on the server to let people sign in with their company account. Run “latchkey settings” on the host to see how."
            />
        });
    }
    let lines = all.into_iter().map(|one| {
        view! {
            <Fact name=one.name>
                <span class="cut" title=one.issuer.clone()>
                    {one.issuer.clone()}
                </span>
            </Fact>
        }
    });
    Either::Right(view! {
        <Panel id="providers" title="Identity providers">
            <Facts>{lines.collect_view()}</Facts>
        </Panel>
    })
}

fn local_sign_in(ways: WaysIn) -> impl IntoView {
    let WaysIn { local, owners, own, .. } = ways;
    let nobody = owners.is_empty();
    let (shape, word) = if local { (Shape::Active, "On") } else { (Shape::Suspended, "Off") };
    let says = if local {
        "People may sign in with an e-mail address and a password, in addition to identity providers."
    } else {
        "Passwords do not work: people sign in at an identity provider. If it is down or no owner can sign in there, an operator of the host can recover access and turn on local sign-in with:"
    };
    let button = match (local, nobody) {
        (true, true) => view! {
            <DisabledButton
                label="Turn off"
                why="No owner has signed in at an identity provider yet, so no owner could sign in. Connect a provider under Your account, or make someone who signs in at one an owner."
            />
        }
        .into_any(),
        (true, false) => view! {
            <a class="button danger" href=dialog_address("local-off")>
                <Icon of=Symbol::Lock />
                " Turn off"
            </a>
        }
        .into_any(),
        (false, _) => view! {
            <a class="button" href=dialog_address("local-on")>
                <Icon of=Symbol::KeyRound />
                " Turn on"
            </a>
        }
        .into_any(),
    };
    view! {
        <Panel id="local" title="Local sign-in" aside=move || view! { <State shape word /> }>
            <div class="stack">
                <p>{says}</p>
                {(!local)
                    .then(|| {
                        view! {
                            <p>
                                <code>"latchkey accounts recover"</code>
                            </p>
                        }
                    })}
                <Facts>
                    <Fact name="Owners who sign in at a provider">
                        {if nobody {
                            view! { <span class="muted">"none"</span> }.into_any()
                        } else {
                            view! { <bdi>{owners.join(", ")}</bdi> }.into_any()
                        }}
                    </Fact>
                </Facts>
                {(!local && !own).then(not_own)} <p class="row">{button}</p>
            </div>
        </Panel>
    }
}

fn turn_off(own: bool) -> impl IntoView {
    let action = act::<TurnLocalOff>();
    view! {
        <p>
            "Passwords stop working. The sign-in page shows only the identity providers, invitation links lead there, and acts that ask you to confirm who you are send you to a provider."
        </p>
        <p>
            "People who are signed in stay signed in until their login ends. If the provider is down, no one can sign in until an operator runs "
            <code>"latchkey accounts recover"</code> " on the host, which turns on local sign-in again."
        </p>
        {(!own).then(not_own)}
        <Confirm
            action
            id="local-off"
            reason="For example: everyone uses the provider now"
            does="Turn off local sign-in"
            danger=true
        />
    }
}

fn not_own() -> impl IntoView {
    view! {
        <Notice tone=Tone::Warn>
            <p>
                "Your own account is not connected to a provider: when your login ends, you cannot sign in again. "
                <a href="/settings/account">"Connect one first"</a> "."
            </p>
        </Notice>
    }
}

fn turn_on() -> impl IntoView {
    let action = act::<TurnLocalOn>();
    view! {
        <p>"People who have a password can sign in with it again. New passwords can be set through invitations and password links."</p>
        <Confirm action id="local-on" does="Turn on local sign-in" />
    }
}
