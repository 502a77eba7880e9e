//! The page for creating an API token.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use licensing::{Act, Bundle, Permission, Scope};

use crate::{
    admin::tokens::{CreateToken, Tokens, list_tokens},
    components::{CheckField, FormSection, Icon, Only, PageHead, SelectField, Symbol, Table, TextArea, TextField},
    form::{Form, Submit, act},
    http::load::{Loaded, fetched},
};

/// The check boxes of permissions: permission, name and label.
const BOXES: [(Permission, &str, &str); 5] = [
    (Permission::See, "see", "View products, policies, licenses, devices and events"),
    (Permission::HelpCustomers, "help_customers", "Help customers: devices and suspensions"),
    (Permission::ManageLicenses, "manage_licenses", "Manage products, policies, licenses and codes"),
    (Permission::RevealCodes, "reveal_codes", "Reveal whole activation codes"),
    (Permission::RunServer, "run_server", "Run the server: webhooks and their deliveries"),
];

/// The page for creating an API token.
#[component]
pub fn NewTokenPage() -> impl IntoView {
    view! {
        <Only permission=Permission::RunServer>
            <New />
        </Only>
    }
}

#[component]
fn New() -> impl IntoView {
    let data = fetched(list_tokens);
    view! {
        <PageHead title="New token" crumbs=vec![("/settings/tokens".to_owned(), "API tokens".to_owned())] />
        <Loaded data view=form />
    }
}

fn form(data: Tokens) -> impl IntoView {
    let action = act::<CreateToken>();
    let chosen = use_query_map().with_untracked(|query| query.get("for"));
    let chosen = chosen.as_deref().and_then(Bundle::from_name);
    // Without a bundle, a token can only look.
    let scopes: Vec<Scope> = chosen.map_or(vec![Permission::See.into()], |bundle| bundle.scopes().collect());
    let acts = scopes.iter().filter_map(|scope| match scope {
        Scope::Act(act) => Some(act.name()),
        Scope::Permission(_) => None,
    });
    let acts = acts.collect::<Vec<_>>().join("\n");
    // Check boxes read the state of the form that they are in, so they are built inside it.
    let boxes = move || {
        BOXES.map(|(permission, name, label)| {
            let checked = scopes.contains(&permission.into());
            view! { <CheckField name label checked /> }
        })
    };
    let mut products = vec![(String::new(), "All products".to_owned())];
    products.extend(data.products);
    view! {
        <div class="narrow">
            {bundles(chosen)}
            <Form action id="token">
                <FormSection title="Token" text="A name that helps you recognize it.">
                    <TextField name="name" label="Name" placeholder="Web shop" required=true autofocus=true full=true />
                    <TextField
                        name="days"
                        label="Valid for"
                        value="90"
                        unit="days"
                        keyboard="numeric"
                        hint="At most 366. Rotating the token does not extend it."
                        required=true
                    />
                </FormSection>
                <FormSection title="Scopes" text="What it can do. Grant as little as possible.">
                    <div class="field full stack">{boxes().collect_view()}</div>
                    <TextArea
                        name="acts"
                        label="Single acts"
                        value=acts
                        placeholder="licenses.revoke"
                        hint="One per line. Acts that ask people for a fresh proof must be named here."
                        code=true
                    />
                    <div class="full">{list_of_acts()}</div>
                </FormSection>
                <FormSection title="Limits" text="Where it works.">
                    <SelectField name="product" label="Product" choices=products />
                    <TextField
                        name="networks"
                        label="Networks"
                        placeholder="203.0.113.0/24"
                        hint="IP addresses or networks that may use it, separated by commas. Leave empty to allow any."
                        full=true
                    />
                </FormSection>
                <div class="form-foot">
                    <Submit>"Create token"</Submit>
                    <a class="button quiet" href="/settings/tokens">
                        "Cancel"
                    </a>
                </div>
            </Form>
        </div>
    }
}

/// Links that fill in the scopes of a common system.
fn bundles(chosen: Option<Bundle>) -> impl IntoView {
    let links = Bundle::ALL.map(|bundle| {
        let current = (chosen == Some(bundle)).then_some("true");
        view! {
            <a href=format!("/settings/tokens/new?for={}", bundle.name) aria-current=current>
                {bundle.label}
            </a>
        }
    });
    let purpose = chosen.map(|it| view! { <p class="soft">{it.purpose}</p> });
    view! {
        <div class="stack">
            <p>"Choose the kind of system that will use the token, to fill in its scopes; or choose them one by one."</p>
            <nav class="tabs" aria-label="Kinds of systems">
                {links.collect_view()}
            </nav>
            {purpose}
        </div>
    }
}

/// All acts that the API offers.
fn list_of_acts() -> impl IntoView {
    let rows = Act::ALL.iter().filter(|act| act.is_by_api()).map(|act| {
        let covering = BOXES.iter().find(|(permission, ..)| Scope::from(*permission).covers(*act));
        let covering = covering.map_or("None: name the act", |(_, _, label)| *label);
        view! {
            <tr>
                <th scope="row">
                    <code>{act.name()}</code>
                </th>
                <td>{covering}</td>
            </tr>
        }
    });
    let rows: Vec<_> = rows.collect();
    view! {
        <details class="more">
            <summary>
                <Icon of=Symbol::ChevronRight />
                "All acts, and which box includes them"
            </summary>
            <Table caption="Acts" columns=[("Act", ""), ("Check box that includes it", "")] scrolls=true>
                {rows}
            </Table>
        </details>
    }
}
