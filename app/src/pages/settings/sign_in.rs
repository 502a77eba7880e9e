//! How people come in: identity providers, and local sign-in.

use leptos::{either::Either, prelude::*};
use licensing::Permission;

use super::SettingsTabs;
use crate::{
    admin::accounts::local::{ProviderLine, TurnLocalOff, TurnLocalOn, WaysIn, find_ways_in},
    components::{
        Barred, Confirm, Dialog, Empty, Fact, Facts, Icon, Notice, Only, PageHead, Panel, Shape, State, Symbol, Tone,
        dialog_address,
    },
    form::act,
    load::{Loaded, fetched},
};

/// How people come in.
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
                view! { <p class="lead">"How people come in to this server. Devices and their activations need none of it."</p> }
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
                    <Dialog name="local-off" title="Turn local sign-in off?">
                        {move || turn_off(own)}
                    </Dialog>
                },
            )
        } else {
            Either::Right(
                view! {
                    <Dialog name="local-on" title="Turn local sign-in on?">
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
                title="No identity provider yet"
                text="Name one in the settings of the server, and people sign in with the account that they have at your company: “latchkey settings” on the host says how."
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
        "People may sign in with an e-mail address and a password, beside the identity providers."
    } else {
        "Passwords open nothing: people sign in at an identity provider. If that is down or lets no owner in, whoever runs the host lets one in, and turns local sign-in on again, with:"
    };
    let button = match (local, nobody) {
        (true, true) => view! {
            <Barred
                label="Turn off"
                why="No owner has signed in at an identity provider yet, so that nobody could come in any more. Connect one under Your account, or make somebody an owner who signs in there."
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
                    <Fact name="Owners who come in at a provider">
                        {if nobody {
                            view! { <span class="muted">"nobody"</span> }.into_any()
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
            "Passwords will open nothing any more: the sign-in page shows the identity providers alone, links of invitations lead there, and acts that ask once more who you are ask a provider."
        </p>
        <p>
            "Whoever is signed in stays so until their login ends. If the provider is down, nobody comes in until somebody runs "
            <code>"latchkey accounts recover"</code> " on the host, which turns local sign-in on again."
        </p>
        {(!own).then(not_own)}
        <Confirm
            action
            id="local-off"
            reason="Such as: everybody is at the provider now"
            does="Turn local sign-in off"
            danger=true
        />
    }
}

fn not_own() -> impl IntoView {
    view! {
        <Notice tone=Tone::Warn>
            <p>
                "Your own account is connected to no provider: when your login ends, you do not come in any more. "
                <a href="/settings/account">"Connect one first"</a> "."
            </p>
        </Notice>
    }
}

fn turn_on() -> impl IntoView {
    let action = act::<TurnLocalOn>();
    view! {
        <p>"Whoever has a password here may sign in with it again, and new ones may be set by invitation or by a link."</p>
        <Confirm action id="local-on" does="Turn local sign-in on" />
    }
}
