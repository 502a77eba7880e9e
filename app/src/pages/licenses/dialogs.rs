//! The confirmation dialogs of acts on a license and its devices: the effects, the devices affected, and the reason.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use licensing::license::State;

use super::{devices::transfers_used, extend::ExtendDialogs, notes::NotesDialog};
use crate::{
    admin::{
        devices::ReturnTo,
        licenses::{
            acts::{ReinstateLicense, ResetTransfers, RevokeLicense, SuspendLicense},
            code::ReissueCode,
            detail::LicenseDetail,
        },
    },
    components::{Confirm, Dialog, TextField, When},
    form::act,
    pages::devices::{Asked, DeviceDialogs},
    text::words,
};

/// The dialogs of a license's page.
#[component]
pub(super) fn Dialogs(
    /// The license.
    of: StoredValue<LicenseDetail>,
) -> impl IntoView {
    let asked = of.with_value(|it| Asked {
        devices: it.devices.clone(),
        terms: it.terms.with(&it.overrides),
        used: it.used,
        now: it.now,
        from: ReturnTo::License,
    });
    let asked = StoredValue::new(asked);
    let (state, transfers) = of.with_value(|it| (it.state, it.transfers.map_or(0, |transfers| transfers.used)));
    view! {
        <Dialog name="suspend" title="Suspend this license?" applies=state == State::Active>
            {move || suspend(of)}
        </Dialog>
        <Dialog name="reinstate" title="Reinstate this license?" applies=state == State::Suspended>
            {move || reinstate(of)}
        </Dialog>
        <Dialog name="revoke" title="Permanently revoke this license?" applies=state != State::Revoked>
            {move || revoke(of)}
        </Dialog>
        <Dialog name="reissue" title="Reissue the code?" applies=state != State::Revoked>
            {move || reissue(of)}
        </Dialog>
        <Dialog name="lift" title="Reset the transfer count?" applies={transfers > 0}>
            {move || lift(of)}
        </Dialog>
        <ExtendDialogs of />
        <NotesDialog of />
        <DeviceDialogs of=asked />
    }
}

fn suspend(of: StoredValue<LicenseDetail>) -> impl IntoView {
    let action = act::<SuspendLicense>();
    view! {
        <p>"No device can activate or renew until the license is reinstated. " {of.with_value(what_runs_on)}</p>
        <Confirm
            action
            id="suspend"
            of=id(of)
            reason="For example: payment overdue, order NW-20418"
            does="Suspend license"
            danger=true
        />
    }
}

fn reinstate(of: StoredValue<LicenseDetail>) -> impl IntoView {
    let action = act::<ReinstateLicense>();
    view! {
        <p>"Devices can activate and renew again immediately, with the same code."</p>
        <Confirm action id="reinstate" of=id(of) reason="For example: paid on 3 November" does="Reinstate license" />
    }
}

fn revoke(of: StoredValue<LicenseDetail>) -> impl IntoView {
    let action = act::<RevokeLicense>();
    let (seated, name) = of.with_value(|it| (it.used > 0, it.name.clone()));
    let hint = format!("Type “{name}” to confirm.");
    view! {
        <p>"This can’t be undone. The code stops working permanently. " {of.with_value(what_stops)}</p>
        <Confirm
            action
            id="revoke"
            of=id(of)
            reason="For example: refunded, order NW-20418"
            does="Revoke license"
            danger=true
        >
            {seated.then(|| view! { <TextField name="name" label="Name of the license" hint required=true /> })}
        </Confirm>
    }
}

fn reissue(of: StoredValue<LicenseDetail>) -> impl IntoView {
    let action = act::<ReissueCode>();
    let used = of.with_value(|it| it.used);
    let devices = match used {
        0 => "No device holds a seat now.".to_owned(),
        1 => "The 1 device that holds a seat keeps it and renews with its token.".to_owned(),
        n => format!("The {} that hold seats keep them and renew with their tokens.", words::count(n, "device")),
    };
    view! {
        <p>
            "The old code stops working immediately. " {devices}
            " New activations need the new code: send it to the customer."
        </p>
        // Loads the whole page, as after creating a license: the code is given out once, to a page that starts with it.
        <Confirm
            action
            id="reissue"
            of=id(of)
            reason="For example: code was posted in a forum"
            does="Reissue code"
            danger=true
            whole_page=true
        />
    }
}

fn lift(of: StoredValue<LicenseDetail>) -> impl IntoView {
    let action = act::<ResetTransfers>();
    view! {
        <p>
            {of.with_value(|it| it.transfers.map(transfers_used))}
            " After a reset, none of them count, and devices can release their seats again. No seat is affected."
        </p>
        <Confirm action id="lift" of=id(of) reason="For example: two disks failed in one week" does="Reset transfer count" />
    }
}

fn id(of: StoredValue<LicenseDetail>) -> [(&'static str, String); 1] {
    [("id", of.with_value(|it| it.id.to_string()))]
}

/// Returns the end of the last token among devices with a seat; `None` if no token is still valid.
fn last_token(license: &LicenseDetail) -> Option<DateTime<Utc>> {
    let seated = license.devices.iter().filter(|device| device.holds_seat(license.now));
    seated.map(|device| device.token_expires_at).max().filter(|at| *at > license.now)
}

fn what_runs_on(license: &LicenseDetail) -> AnyView {
    let (used, now) = (license.used, license.now);
    match last_token(license) {
        Some(at) => view! {
            {words::count(used, "device")}
            {if used == 1 { " keeps its seat and runs" } else { " keep their seats and run" }}
            " until the last token ends " <When at now /> "."
        }
        .into_any(),
        None => "No device holds a seat now.".into_any(),
    }
}

fn what_stops(license: &LicenseDetail) -> AnyView {
    let (used, now) = (license.used, license.now);
    match last_token(license) {
        Some(at) => view! {
            {words::count(used, "device")}
            {if used == 1 { " loses its seat" } else { " lose their seats" }}
            " immediately and cannot renew. Offline devices stop when their token ends, the last one " <When at now /> "."
        }
        .into_any(),
        None => "No device holds a seat now.".into_any(),
    }
}
