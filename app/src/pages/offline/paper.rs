//! What a device's file says, before anything is done.

use chrono::{DateTime, Utc};
use leptos::{either::Either, prelude::*};
use leptos_router::hooks::use_query_map;
use licensing::Permission;
use uuid::Uuid;

use super::home;
use crate::{
    admin::{
        licenses::LicenseLine,
        offline::{
            PaperRead, Says,
            acts::{GrantPaper, TakeRelease},
            find_paper,
        },
    },
    components::{
        CheckField, Code, Empty, Fact, Facts, Notice, Only, PageHead, Panel, Seats, SelectField, Symbol, Tone, When,
    },
    form::{Form, Submit, act},
    load::{Loaded, fetched},
    words,
};

/// The page of a file that was read.
#[component]
pub fn PaperPage() -> impl IntoView {
    let query = use_query_map();
    let license = move || query.with(|query| query.get("license").unwrap_or_default());
    let data = fetched(move || find_paper(license()));
    let page = move |paper: Option<PaperRead>| match paper {
        Some(paper) => Either::Left(page(paper)),
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
        <PageHead title="Read a file" crumbs=crumbs() />
        <Empty
            icon=Symbol::Unplug
            title="No file is being read"
            text="What was read is kept in this browser for an hour, until it is granted."
            actions=|| {
                view! {
                    <a class="button primary" href="/offline">
                        "Bring a file"
                    </a>
                }
            }
        />
    }
}

fn crumbs() -> Vec<(String, String)> {
    vec![("/offline".to_owned(), "Offline devices".to_owned())]
}

fn page(paper: PaperRead) -> impl IntoView {
    let PaperRead { nonce, says, made_at, dated, license, choices, now } = paper;
    match says {
        Says::Request { .. } => Either::Left(request((nonce, says), license, choices, dated, (made_at, now))),
        Says::Release { device, token_expires_at, strict } => {
            Either::Right(release((nonce, device), license, (token_expires_at, strict), dated, (made_at, now)))
        }
    }
}

fn request(
    (nonce, says): (String, Says),
    license: Option<LicenseLine>,
    choices: Vec<(String, String)>,
    dated: Option<String>,
    (made_at, now): (DateTime<Utc>, DateTime<Utc>),
) -> impl IntoView {
    let action = act::<GrantPaper>();
    let id = license.as_ref().map(|license| license.id);
    let none = license.is_none() && choices.is_empty();
    view! {
        <PageHead title="A device asks" crumbs=crumbs() lead=|| view! { <p class="lead">"Signed by the device itself. Nothing is done yet."</p> } />
        <div class="split">
            <div>
                <Panel id="asks" title="What it asks">
                    {asked(says, (made_at, now))}
                </Panel>
            </div>
            <div>
                <Panel id="answer" title="What it gets">
                    <Form action id="grant">
                        <input type="hidden" name="nonce" value=nonce />
                        {license.map(seat)}
                        {choose(id, choices)} {dated.map(let_pass)}
                        <p class="small soft">
                            "The license’s rules decide, as if the device were online: its seat, its lease and its dates."
                        </p>
                        <div class="form-foot">
                            {(!none).then(|| view! { <Submit>"Activate it"</Submit> })}
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

/// The license that it is for: known, to be chosen, or nowhere to be found. Drawn inside the form, which its field asks for.
fn choose(id: Option<Uuid>, choices: Vec<(String, String)>) -> AnyView {
    if let Some(id) = id {
        return view! { <input type="hidden" name="license" value=id.to_string() /> }.into_any();
    }
    if choices.is_empty() {
        return view! {
            <Notice tone=Tone::Warn>
                <p>
                    "No license here has the code in this request, or is for its product. Compare the code with the one that was given out."
                </p>
            </Notice>
        }
        .into_any();
    }
    let first = (String::new(), "Choose the license…".to_owned());
    let choices: Vec<_> = std::iter::once(first).chain(choices).collect();
    view! { <SelectField name="license" label="License" choices /> }.into_any()
}

/// The way to take a file whose device has a wrong clock.
fn let_pass(dated: String) -> impl IntoView {
    view! {
        <Notice tone=Tone::Warn>
            <p>"The file " {dated} "."</p>
        </Notice>
        <CheckField
            name="of_any_age"
            label="Its device’s clock is wrong: take it as it is"
            hint="The battery of its clock may be dead. The file is good once all the same, and the audit log says that you let it pass."
        />
    }
}

/// What the request says, in words.
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
                {text("Wished lease", Some(lease.unwrap_or_else(|| "what the policy gives".to_owned())))} {text("E-mail", email)}
                <Fact name="Made">
                    <When at=made_at now />
                    <small>"by the device’s clock"</small>
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
        true => format!("The policy is strict: the seat comes free when its last token ends, on {until}."),
        false => "The seat is free at once.".to_owned(),
    };
    view! {
        <PageHead
            title="A device has deleted its token"
            crumbs=crumbs()
            lead=|| view! { <p class="lead">"Signed with the key of its last request. Nothing is done yet."</p> }
        />
        <div class="narrow">
            <Panel id="proof" title="What it gives up">
                <Form action id="release">
                    <input type="hidden" name="nonce" value=nonce />
                    <Facts>
                        <Fact name="Device">
                            <bdi>{device}</bdi>
                        </Fact>
                        <Fact name="Made">
                            <When at=made_at now />
                            <small>"by the device’s clock"</small>
                        </Fact>
                    </Facts>
                    {license.map(seat)} {dated.map(let_pass)}
                    <p class="small soft">{reach}</p>
                    <div class="form-foot">
                        <Submit>"Free its seat"</Submit>
                        <a class="button quiet" href="/offline">
                            "Read another file"
                        </a>
                    </div>
                </Form>
            </Panel>
        </div>
    }
}
