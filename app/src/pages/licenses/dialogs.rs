//! What asks before something is done to a license or a device: what it will do, to how many, and why.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use uuid::Uuid;

use crate::{
    admin::licenses::{
        acts::{ReinstateLicense, RevokeDevice, RevokeLicense, SuspendLicense},
        detail::{DeviceLine, LicenseDetail},
    },
    components::{Cancel, DIALOG, Dialog, TextField, When},
    form::{Form, Submit},
    words,
};

/// Every dialog of a license's page.
#[component]
pub(super) fn Dialogs(
    /// The license.
    of: StoredValue<LicenseDetail>,
) -> impl IntoView {
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
        {device_dialog(of)}
    }
}

fn suspend(of: StoredValue<LicenseDetail>) -> impl IntoView {
    let action = ServerAction::<SuspendLicense>::new();
    view! {
        <p>"Nothing activates or renews under it until it is reinstated. " {of.with_value(what_runs_on)}</p>
        <Form action id="suspend">
            {hidden(of)} <Reason placeholder="Such as: payment is overdue, order NW-20418" />
            <footer>
                <Cancel />
                <Submit class="danger primary">"Suspend the license"</Submit>
            </footer>
        </Form>
    }
}

fn reinstate(of: StoredValue<LicenseDetail>) -> impl IntoView {
    let action = ServerAction::<ReinstateLicense>::new();
    view! {
        <p>"Devices may activate and renew again at once, with the code they have."</p>
        <Form action id="reinstate">
            {hidden(of)} <Reason placeholder="Such as: paid on 3 November" />
            <footer>
                <Cancel />
                <Submit>"Reinstate the license"</Submit>
            </footer>
        </Form>
    }
}

fn revoke(of: StoredValue<LicenseDetail>) -> impl IntoView {
    let action = ServerAction::<RevokeLicense>::new();
    let (seated, name) = of.with_value(|it| (it.used > 0, it.name.clone()));
    view! {
        <p>"This cannot be undone: the code is dead, and a new license has a new one. " {of.with_value(what_stops)}</p>
        <Form action id="revoke">
            {hidden(of)} <Reason placeholder="Such as: refunded, order NW-20418" />
            {seated
                .then(|| {
                    view! {
                        <TextField
                            name="name"
                            label="Name of the license"
                            hint=format!("Type “{name}”, so that it is surely this one.")
                            required=true
                        />
                    }
                })}
            <footer>
                <Cancel />
                <Submit class="danger primary">"Revoke the license"</Submit>
            </footer>
        </Form>
    }
}

/// The dialog of the device that the address names, as far as the license has it.
fn device_dialog(of: StoredValue<LicenseDetail>) -> impl IntoView {
    let query = use_query_map();
    let wanted = Memo::new(move |_| {
        let dialog = query.with(|query| query.get(DIALOG))?;
        let id = dialog.strip_prefix("device-")?.parse::<Uuid>().ok()?;
        of.with_value(|it| it.devices.iter().find(|d| d.id == id && d.revoked_at.is_none()).cloned())
    });
    move || {
        wanted.get().map(|device| {
            let title = format!("Revoke {}?", device.called());
            view! {
                <Dialog name=format!("device-{}", device.id) title>
                    {
                        let device = device.clone();
                        move || revoke_device(of, &device)
                    }
                </Dialog>
            }
        })
    }
}

fn revoke_device(of: StoredValue<LicenseDetail>, device: &DeviceLine) -> impl IntoView + use<> {
    let action = ServerAction::<RevokeDevice>::new();
    let now = of.with_value(|it| it.now);
    let (id, until) = (device.id.to_string(), device.token_expires_at);
    let offline = (until > now).then(|| {
        view! { "If it stays offline, it runs on until its token ends, " <When at=until now /> ". " }
    });
    let seat = match device.holds_seat(now) {
        true => "Takes the seat of this 1 device at once, so that another may have it. ",
        false => "This device holds no seat; revoking it ends its session for good. ",
    };
    view! {
        <p>{seat} {offline} "It may ask for a seat again: to keep it out, suspend the license."</p>
        <Form action id="revoke-device">
            <input type="hidden" name="id" value=id />
            <input type="hidden" name="license" value=of.with_value(|it| it.id.to_string()) />
            <Reason placeholder="Such as: sold, the customer wrote on 3 November" />
            <footer>
                <Cancel />
                <Submit class="danger primary">"Revoke the device"</Submit>
            </footer>
        </Form>
    }
}

#[component]
fn Reason(placeholder: &'static str) -> impl IntoView {
    view! {
        <TextField
            name="reason"
            label="Reason"
            placeholder
            hint="Stands in the audit log, for the next colleague."
            required=true
        />
    }
}

fn hidden(of: StoredValue<LicenseDetail>) -> impl IntoView {
    view! { <input type="hidden" name="id" value=of.with_value(|it| it.id.to_string()) /> }
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
