//! One license, in tabs: devices, activity, terms, notes.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use licensing::Permission;

use super::{
    activity::{self, PART},
    devices::Devices,
    dialogs::Dialogs,
    head::Head,
    notes::Notes,
    secret::Revealed,
    terms::{FeaturesPanel, TermsPanel},
};
use crate::{
    admin::licenses::{
        code::{Secret, take_code},
        detail::{LicenseDetail, license},
        tab::LicenseTab,
    },
    components::{AFTER, BEFORE, Code, DIALOG, Fact, Facts, Panel, When, may},
    http::{
        address::query_values,
        load::{Loaded, fetched},
    },
    pages::devices::{AuthorizedPanel, BlocksPanel},
};

/// Number of characters of the notes that the tab of devices shows.
const NOTES_IN_SIGHT: usize = 280;

/// The page of a license, at the tab of its devices.
#[component]
pub fn LicensePage() -> impl IntoView {
    of_tab(LicenseTab::Devices)
}

/// The page of a license, at the tab of its decisions and events.
#[component]
pub fn LicenseActivityPage() -> impl IntoView {
    of_tab(LicenseTab::Activity)
}

/// The page of a license, at the tab of its terms.
#[component]
pub fn LicenseTermsPage() -> impl IntoView {
    of_tab(LicenseTab::Terms)
}

/// The page of a license, at the tab of its notes.
#[component]
pub fn LicenseNotesPage() -> impl IntoView {
    of_tab(LicenseTab::Notes)
}

fn of_tab(tab: LicenseTab) -> impl IntoView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").unwrap_or_default());
    let secret = ArcAsyncDerived::new(move || async move {
        match tab == LicenseTab::Devices && may(Permission::RevealCodes) {
            true => take_code(id()).await.ok().flatten(),
            false => None,
        }
    });
    let wanted = query_values([PART, BEFORE, AFTER, DIALOG]);
    let data = fetched(move || {
        let [part, before, after, dialog] = wanted();
        license(id(), tab, !dialog.is_empty(), [part, before, after])
    });
    let page = move |data: LicenseDetail| {
        let of = StoredValue::new(data);
        let inside = match tab {
            LicenseTab::Devices => devices(of, given_out(secret.clone())).into_any(),
            LicenseTab::Activity => activity::panel(of).into_any(),
            LicenseTab::Terms => view! { <div class="halves"><TermsPanel of /> {features(of)}</div> }.into_any(),
            LicenseTab::Notes => view! { <Notes of /> }.into_any(),
        };
        view! {
            <Head of />
            {tabs(of, tab)}
            {inside}
            {may(Permission::HelpCustomers).then(|| view! { <Dialogs of /> })}
        }
    };
    view! { <Loaded data view=page /> }
}

/// Links to the tabs. Each has an address of its own.
fn tabs(of: StoredValue<LicenseDetail>, here: LicenseTab) -> impl IntoView {
    let id = of.with_value(|it| it.id);
    let links = LicenseTab::ALL.map(|tab| {
        view! {
            <li>
                <a href=tab.path(id) aria-current=(tab == here).then_some("page")>
                    {tab.label()}
                </a>
            </li>
        }
    });
    view! {
        <nav class="tabs" aria-label="License">
            <ul>{links.collect_view()}</ul>
        </nav>
    }
}

/// The tab of devices: a code that was just given out, the devices, and what else decides which of them run.
fn devices(of: StoredValue<LicenseDetail>, given_out: impl Fn() -> AnyView + Send + 'static) -> impl IntoView {
    let id = of.with_value(|it| it.id);
    view! {
        <Suspense>{given_out}</Suspense>
        <Devices of />
        <AuthorizedPanel license=id />
        <div class="split">
            <div>
                <BlocksPanel license=id />
            </div>
            <div>{noted(of)} {known(of)}</div>
        </div>
    }
}

/// The beginning of the notes, with a link to the whole.
fn noted(of: StoredValue<LicenseDetail>) -> Option<AnyView> {
    let (id, notes) = of.with_value(|it| (it.id, it.notes.clone()));
    let notes = notes?;
    let beginning: String = notes.chars().take(NOTES_IN_SIGHT).collect();
    let is_cut = beginning.len() < notes.len();
    Some(
        view! {
            <Panel id="notes" title="Notes" aside=move || view! { <a href=format!("/licenses/{id}/notes")>"All notes"</a> }>
                <p class="small lines">
                    <bdi>{beginning} {is_cut.then_some(" …")}</bdi>
                </p>
            </Panel>
        }
        .into_any(),
    )
}

/// The whole activation code, if it was just created or revealed.
fn given_out(secret: ArcAsyncDerived<Option<Secret>>) -> impl Fn() -> AnyView + Send + 'static {
    move || {
        let secret = secret.clone();
        Suspend::new(async move { secret.await.map(|secret| view! { <Revealed secret /> }) }).into_any()
    }
}

fn features(of: StoredValue<LicenseDetail>) -> Option<AnyView> {
    let features = of.with_value(|it| it.features.clone());
    (!features.is_empty()).then(|| view! { <FeaturesPanel features /> }.into_any())
}

/// Details of the license and its customer.
fn known(of: StoredValue<LicenseDetail>) -> impl IntoView {
    let it = of.get_value();
    let (issued, now) = (it.issued_at, it.now);
    let text = |name: &'static str, value: Option<String>| {
        value.map(|value| {
            view! {
                <Fact name>
                    <bdi>{value}</bdi>
                </Fact>
            }
        })
    };
    let started = it.first_activated_at.map(|at| {
        view! {
            <Fact name="First activation">
                <When at now />
            </Fact>
        }
    });
    let metadata = (!it.metadata.is_empty()).then(|| {
        view! {
            <Fact name="Metadata">
                <pre class="small">{it.metadata}</pre>
            </Fact>
        }
    });
    let tags = (!it.tags.is_empty()).then(|| it.tags.join(", "));
    view! {
        <Panel id="known" title="Details">
            <Facts>
                {text("Customer", it.customer)} {text("E-mail", it.email)} {text("Reference", it.reference)} {text("Tags", tags)}
                <Fact name="Issued">
                    <When at=issued now />
                </Fact> {started}
                {it.imported.then(|| view! { <Fact name="Code">"imported"</Fact> })}
                <Fact name="License ID">
                    <Code text=it.id.to_string() copies="the license ID" />
                </Fact> {metadata}
            </Facts>
        </Panel>
    }
}
