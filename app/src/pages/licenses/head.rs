//! The head of a license's page: its state and the reason for it, its code, and its acts.

use leptos::prelude::*;
use licensing::{
    Permission,
    license::{self, LicenseStatus},
    terms::Validity,
};

use crate::{
    admin::licenses::{code::RevealCode, detail::LicenseDetail},
    components::{Day, Icon, LicenseState, MaskedCode, PageHead, Shape, State, Symbol, dialog_address, may},
    form::{Form, act},
};

/// The head of a license's page.
#[component]
pub(super) fn Head(
    /// The license.
    of: StoredValue<LicenseDetail>,
) -> impl IntoView {
    let (name, status, withdrawn) = of.with_value(|it| (it.name.clone(), it.status, it.withdrawn));
    // The license itself may be fine, but nothing works.
    let stopped =
        withdrawn && matches!(status, LicenseStatus::NotStarted | LicenseStatus::Active | LicenseStatus::Ending);
    view! {
        <PageHead
            title=name
            live=of.with_value(|it| it.seen.clone())
            crumbs=vec![("/licenses".to_owned(), "Licenses".to_owned())]
            mark=move || match stopped {
                true => view! { <State shape=Shape::Suspended word="Product withdrawn" /> }.into_any(),
                false => view! { <LicenseState of=status /> }.into_any(),
            }
            lead=move || view! { {lead(of)} {code(of)} }
            actions=move || acts(of)
        />
    }
}

fn lead(of: StoredValue<LicenseDetail>) -> impl IntoView {
    let it = of.get_value();
    let (product, policy) = (it.product.clone(), it.policy.clone());
    let email = it.email.clone().filter(|_| it.customer.is_some());
    view! {
        <p class="lead">
            <a href=format!("/products/{}", product.0)>
                <bdi>{product.1}</bdi>
            </a> " on " <a href=format!("/policies/{}", policy.0)>
                <bdi>{policy.1}</bdi>
            </a> {email.map(|email| view! { ", for " <bdi>{email}</bdi> })} ". " {why(it)}
        </p>
    }
}

/// The state of the license and the reason for it.
fn why(license: LicenseDetail) -> impl IntoView {
    let reason = license.state_reason.map(|reason| {
        let end = if reason.ends_with(['.', '!', '?']) { " " } else { ". " };
        view! { ": " <q><bdi>{reason}</bdi></q> {end} }
    });
    let end = license.ends_at.map(|at| view! { <Day at /> });
    let validity = license.terms.with(&license.overrides).validity;
    let text = match license.status {
        LicenseStatus::Revoked => view! { "Permanently revoked" {reason} }.into_any(),
        LicenseStatus::Suspended => {
            view! { "Suspended" {reason} "Devices keep their seats but cannot renew." }.into_any()
        }
        LicenseStatus::Ended => view! { "Ended on " {end} ". Devices can no longer activate or renew." }.into_any(),
        LicenseStatus::Ending => view! { "Ends soon, on " {end} "." }.into_any(),
        status @ (LicenseStatus::NotStarted | LicenseStatus::Active) => {
            let begins = match status {
                LicenseStatus::NotStarted => "No device has activated yet. ",
                _ => "",
            };
            let ends = match (end, validity) {
                (Some(end), _) => view! { "Ends on " {end} "." }.into_any(),
                (None, Validity::FromFirstActivation(period)) => {
                    format!("Runs for {period} from the first activation.").into_any()
                }
                (None, Validity::Perpetual | Validity::Until(_) | Validity::FromIssue(_)) => "No end date.".into_any(),
            };
            view! { {begins} {ends} }.into_any()
        }
    };
    let maintained = license.maintained_until.filter(|_| license.state != license::State::Revoked).map(|at| {
        match at > license.now {
            true => view! { " New versions are covered until " <Day at /> "." }.into_any(),
            false => view! { " Versions released after " <Day at /> " are not covered." }.into_any(),
        }
    });
    let withdrawn = license.withdrawn.then_some(" The product is withdrawn: no device can activate or renew.");
    view! { {text} {maintained} {withdrawn} }
}

/// The end of the activation code, with buttons that reveal or reissue the code.
fn code(of: StoredValue<LicenseDetail>) -> impl IntoView {
    let action = act::<RevealCode>();
    let (id, tail) = of.with_value(|it| (it.id.to_string(), it.code_tail.clone()));
    let renewable = of.with_value(|it| it.state != license::State::Revoked) && may(Permission::ManageLicenses);
    let button = match may(Permission::RevealCodes) {
        true => view! {
            <Form action id="reveal" class="inline">
                <input type="hidden" name="id" value=id />
                <button class="button small quiet" type="submit" title="Recorded in the audit log">
                    <Icon of=Symbol::Eye />
                    " Reveal"
                </button>
            </Form>
            {renewable
                .then(|| {
                    view! {
                        <a class="button small quiet" href=dialog_address("reissue")>
                            <Icon of=Symbol::RefreshCw />
                            " Reissue"
                        </a>
                    }
                })}
        }
        .into_any(),
        false => view! { <small class="muted">"An administrator can reveal or reissue the code."</small> }.into_any(),
    };
    view! {
        <div class="lead row">
            <span class="muted small">"Code"</span>
            <MaskedCode tail />
            {button}
        </div>
    }
}

fn acts(of: StoredValue<LicenseDetail>) -> impl IntoView {
    let (id, state, ends, more_seats) = of.with_value(|it| (it.id, it.state, it.ends_at.is_some(), it.may_get_seats()));
    let edit = Act { symbol: Symbol::Pencil, label: "Edit", class: "button", needs: Permission::ManageLicenses };
    let suspend = Act { symbol: Symbol::Pause, label: "Suspend", needs: Permission::HelpCustomers, ..edit };
    let reinstate = Act { symbol: Symbol::Undo2, label: "Reinstate", ..suspend };
    let revoke = Act { symbol: Symbol::Ban, label: "Revoke", class: "button danger", ..edit };
    let extend = Act { symbol: Symbol::Clock, label: "Extend", ..edit };
    let seats = Act { symbol: Symbol::Plus, label: "Add seats", ..edit };
    let tags = Act { symbol: Symbol::Layers, label: "Tags", ..suspend };
    let first = [
        ends.then(|| (extend, dialog_address("extend"))),
        more_seats.then(|| (seats, dialog_address("seats"))),
        Some((edit, format!("/licenses/{id}/edit"))),
        Some((tags, dialog_address("tags"))),
    ];
    let last = match state {
        license::State::Active => vec![(suspend, dialog_address("suspend")), (revoke, dialog_address("revoke"))],
        license::State::Suspended => vec![(reinstate, dialog_address("reinstate")), (revoke, dialog_address("revoke"))],
        license::State::Revoked => Vec::new(),
    };
    let all: Vec<_> = match state {
        license::State::Active | license::State::Suspended => first.into_iter().flatten().chain(last).collect(),
        license::State::Revoked => Vec::new(),
    };
    let why = match (all.is_empty(), may(Permission::HelpCustomers), may(Permission::ManageLicenses)) {
        (true, _, _) | (false, true, true) => None,
        (false, true, false) => Some("An administrator may extend, add seats, edit and revoke."),
        (false, false, _) => Some(
            "Support may tag, suspend and reinstate; an administrator may also extend, add seats, edit and revoke.",
        ),
    };
    let buttons = all.into_iter().map(|(act, to)| act.button(to)).collect_view();
    view! { {buttons} {why.map(|why| view! { <small class="muted" id="why-not">{why}</small> })} }
}

/// A button in the head.
#[derive(Clone, Copy)]
struct Act {
    symbol: Symbol,
    label: &'static str,
    class: &'static str,
    needs: Permission,
}

impl Act {
    fn button(self, to: String) -> AnyView {
        let inside = view! { <Icon of=self.symbol /> " " {self.label} };
        match may(self.needs) {
            true => view! { <a class=self.class href=to>{inside}</a> }.into_any(),
            false => view! {
                <button class=self.class type="button" aria-disabled="true" aria-describedby="why-not">
                    {inside}
                </button>
            }
            .into_any(),
        }
    }
}
