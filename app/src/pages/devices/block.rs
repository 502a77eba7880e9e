//! Blocking: first which fingerprint, then what that reaches, for what, and why.

use leptos::{either::Either, prelude::*};
use leptos_router::components::Form as Asking;
use licensing::{Permission, activation::BlockScope};

use crate::{
    address::query_values,
    admin::devices::blocks::{BlockDevice, Blocking, Reach, block_form},
    components::{CheckField, Code, FormSection, Notice, Only, PageHead, SelectField, TextField, Tone},
    form::{Form, Submit, act},
    load::{Loaded, fetched},
    words,
};

/// Blocks the device, or the fingerprint, that the address names.
#[component]
pub fn BlockPage() -> impl IntoView {
    let wanted = query_values(["device", "fingerprint", "license", "product"]);
    let data = fetched(move || {
        let [device, fingerprint, license, product] = wanted();
        block_form(device, fingerprint, license, product)
    });
    let page = move |data: Blocking| page(data, wanted());
    view! {
        <Only permission=Permission::HelpCustomers>
            <Loaded data view=page />
        </Only>
    }
}

fn page(data: Blocking, [device, _, license, product]: [String; 4]) -> impl IntoView {
    let (crumb, back) = above(&data, &device, &license, &product);
    let title = match &data.device {
        Some(name) => format!("Block {name}"),
        None => "Block a device".to_owned(),
    };
    let inside = match data.fingerprint.is_empty() {
        true => Either::Left(which(license, product)),
        false => Either::Right(how_far(data, device, back)),
    };
    view! {
        <PageHead title crumbs=vec![crumb] />
        <div class="narrow">{inside}</div>
    }
}

/// The page that one comes from.
fn above(data: &Blocking, device: &str, license: &str, product: &str) -> ((String, String), String) {
    let all = || ("/devices/blocked".to_owned(), "Blocked devices".to_owned());
    let crumb = match (device, &data.license, &data.product) {
        ("", Some((id, name)), _) if !license.is_empty() => (format!("/licenses/{id}"), name.clone()),
        ("", _, Some((id, name))) if !product.is_empty() => (format!("/products/{id}"), name.clone()),
        ("", _, _) => all(),
        (device, _, _) => (format!("/devices/{device}"), data.device.clone().unwrap_or_else(|| "Device".to_owned())),
    };
    (crumb.clone(), crumb.0)
}

/// Asks for the fingerprint: by GET, so that the next page can say what a block of it reaches.
fn which(license: String, product: String) -> impl IntoView {
    view! {
        <Asking method="GET" action="" attr:class="stack">
            <input type="hidden" name="license" value=license />
            <input type="hidden" name="product" value=product />
            <FormSection title="Device" text="Next you see what a block of it reaches. Nothing is blocked yet.">
                <div class="field full">
                    <label for="block-fingerprint">"Fingerprint"</label>
                    <input
                        class="input"
                        id="block-fingerprint"
                        name="fingerprint"
                        required=true
                        maxlength="512"
                        autocomplete="off"
                        spellcheck="false"
                    />
                    <p class="hint">"As the software sends it, to the letter. Of a device that activated, it stands on its page."</p>
                </div>
            </FormSection>
            <div class="form-foot">
                <button class="button primary" type="submit">
                    "Go on"
                </button>
            </div>
        </Asking>
    }
}

fn how_far(data: Blocking, device: String, back: String) -> impl IntoView {
    let action = act::<BlockDevice>();
    let open: Vec<_> = data.reach.iter().filter(|reach| !reach.blocked).cloned().collect();
    let reached: Vec<_> = data.reach.iter().map(|reach| told(reach, &data)).collect();
    let choices: Vec<_> =
        open.iter().map(|reach| (reach.scope.name().to_owned(), for_what(reach.scope, &data))).collect();
    let seats = open.iter().any(|reach| reach.seats > 0);
    let id = |of: &Option<(uuid::Uuid, String)>| of.as_ref().map(|(id, _)| id.to_string()).unwrap_or_default();
    let (license, product) = (id(&data.license), id(&data.product));
    let fingerprint = data.fingerprint.clone();
    let list = view! {
        <ul class="small">
            {reached.into_iter().map(|said| view! { <li>{said}</li> }).collect_view()}
        </ul>
    };
    let form = match choices.is_empty() {
        true => Either::Left(view! {
            <Notice tone=Tone::Warn>
                <p>"It is blocked already for all that can be chosen from here."</p>
            </Notice>
        }),
        false => Either::Right(view! {
            <Form action id="block">
                <input type="hidden" name="fingerprint" value=fingerprint />
                <input type="hidden" name="license" value=license />
                <input type="hidden" name="product" value=product />
                <input type="hidden" name="device" value=device />
                <FormSection title="How far" text="It neither activates nor renews there any more. The token that it has runs on until it ends.">
                    <SelectField name="scope" label="Blocked for" choices />
                    {seats
                        .then(|| {
                            view! {
                                <CheckField
                                    name="revoke"
                                    label="And revoke its seats there now"
                                    hint="As if each were revoked by hand: the status list says so, and others may have the seats."
                                />
                            }
                        })}
                    <TextField
                        name="reason"
                        label="Reason"
                        placeholder="Such as: stolen, the customer wrote on 3 November"
                        hint="Stands in the list of blocks and in the audit log, for the next colleague."
                        required=true
                        full=true
                    />
                </FormSection>
                <div class="form-foot">
                    <Submit class="danger primary">"Block the device"</Submit>
                    <a class="button quiet" href=back>
                        "Cancel"
                    </a>
                </div>
            </Form>
        }),
    };
    view! {
        <FormSection title="Device" text="What is known of it, and what a block reaches.">
            <div class="field full">
                <p>
                    <Code text=data.fingerprint copies="the fingerprint" />
                </p>
                {list}
            </div>
        </FormSection>
        {form}
    }
}

/// `The product Drift Pro: activated on 2 licenses, holds 2 seats now.`
fn told(reach: &Reach, data: &Blocking) -> String {
    let what = for_what(reach.scope, data);
    let known = match (reach.licenses, reach.seats) {
        (0, _) => "never activated there".to_owned(),
        (licenses, 0) => format!("activated on {}, holds no seat now", words::count(licenses, "license")),
        (licenses, seats) => {
            format!("activated on {}, holds {} now", words::count(licenses, "license"), words::count(seats, "seat"))
        }
    };
    let until = reach.runs_until.map(|at| format!("; its last token there ends {}", words::exact(at)));
    let blocked = if reach.blocked { ". Blocked already" } else { "" };
    format!("{what}: {known}{}{blocked}.", until.unwrap_or_default())
}

fn for_what(scope: BlockScope, data: &Blocking) -> String {
    let name = |of: &Option<(uuid::Uuid, String)>| of.as_ref().map(|(_, name)| name.clone()).unwrap_or_default();
    match scope {
        BlockScope::License => format!("The license of {}", name(&data.license)),
        BlockScope::Product => format!("All licenses of {}", name(&data.product)),
        BlockScope::Server => "Everything on this server".to_owned(),
    }
}
