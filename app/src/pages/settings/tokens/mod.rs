//! API tokens, for the vendor's own systems.

mod new;

use chrono::{DateTime, Utc};
use leptos::{either::Either, prelude::*};
use licensing::{Permission, Scope};
use uuid::Uuid;

pub use self::new::NewTokenPage;
use super::SettingsTabs;
use crate::{
    admin::tokens::{MadeToken, RevokeToken, RotateToken, TokenLine, Tokens, list_tokens, take_token},
    components::{
        Code, CodeBlock, Confirm, Dialog, Empty, Icon, NewSecret, Once, Only, PageHead, Shape, State, Symbol, Table,
        TextField, When, dialog_address, dialog_target,
    },
    form::{Revision, act},
    http::load::{Loaded, fetched},
};

/// The list of API tokens.
#[component]
pub fn TokensPage() -> impl IntoView {
    view! {
        <Only permission=Permission::RunServer>
            <All />
        </Only>
    }
}

#[component]
fn All() -> impl IntoView {
    let data = fetched(list_tokens);
    let made = fetched(take_token);
    let shown = move || {
        let made = made.clone();
        Suspend::new(async move { made.await.ok().flatten().map(just_made) })
    };
    view! {
        <PageHead
            title="API tokens"
            lead=|| {
                view! {
                    <p class="lead">
                        "For your own systems, such as a shop, a customer portal or a script. A token can do only what its scopes allow."
                    </p>
                }
            }
            actions=new_token
        />
        <SettingsTabs />
        <Suspense>{shown}</Suspense>
        <Loaded data view=page />
    }
}

fn new_token() -> impl IntoView {
    view! {
        <a class="button primary" href="/settings/tokens/new">
            <Icon of=Symbol::Plus />
            " New token"
        </a>
    }
}

fn just_made(MadeToken { text, server }: MadeToken) -> impl IntoView {
    let try_it = format!("curl -H 'Authorization: Bearer {text}' \\\n  {server}/api/v1/admin/whoami");
    view! {
        <NewSecret
            icon=Symbol::KeyRound
            instruction="Copy the token now."
            validity="It is shown only once; the server keeps only its hash."
            secret=text
            what="the token"
        />
        <Once>
            <CodeBlock title="Try it" text=try_it />
            <p class="soft">
                "The answer names the token and what it can do. "
                <a href="/api/docs" rel="external">
                    "All calls of the API"
                </a>
            </p>
        </Once>
    }
}

fn page(data: Tokens) -> impl IntoView {
    let now = data.now;
    if data.tokens.is_empty() {
        return Either::Left(view! {
            <Empty
                icon=Symbol::KeyRound
                title="No tokens yet"
                text="A token lets one of your systems call the API. It is shown once, expires, and can be revoked."
                actions=|| view! { <a class="button" href="/settings/tokens/new">"Create the first token"</a> }
            />
        });
    }
    let all = StoredValue::new(data.tokens.clone());
    let rows = data.tokens.into_iter().map(move |token| row(token, now));
    Either::Right(view! {
        <Table
            class="fixed tokens stacks"
            caption="API tokens, newest first"
            columns=[
                ("Token", ""),
                ("Scopes", "scopes hide-s"),
                ("State", "state-cell"),
                ("Expires", "when hide-s"),
                ("Last used", "when hide-s"),
                ("Actions", "acts"),
            ]
        >
            {rows.collect_view()}
        </Table>
        {asks(all, now)}
    })
}

fn row(token: TokenLine, now: DateTime<Utc>) -> impl IntoView {
    let good = token.is_good(now);
    let (shape, word) = match (token.revoked_at, token.expires_at <= now) {
        (Some(_), _) => (Shape::Revoked, "Revoked"),
        (None, true) => (Shape::Ended, "Expired"),
        (None, false) => (Shape::Active, "Active"),
    };
    let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope_name(*scope)).collect();
    let limits = match (token.products.as_slice(), token.networks.as_slice()) {
        ([], []) => "all products, from anywhere".to_owned(),
        (products, []) => format!("{}, from anywhere", products.join(", ")),
        ([], networks) => format!("all products, from {}", networks.join(", ")),
        (products, networks) => format!("{}, from {}", products.join(", "), networks.join(", ")),
    };
    let (ends, id) = (token.expires_at, token.id);
    view! {
        <tr data-tone=(!good).then_some("off")>
            <th scope="row">
                <span class="cut" title=token.name.clone()>
                    <bdi>{token.name.clone()}</bdi>
                </span>
                <span class="sub"><Code text=token.begins /></span>
                {token
                    .former_until
                    .filter(|until| good && *until > now)
                    .map(|until| view! { <span class="sub">"previous secret expires " <When at=until now /></span> })}
            </th>
            <td class="scopes hide-s">
                <span class="cut" title=scopes.join(", ")>
                    {scopes.join(", ")}
                </span>
                <span class="sub" title=limits.clone()>{limits.clone()}</span>
            </td>
            <td class="state-cell">
                <State shape word />
            </td>
            <td class="when hide-s soft">
                <When at=ends now />
            </td>
            <td class="when hide-s soft">
                {match token.last_used_at {
                    Some(at) => view! { <When at now /> }.into_any(),
                    None => view! { <span class="muted">"never"</span> }.into_any(),
                }}
            </td>
            <td class="acts">
                {good
                    .then(|| {
                        view! {
                            <div class="row-acts">
                                <a class="button small" href=dialog_address(&format!("rotate-{id}"))>
                                    "Rotate"
                                </a>
                                <a class="button small danger" href=dialog_address(&format!("revoke-{id}"))>
                                    "Revoke"
                                </a>
                            </div>
                        }
                    })}
            </td>
        </tr>
    }
}

/// The dialog named in the address.
fn asks(all: StoredValue<Vec<TokenLine>>, now: DateTime<Utc>) -> impl IntoView {
    let wanted = dialog_target(move |dialog| {
        let (act, id) = dialog.split_once('-')?;
        let id = id.parse::<Uuid>().ok()?;
        let token = all.with_value(|all| all.iter().find(|token| token.id == id).cloned())?;
        Some((act == "rotate", token))
    });
    move || {
        wanted.get().map(|(rotates, token)| {
            let (id, revision, name, last_used) = (token.id, token.revision, token.name, token.last_used_at);
            match rotates {
                true => view! {
                    <Dialog name=format!("rotate-{id}") title=format!("Rotate {name}?")>
                        {move || rotate(id, revision)}
                    </Dialog>
                }
                .into_any(),
                false => view! {
                    <Dialog name=format!("revoke-{id}") title=format!("Revoke {name}?")>
                        {move || revoke(id, last_used, now)}
                    </Dialog>
                }
                .into_any(),
            }
        })
    }
}

fn rotate(id: Uuid, revision: i64) -> impl IntoView {
    let action = act::<RotateToken>();
    view! {
        <p>"Creates a new secret, shown once. The current one stays valid for a while, so that your system can switch over."</p>
        <Confirm action id="rotate" of=[("id", id.to_string())] does="Rotate token">
            <Revision of=revision />
            <TextField name="hours" label="Both stay valid for" value="24" unit="hours" keyboard="numeric" required=true />
        </Confirm>
    }
}

fn revoke(id: Uuid, last_used: Option<DateTime<Utc>>, now: DateTime<Utc>) -> impl IntoView {
    let action = act::<RevokeToken>();
    view! {
        <p>
            "Anything that uses it is refused immediately. This can’t be undone. "
            {match last_used {
                Some(at) => view! { "It was last used " <When at now /> "." }.into_any(),
                None => "It was never used.".into_any(),
            }}
        </p>
        <Confirm
            action
            id="revoke"
            of=[("id", id.to_string())]
            reason="For example: it was in a published log"
            does="Revoke token"
            danger=true
        />
    }
}

fn scope_name(scope: Scope) -> &'static str {
    match scope {
        Scope::Permission(Permission::See) => "view",
        Scope::Permission(Permission::HelpCustomers) => "help customers",
        Scope::Permission(Permission::ManageLicenses) => "manage licenses",
        Scope::Permission(Permission::RevealCodes) => "reveal codes",
        Scope::Permission(Permission::RunServer) => "run the server",
        Scope::Act(act) => act.name(),
    }
}
