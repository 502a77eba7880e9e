//! Blocking a device: first its fingerprint, then the scope and the reason.

use leptos::{either::Either, prelude::*};
use leptos_router::components::Form as Asking;
use licensing::{Permission, activation::BlockScope};

use crate::{
    admin::devices::blocks::{BlockDevice, Blocking, Reach, block_form},
    components::{CheckField, Code, FormSection, Notice, Only, PageHead, SelectField, TextField, Tone},
    form::{Form, Submit, act},
    http::{
        address::query_values,
        load::{Loaded, fetched},
    },
    text::words,
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

/// Returns the parent page as a breadcrumb, and its address.
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

/// Asks for the fingerprint, by GET: the next page then shows what a block would affect.
fn which(license: String, product: String) -> impl IntoView {
    view! {
        <Asking method="GET" action="" attr:class="stack">
            <input type="hidden" name="license" value=license />
            <input type="hidden" name="product" value=product />
            <FormSection title="Device" text="The next page shows what a block would affect. Nothing is blocked yet.">
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
                    <p class="hint">"Exactly as the software sends it. You can copy it from the device’s page."</p>
                </div>
            </FormSection>
            <div class="form-foot">
                <button class="button primary" type="submit">
                    "Continue"
                </button>
            </div>
        </Asking>
    }
}

fn how_far(data: Blocking, device: String, back: String) -> impl IntoView {
    let action = act::<BlockDevice>();
    let open: Vec<_> = data.reach.iter().filter(|reach| !reach.blocked).cloned().collect();
    let reached: Vec<_> = data.reach.iter().map(|reach| describe(reach, &data)).collect();
    let choices: Vec<_> =
        open.iter().map(|reach| (reach.scope.name().to_owned(), for_what(reach.scope, &data))).collect();
    let seats = open.iter().any(|reach| reach.seats > 0);
    let id = |of: &Option<(uuid::Uuid, String)>| of.as_ref().map(|(id, _)| id.to_string()).unwrap_or_default();
    let (license, product) = (id(&data.license), id(&data.product));
    let fingerprint = data.fingerprint.clone();
    let list = view! {
        <ul class="small">
            {reached.into_iter().map(|text| view! { <li>{text}</li> }).collect_view()}
        </ul>
    };
    let form = match choices.is_empty() {
        true => Either::Left(view! {
            <Notice tone=Tone::Warn>
                <p>"It is already blocked for everything that you can choose here."</p>
            </Notice>
        }),
        false => Either::Right(view! {
            <Form action id="block">
                <input type="hidden" name="fingerprint" value=fingerprint />
                <input type="hidden" name="license" value=license />
                <input type="hidden" name="product" value=product />
                <input type="hidden" name="device" value=device />
                <FormSection title="Scope" text="The device can no longer activate or renew there. Its current token stays valid until it expires.">
                    <SelectField name="scope" label="Block for" choices />
                    {seats
                        .then(|| {
                            view! {
                                <CheckField
                                    name="revoke"
                                    label="Also revoke its seats there now"
                                    hint="The same as revoking each one yourself: its tokens are marked invalid in the status list, and other devices may take the seats."
                                />
                            }
                        })}
                    <TextField
                        name="reason"
                        label="Reason"
                        placeholder="For example: stolen, customer wrote on 3 November"
                        hint="Saved with the block and in the audit log."
                        required=true
                        full=true
                    />
                </FormSection>
                <div class="form-foot">
                    <Submit class="danger primary">"Block device"</Submit>
                    <a class="button quiet" href=back>
                        "Cancel"
                    </a>
                </div>
            </Form>
        }),
    };
    view! {
        <FormSection title="Device" text="What is known about it, and what a block would affect.">
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

/// Describes a scope: `All licenses of Drift Pro: activated on 2 licenses, holds 2 seats now.`
fn describe(reach: &Reach, data: &Blocking) -> String {
    let what = for_what(reach.scope, data);
    let known = match (reach.licenses, reach.seats) {
        (0, _) => "never activated there".to_owned(),
        (licenses, 0) => format!("activated on {}, holds no seat now", words::count(licenses, "license")),
        (licenses, seats) => {
            format!("activated on {}, holds {} now", words::count(licenses, "license"), words::count(seats, "seat"))
        }
    };
    let until = reach.runs_until.map(|at| format!("; its last token there expires on {}", words::exact(at)));
    let blocked = if reach.blocked { ". Already blocked" } else { "" };
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
