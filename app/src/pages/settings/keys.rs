//! Signing keys: the list, and the dialogs that replace a key.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use licensing::{Permission, sentence::thousands};
use service::{KeyState, ListedKey};

use super::SettingsTabs;
use crate::{
    admin::keys::{PregenerateKeys, PublicHalf, RetireKey, RevokeKey, RotateKey, SigningKeys, list_keys},
    components::{
        Cancel, Code, CodeBlock, Confirm, DIALOG, Dialog, Gate, Icon, PageHead, SelectField, Shape, State, Symbol,
        Table, When, dialog_address, dialog_target, may,
    },
    form::act,
    http::load::{Loaded, fetched},
    text::words,
};

/// The list of signing keys.
#[component]
pub fn KeysPage() -> impl IntoView {
    let query = use_query_map();
    let public = move || {
        query.with(|query| {
            let dialog = query.get_str(DIALOG).unwrap_or_default();
            dialog.strip_prefix("public-").unwrap_or_default().to_owned()
        })
    };
    let data = fetched(move || list_keys(public()));
    view! {
        <PageHead
            title="Signing keys"
            lead=|| {
                view! {
                    <p class="lead">
                        "Your software verifies tokens with the public halves of these keys, which it reads from "
                        <a href="/.well-known/jwks.json" rel="external">
                            "the key set"
                        </a> "."
                    </p>
                }
            }
            actions=actions
        />
        <SettingsTabs />
        <Loaded data view=page />
    }
}

fn actions() -> impl IntoView {
    view! {
        <Gate permission=Permission::RunServer label="Rotate key">
            <a class="button" href=dialog_address("pregenerate")>
                "Create keys ahead"
            </a>
            <a class="button primary" href=dialog_address("rotate")>
                <Icon of=Symbol::RefreshCw />
                " Rotate key"
            </a>
        </Gate>
    }
}

fn page(data: SigningKeys) -> impl IntoView {
    let SigningKeys { keys, public, targets, now } = data;
    let rows: Vec<_> = keys.iter().map(|key| row(key, now)).collect();
    view! {
        <Table
            class="fixed keys stacks"
            caption="Signing keys: those that sign first, then the next ones, then those that have stopped"
            columns=[
                ("Key", ""),
                ("Signs for", "for"),
                ("State", "standing"),
                ("Devices", "end count"),
                ("Actions", "acts"),
            ]
        >
            {rows}
        </Table>
        {dialogs(keys, public, targets)}
    }
}

/// The shape, the word and the words before the time of a state.
const fn standing(state: KeyState) -> (Shape, &'static str, &'static str, DateTime<Utc>) {
    match state {
        KeyState::Signs(at) => (Shape::Active, "Signs", "since", at),
        KeyState::Next(at) => (Shape::Waiting, "Next", "signs", at),
        KeyState::Ahead(at) => (Shape::Waiting, "Created ahead", "published", at),
        KeyState::Stopped(at) => (Shape::Ending, "Stopped", "last token expires", at),
        KeyState::Gone(at) => (Shape::Ended, "Not published", "since", at),
        KeyState::Revoked(at) => (Shape::Revoked, "Revoked", "", at),
    }
}

fn row(key: &ListedKey, now: DateTime<Utc>) -> impl IntoView + use<> {
    let (shape, word, before, at) = standing(key.state);
    let (kid, algorithm) = (key.kid.clone(), key.algorithm.name());
    let off = matches!(key.state, KeyState::Gone(_) | KeyState::Revoked(_));
    let signs_for = key.product.clone().unwrap_or_else(|| "All products".to_owned());
    let created = key.created_at;
    view! {
        <tr data-tone=off.then_some("off")>
            <th scope="row">
                <Code text=kid.clone() copies=format!("the id of key {kid}") />
                <span class="sub">{algorithm} ", created " <When at=created now /></span>
            </th>
            <td class="for">
                <bdi>{signs_for}</bdi>
            </td>
            <td class="standing">
                <State shape word />
                <span class="sub">{before} " " <When at now /></span>
            </td>
            <td class="end count">
                {thousands(key.devices)} <span class="only-s">{if key.devices == 1 { " device" } else { " devices" }}</span>
            </td>
            <td class="acts">
                <div class="row-acts">
                    <a class="button small" href=dialog_address(&format!("public-{kid}"))>
                        "Public key"
                    </a>
                    {may(Permission::RunServer).then(|| replacing(key))}
                </div>
            </td>
        </tr>
    }
}

/// The buttons that take a key out of use, as far as they apply.
fn replacing(key: &ListedKey) -> impl IntoView + use<> {
    let link = |act: &str| dialog_address(&format!("{act}-{}", key.kid));
    let retire = key.may_retire.then(|| {
        view! {
            <a class="button small" href=link("retire")>
                "Retire"
            </a>
        }
    });
    let revoke = key.state.is_published().then(|| {
        view! {
            <a class="button small danger" href=link("revoke")>
                "Revoke"
            </a>
        }
    });
    view! { {retire} {revoke} }
}

fn dialogs(keys: Vec<ListedKey>, public: Option<PublicHalf>, targets: Vec<(String, String)>) -> impl IntoView {
    let targets = StoredValue::new(targets);
    let may_replace = may(Permission::RunServer);
    let wanted = dialog_target(move |dialog| {
        let (act, kid) = dialog.split_once('-')?;
        let key = keys.iter().find(|key| key.kid == kid)?.clone();
        Some((act.to_owned(), key))
    });
    let one = move || {
        let public = public.clone();
        wanted.get().map(move |(act, key)| match (act.as_str(), public) {
            ("public", Some(public)) => public_half(public).into_any(),
            ("retire", _) if may_replace && key.may_retire => retire(key).into_any(),
            ("revoke", _) if may_replace && key.state.is_published() => revoke(key).into_any(),
            _ => ().into_any(),
        })
    };
    let (rotate, pregenerate) = (act::<RotateKey>(), act::<PregenerateKeys>());
    view! {
        <Dialog name="rotate" title="Rotate the signing key?" applies=may_replace>
            <p>
                "Creates the next key, or takes the first one that was created ahead. It is published at once and signs ten minutes later. No device is affected: tokens of the current key stay valid."
            </p>
            <Confirm action=rotate id="rotate" does="Rotate key">
                <SelectField name="target" label="Signs for" choices=targets.get_value() />
            </Confirm>
        </Dialog>
        <Dialog name="pregenerate" title="Create keys ahead?" applies=may_replace>
            <p>
                "Creates and publishes the next two keys, unless they exist, so that software can pin them. Each rotation then uses the older one and creates another."
            </p>
            <Confirm action=pregenerate id="pregenerate" does="Create keys">
                <SelectField name="target" label="Sign for" choices=targets.get_value() />
            </Confirm>
        </Dialog>
        {one}
    }
}

fn public_half(public: PublicHalf) -> impl IntoView {
    let PublicHalf { kid, pem, jwk } = public;
    view! {
        <Dialog name=format!("public-{kid}") title="Public key">
            <CodeBlock title="PEM" text=pem.clone() />
            <CodeBlock title="JWK" text=jwk.clone() />
            <footer>
                <Cancel label="Close" />
            </footer>
        </Dialog>
    }
}

fn retire(key: ListedKey) -> impl IntoView {
    let (which, effect) = (which(&key), effect_of_retiring(key.state, key.devices));
    let kid = key.kid;
    let action = act::<RetireKey>();
    view! {
        <Dialog name=format!("retire-{kid}") title="Retire this key?">
            <p class="muted">{which.clone()}</p>
            <p>{effect.clone()}</p>
            <Confirm
                action
                id="retire"
                of=[("kid", kid.clone())]
                reason="For example: replaced on schedule"
                does="Retire key"
            />
        </Dialog>
    }
}

fn revoke(key: ListedKey) -> impl IntoView {
    let (which, effect) = (which(&key), effect_of_revoking(key.devices));
    let (kid, devices) = (key.kid, key.devices.to_string());
    let action = act::<RevokeKey>();
    view! {
        <Dialog name=format!("revoke-{kid}") title="Revoke this key?">
            <p class="muted">{which.clone()}</p>
            <p>{effect.clone()}</p>
            <p>
                "Another key signs from now on. Revoke a key only if someone else may have its private half; otherwise rotate it. Revoking can’t be undone."
            </p>
            <Confirm
                action
                id="revoke"
                of=[("kid", kid.clone()), ("devices", devices.clone())]
                reason="For example: a backup was stolen"
                does="Revoke key"
                danger=true
            />
        </Dialog>
    }
}

/// `Key n1l7lsLS… (ES256), for all products.`
fn which(key: &ListedKey) -> String {
    let kid: String = key.kid.chars().take(8).collect();
    let products = key.product.as_deref().unwrap_or("all products");
    format!("Key {kid}… ({}), for {products}.", key.algorithm.name())
}

/// `212 devices hold tokens`.
fn holders(devices: u64) -> String {
    let holds = if devices == 1 { "holds a token" } else { "hold tokens" };
    format!("{} {holds} of this key", words::count(devices, "device"))
}

fn effect_of_retiring(state: KeyState, devices: u64) -> String {
    match state {
        KeyState::Next(_) | KeyState::Ahead(_) => {
            "It has not signed anything yet, and never will. Software that pinned it needs another key.".to_owned()
        }
        _ if devices == 0 => "Another key signs from now on. No device holds a token of this key.".to_owned(),
        _ => format!(
            "{}. They stay valid: the key is published until the last one has expired. Another key signs from now on.",
            holders(devices)
        ),
    }
}

fn effect_of_revoking(devices: u64) -> String {
    match devices {
        0 => "No device holds a valid token of this key.".to_owned(),
        1 => format!("{}. It must renew online before your software accepts it again.", holders(1)),
        _ => format!("{}; they must renew online before your software accepts them again.", holders(devices)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_effect_is_said_in_numbers() {
        let at = DateTime::UNIX_EPOCH;
        assert!(effect_of_revoking(0).starts_with("No device"));
        assert!(effect_of_revoking(1).starts_with("1 device holds a token of this key. It must renew online"));
        assert!(effect_of_revoking(1_212).starts_with("1,212 devices hold tokens of this key; they must renew online"));
        assert!(effect_of_retiring(KeyState::Signs(at), 2).starts_with("2 devices hold tokens of this key. They stay"));
        assert!(effect_of_retiring(KeyState::Ahead(at), 0).starts_with("It has not signed anything yet"));
    }
}
