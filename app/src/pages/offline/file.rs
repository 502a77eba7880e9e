//! The contents of a device's file, shown before anything is changed.

use chrono::{DateTime, Utc};
use leptos::{either::Either, prelude::*};
use licensing::Permission;
use uuid::Uuid;

use super::home;
use crate::{
    admin::{
        licenses::LicenseLine,
        offline::{
            MOST_CHOICES, OfflineFileDetail, Says,
            acts::{GrantOfflineRequest, TakeRelease},
            find_offline_file,
            search::FindOfflineLicense,
        },
        search::TOKEN_REFUSED,
    },
    components::{
        CheckField, Code, Empty, Fact, Facts, Icon, Notice, Only, PageHead, Panel, Seats, SelectField, Symbol, Tone,
        When,
    },
    form::{Form, Submit, act},
    http::{
        address::query_values,
        load::{Loaded, fetched},
    },
    text::words,
};

/// The page of a file that was read.
#[component]
pub fn OfflineFilePage() -> impl IntoView {
    let wanted = query_values(["license", "q"]);
    let data = fetched(move || {
        let [license, q] = wanted();
        find_offline_file(license, q)
    });
    let page = move |file: Option<OfflineFileDetail>| match file {
        Some(file) => Either::Left(page(file)),
        None => Either::Right(nothing()),
    };
    view! {
        <Only permission=Permission::HelpCustomers>
            <Loaded data view=page />
        </Only>
    }
}

fn nothing() -> impl IntoView {
    view! {
        <PageHead title="Read file" crumbs=crumbs() />
        <Empty
            icon=Symbol::Unplug
            title="No file to show"
            text="A file that you read is kept in this browser for one hour, or until it is granted."
            actions=|| {
                view! {
                    <a class="button primary" href="/offline">
                        "Upload request"
                    </a>
                }
            }
        />
    }
}

fn crumbs() -> Vec<(String, String)> {
    vec![("/offline".to_owned(), "Offline devices".to_owned())]
}

fn page(file: OfflineFileDetail) -> impl IntoView {
    let OfflineFileDetail { nonce, says, made_at, dated, license, choices, more, asks, now } = file;
    match says {
        Says::Request { .. } => {
            Either::Left(request((nonce, says), license, (asks, more, choices), dated, (made_at, now)))
        }
        Says::Release { device, token_expires_at, strict } => {
            Either::Right(release((nonce, device), license, (token_expires_at, strict), dated, (made_at, now)))
        }
    }
}

fn request(
    (nonce, says): (String, Says),
    license: Option<LicenseLine>,
    (asks, more, choices): (bool, bool, Vec<(String, String)>),
    dated: Option<String>,
    (made_at, now): (DateTime<Utc>, DateTime<Utc>),
) -> impl IntoView {
    let action = act::<GrantOfflineRequest>();
    let id = license.as_ref().map(|license| license.id);
    let none = license.is_none() && choices.is_empty();
    view! {
        <PageHead title="Activation request" crumbs=crumbs() lead=|| view! { <p class="lead">"Signed by the device. Nothing has been changed yet."</p> } />
        <div class="split">
            <div>
                <Panel id="asks" title="Request">
                    {asked(says, (made_at, now))}
                </Panel>
            </div>
            <div>
                <Panel id="answer" title="Activation">
                    {asks.then(|| find(more))}
                    <Form action id="grant">
                        <input type="hidden" name="nonce" value=nonce />
                        {license.map(seat)}
                        {choose(id, asks, choices)} {dated.map(let_pass)}
                        <p class="small soft">
                            "The license’s rules for seats, lease and dates apply as if the device were online."
                        </p>
                        <div class="form-foot">
                            {(!none).then(|| view! { <Submit>"Activate device"</Submit> })}
                            <a class="button quiet" href=home(id)>
                                "Read another file"
                            </a>
                        </div>
                    </Form>
                </Panel>
            </div>
        </div>
    }
}

/// The search for the license of a request without a code.
fn find(more: bool) -> impl IntoView {
    let action = act::<FindOfflineLicense>();
    let [typed] = untrack(query_values(["q"]));
    view! {
        <search aria-label="Find a license">
            <Form action id="find" class="filters" no_tokens=TOKEN_REFUSED>
                <div class="with-icon search">
                    <Icon of=Symbol::Search />
                    <input
                        class="input"
                        type="search"
                        name="q"
                        value=typed
                        placeholder="Customer, order, code"
                        aria-label="Find a license"
                    />
                </div>
                <button class="button" type="submit">
                    "Search"
                </button>
            </Form>
        </search>
        {more.then(|| view! { <p class="small soft">{format!("Only the newest {MOST_CHOICES} licenses are listed. Search for others.")}</p> })}
    }
}

/// The license that the request is for: known, to be chosen, or not found. Must be rendered inside the form, because its
/// field needs the form's context.
fn choose(id: Option<Uuid>, asks: bool, choices: Vec<(String, String)>) -> AnyView {
    if let Some(id) = id {
        return view! { <input type="hidden" name="license" value=id.to_string() /> }.into_any();
    }
    if choices.is_empty() && asks {
        return view! {
            <Notice tone=Tone::Warn>
                <p>"No license of this product matches the search."</p>
            </Notice>
        }
        .into_any();
    }
    if choices.is_empty() {
        return view! {
            <Notice tone=Tone::Warn>
                <p>
                    "No license matches the code or the product of this request. Compare the code with the one that you issued."
                </p>
            </Notice>
        }
        .into_any();
    }
    let first = (String::new(), "Choose a license…".to_owned());
    let choices: Vec<_> = std::iter::once(first).chain(choices).collect();
    view! { <SelectField name="license" label="License" choices /> }.into_any()
}

/// A check box that accepts the file of a device with a wrong clock.
fn let_pass(dated: String) -> impl IntoView {
    view! {
        <Notice tone=Tone::Warn>
            <p>"The file " {dated} "."</p>
        </Notice>
        <CheckField
            name="of_any_age"
            label="The device’s clock is wrong: accept the file anyway"
            hint="Its clock battery may be dead, for example. The file still works only once, and the audit log records that you accepted it."
        />
    }
}

/// The contents of the request.
fn asked(says: Says, (made_at, now): (DateTime<Utc>, DateTime<Utc>)) -> Option<AnyView> {
    let Says::Request { product, device, fingerprint, platform, version, lease, email } = says else { return None };
    let text = |name: &'static str, value: Option<String>| {
        value.map(|value| {
            view! {
                <Fact name>
                    <bdi>{value}</bdi>
                </Fact>
            }
        })
    };
    Some(
        view! {
            <Facts>
                {text("Device", Some(device.unwrap_or_else(|| "unnamed device".to_owned())))} {text("Platform", platform)}
                <Fact name="Fingerprint">
                    <Code text=fingerprint copies="the fingerprint" />
                </Fact> {text("Product", Some(product))} {text("Version", version)}
                {text("Requested lease", Some(lease.unwrap_or_else(|| "policy default".to_owned())))} {text("E-mail", email)}
                <Fact name="Created">
                    <When at=made_at now />
                    <small>"according to the device’s clock"</small>
                </Fact>
            </Facts>
        }
        .into_any(),
    )
}

/// The license that the file is about.
fn seat(license: LicenseLine) -> impl IntoView {
    let LicenseLine { id, name, product, policy, used, allowed, .. } = license;
    view! {
        <Facts>
            <Fact name="License">
                <a href=format!("/licenses/{id}")>
                    <bdi>{name}</bdi>
                </a>
                <small>
                    <bdi>{product}</bdi>
                    " on "
                    <bdi>{policy}</bdi>
                </small>
            </Fact>
            <Fact name="Seats">
                <Seats used allowed length=90 />
            </Fact>
        </Facts>
    }
}

fn release(
    (nonce, device): (String, Option<String>),
    license: Option<LicenseLine>,
    (token_expires_at, strict): (DateTime<Utc>, bool),
    dated: Option<String>,
    (made_at, now): (DateTime<Utc>, DateTime<Utc>),
) -> impl IntoView {
    let action = act::<TakeRelease>();
    let device = device.unwrap_or_else(|| "unnamed device".to_owned());
    let until = words::exact(token_expires_at);
    let reach = match strict {
        true => format!("The terms are strict: the seat becomes free when its last token ends, on {until}."),
        false => "The seat is free immediately.".to_owned(),
    };
    view! {
        <PageHead
            title="Offline release"
            crumbs=crumbs()
            lead=|| view! { <p class="lead">"The device has deleted its token, and signed this with the key of its last request. Nothing has been changed yet."</p> }
        />
        <div class="narrow">
            <Panel id="proof" title="Release">
                <Form action id="release">
                    <input type="hidden" name="nonce" value=nonce />
                    <Facts>
                        <Fact name="Device">
                            <bdi>{device}</bdi>
                        </Fact>
                        <Fact name="Created">
                            <When at=made_at now />
                            <small>"according to the device’s clock"</small>
                        </Fact>
                    </Facts>
                    {license.map(seat)} {dated.map(let_pass)}
                    <p class="small soft">{reach}</p>
                    <div class="form-foot">
                        <Submit>"Free seat"</Submit>
                        <a class="button quiet" href="/offline">
                            "Read another file"
                        </a>
                    </div>
                </Form>
            </Panel>
        </div>
    }
}
