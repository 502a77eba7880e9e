//! The form of a subscription.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use licensing::Permission;

use crate::{
    admin::webhooks::{
        WebhookChoices,
        acts::{ChangeWebhook, CreateWebhook},
        groups, webhook_form,
    },
    components::{CheckField, FormSection, Only, PageHead, SelectField, Table, TextArea, TextField},
    form::{Form, Revision, Submit, act},
    http::load::{Loaded, fetched},
};

/// The check boxes: name, pattern and label.
const BOXES: [(&str, &str, &str); 10] = [
    ("all", "*", "Everything, except renewals and check-ins"),
    ("license", "license.*", "Licenses: created, edited, suspended, revoked, extended, expiring, expired"),
    ("code", "code.*", "Activation codes: revealed, reissued"),
    ("activation", "activation.*", "Devices: activated, released, freed, revoked, refused"),
    ("device", "device.*", "Blocks of devices"),
    ("product", "product.*", "Products"),
    ("policy", "policy.*", "Policies"),
    ("key", "key.*", "Signing keys"),
    ("job", "job.*", "Acts on many licenses: finished"),
    ("webhook", "webhook.*", "Other webhooks: suspended, disabled"),
];

/// The page for creating a subscription.
#[component]
pub fn NewWebhookPage() -> impl IntoView {
    view! {
        <Only permission=Permission::RunServer>
            <Edit />
        </Only>
    }
}

/// The page for editing a subscription.
#[component]
pub fn EditWebhookPage() -> impl IntoView {
    view! {
        <Only permission=Permission::RunServer>
            <Edit />
        </Only>
    }
}

#[component]
fn Edit() -> impl IntoView {
    let params = use_params_map();
    let data = fetched(move || webhook_form(params.with(|params| params.get("id").unwrap_or_default())));
    view! { <Loaded data view=page /> }
}

fn page(data: WebhookChoices) -> impl IntoView {
    let mut crumbs = vec![("/settings/webhooks".to_owned(), "Webhooks".to_owned())];
    let (title, back) = match &data.edited {
        Some(line) => {
            let back = format!("/settings/webhooks/{}", line.id);
            crumbs.push((back.clone(), line.url.clone()));
            ("Edit webhook", back)
        }
        None => ("New webhook", "/settings/webhooks".to_owned()),
    };
    view! {
        <PageHead title crumbs />
        <div class="narrow">{form(data, back)}</div>
    }
}

fn form(data: WebhookChoices, back: String) -> impl IntoView {
    let WebhookChoices { edited, products } = data;
    let action = if edited.is_some() { act::<ChangeWebhook>() } else { act::<CreateWebhook>() };
    let does = if edited.is_some() { "Save changes" } else { "Create webhook" };
    let chosen: Vec<String> = edited.as_ref().map(|line| line.event_types.clone()).unwrap_or_default();
    let single = chosen.iter().filter(|text| BOXES.iter().all(|(_, pattern, _)| pattern != text));
    let single = single.cloned().collect::<Vec<_>>().join("\n");
    let product = match edited.as_ref().map(|line| line.products.as_slice()) {
        Some([(id, _)]) => id.to_string(),
        _ => String::new(),
    };
    let any = match edited.as_ref().map(|line| line.products.len()) {
        Some(n) if n > 1 => format!("The {n} products chosen through the API"),
        _ => "All products".to_owned(),
    };
    let mut choices = vec![(String::new(), any)];
    choices.extend(products);
    let opened = edited.as_ref().map(|line| (line.id, line.revision));
    let hidden = move || {
        opened.map(|(id, revision)| {
            view! {
                <input type="hidden" name="id" value=id.to_string() />
                <Revision of=revision />
            }
        })
    };
    let (url, description) = match &edited {
        Some(line) => (line.url.clone(), line.description.clone().unwrap_or_default()),
        None => (String::new(), String::new()),
    };
    let hint = match edited.is_some() {
        true => "A new address is verified again before it receives anything.",
        false => "Your system answers a challenge there before it receives anything.",
    };
    view! {
        <Form action id="webhook">
            {hidden()}
            <FormSection title="Receiver" text="The system that receives the messages.">
                <TextField
                    name="url"
                    label="Address"
                    kind="url"
                    value=url
                    placeholder="https://example.com/hooks"
                    hint
                    required=true
                    autofocus=true
                    full=true
                />
                <TextField name="description" label="Description" value=description full=true />
            </FormSection>
            <FormSection title="Events" text="What it is told.">
                <div class="field full stack">{boxes(&chosen)}</div>
                <TextArea
                    name="types"
                    label="Single types"
                    value=single
                    placeholder="activation.renewed"
                    hint="One per line, from the list below."
                    code=true
                />
            </FormSection>
            <FormSection title="Limits" text="Which objects it is told of.">
                <SelectField name="of_product" label="Product" choices value=product />
            </FormSection>
            <div class="form-foot">
                <Submit>{does}</Submit>
                <a class="button quiet" href=back>
                    "Cancel"
                </a>
            </div>
        </Form>
        {types()}
    }
}

/// The check boxes. Built within the form, whose state they read.
fn boxes(chosen: &[String]) -> impl IntoView + use<> {
    let boxes = BOXES.map(|(name, pattern, label)| {
        let checked = chosen.iter().any(|text| text == pattern);
        view! { <CheckField name label checked /> }
    });
    boxes.collect_view()
}

/// All types with their descriptions.
fn types() -> impl IntoView {
    let rows = groups().into_iter().flat_map(|(_, types)| types).map(|of| {
        let named = of.must_be_named.then(|| view! { <span class="sub">"Only if it is named: it is frequent."</span> });
        view! {
            <tr>
                <th scope="row">
                    <code>{of.name}</code>
                </th>
                <td>{of.description} {named}</td>
            </tr>
        }
    });
    let rows: Vec<_> = rows.collect();
    view! {
        <details class="more">
            <summary>"All types of messages"</summary>
            <Table caption="Types of messages" columns=[("Type", ""), ("Sent when", "")] scrolls=true>
                {rows}
            </Table>
        </details>
    }
}
