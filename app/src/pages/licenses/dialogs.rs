//! What asks before something is done to a license or a device: what it will do, to how many, and why.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::devices::said_of_moves;
use crate::{
    admin::licenses::{
        acts::{LiftMoves, ReinstateLicense, RevokeLicense, SuspendLicense},
        code::ReissueCode,
        detail::LicenseDetail,
    },
    components::{Confirm, Dialog, TextField, When},
    form::act,
    pages::devices::{Asked, DeviceDialogs},
    words,
};

/// Every dialog of a license's page.
#[component]
pub(super) fn Dialogs(
    /// The license.
    of: StoredValue<LicenseDetail>,
) -> impl IntoView {
    let asked = of.with_value(|it| Asked {
        devices: it.devices.clone(),
        terms: it.terms.with(&it.overrides),
        now: it.now,
        from: None,
    });
    let asked = StoredValue::new(asked);
    view! {
        <Dialog name="suspend" title="Suspend this license?">
            {move || suspend(of)}
        </Dialog>
        <Dialog name="reinstate" title="Reinstate this license?">
            {move || reinstate(of)}
        </Dialog>
        <Dialog name="revoke" title="Revoke this license for good?">
            {move || revoke(of)}
        </Dialog>
        <Dialog name="reissue" title="Make a new code?">
            {move || reissue(of)}
        </Dialog>
        <Dialog name="lift" title="Lift the moves?">
            {move || lift(of)}
        </Dialog>
        <DeviceDialogs of=asked />
    }
}

fn suspend(of: StoredValue<LicenseDetail>) -> impl IntoView {
    let action = act::<SuspendLicense>();
    view! {
        <p>"Nothing activates or renews under it until it is reinstated. " {of.with_value(what_runs_on)}</p>
        <Confirm
            action
            id="suspend"
            of=id(of)
            reason="Such as: payment is overdue, order NW-20418"
            does="Suspend the license"
            danger=true
        />
    }
}

fn reinstate(of: StoredValue<LicenseDetail>) -> impl IntoView {
    let action = act::<ReinstateLicense>();
    view! {
        <p>"Devices may activate and renew again at once, with the code they have."</p>
        <Confirm action id="reinstate" of=id(of) reason="Such as: paid on 3 November" does="Reinstate the license" />
    }
}

fn revoke(of: StoredValue<LicenseDetail>) -> impl IntoView {
    let action = act::<RevokeLicense>();
    let (seated, name) = of.with_value(|it| (it.used > 0, it.name.clone()));
    let hint = format!("Type “{name}”, so that it is surely this one.");
    view! {
        <p>"This cannot be undone: the code is dead, and a new license has a new one. " {of.with_value(what_stops)}</p>
        <Confirm
            action
            id="revoke"
            of=id(of)
            reason="Such as: refunded, order NW-20418"
            does="Revoke the license"
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
        1 => "The 1 device that is in keeps its seat and renews with its token.".to_owned(),
        n => format!("The {} that are in keep their seats and renew with their tokens.", words::count(n, "device")),
    };
    view! {
        <p>
            "The old code finds nothing from then on, and is answered like one that never was. " {devices}
            " To activate again, or on another device, one needs the new code: send it to the customer."
        </p>
        // The whole page anew, as after a new license: the code is given out once, and to a page that begins with it.
        <Confirm
            action
            id="reissue"
            of=id(of)
            reason="Such as: the code was posted in a forum"
            does="Make a new code"
            danger=true
            whole_page=true
        />
    }
}

fn lift(of: StoredValue<LicenseDetail>) -> impl IntoView {
    let action = act::<LiftMoves>();
    view! {
        <p>
            {of.with_value(|it| it.moves.map(said_of_moves))}
            " Lifted, they count no more, and devices may give their seats up again. No seat changes by that."
        </p>
        <Confirm action id="lift" of=id(of) reason="Such as: two disks broke in one week" does="Lift the moves" />
    }
}

fn id(of: StoredValue<LicenseDetail>) -> [(&'static str, String); 1] {
    [("id", of.with_value(|it| it.id.to_string()))]
}

/// When the last token of a device with a seat ends.
fn last_token(license: &LicenseDetail) -> Option<DateTime<Utc>> {
    let seated = license.devices.iter().filter(|device| device.holds_seat(license.now));
    seated.map(|device| device.token_expires_at).max().filter(|at| *at > license.now)
}

fn what_runs_on(license: &LicenseDetail) -> AnyView {
    let (used, now) = (license.used, license.now);
    match last_token(license) {
        Some(at) => view! {
            {words::count(used, "device")}
            {if used == 1 { " keeps its seat, and runs" } else { " keep their seats, and run" }}
            " until the token ends, at the latest " <When at now /> "."
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
            " at once, and cannot renew; whoever stays offline stops at the latest " <When at now /> "."
        }
        .into_any(),
        None => "No device holds a seat now.".into_any(),
    }
}
