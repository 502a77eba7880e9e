//! What asks before support does something to a device: what it will do, until when, and why.

use leptos::prelude::*;
use licensing::Terms;
use uuid::Uuid;

use super::outlook::outlook;
use crate::{
    admin::devices::{
        DeviceLine,
        acts::{FreeDevice, NameDevice, RevokeDevice},
    },
    components::{Confirm, Dialog, TextField, asked_about},
    form::{Revision, act},
};

/// What can be asked about: the devices of a page, the terms of their license, and the server's time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    pub(crate) devices: Vec<DeviceLine>,
    pub(crate) terms: Terms,
    pub(crate) now: chrono::DateTime<chrono::Utc>,
    /// The device whose page the browser goes back to; else that of the license.
    pub(crate) from: Option<Uuid>,
}

/// The dialog that the address names, of a device that the page has: `revoke-ID`, `free-ID` or `name-ID`.
#[component]
pub(crate) fn DeviceDialogs(
    /// What can be asked about.
    of: StoredValue<Asked>,
) -> impl IntoView {
    let wanted = asked_about(move |dialog| {
        let (act, id) = dialog.split_once('-')?;
        let id = id.parse::<Uuid>().ok()?;
        let device = of.with_value(|it| it.devices.iter().find(|d| d.id == id).cloned())?;
        (act == "name" || !device.is_over()).then(|| (act.to_owned(), device))
    });
    move || {
        let (act, device) = wanted.get()?;
        let called = device.called();
        let (title, inside): (_, fn(StoredValue<Asked>, DeviceLine) -> AnyView) = match act.as_str() {
            "revoke" => (format!("Revoke {called}?"), revoke),
            "free" => (format!("Free the seat of {called}?"), free),
            "name" => (format!("Name {called}"), rename),
            _ => return None,
        };
        let name = format!("{act}-{}", device.id);
        Some(view! {
            <Dialog name title>
                {
                    let device = device.clone();
                    move || inside(of, device.clone())
                }
            </Dialog>
        })
    }
}

fn revoke(of: StoredValue<Asked>, device: DeviceLine) -> AnyView {
    let action = act::<RevokeDevice>();
    let block = format!("/devices/block?device={}", device.id);
    let then = of.with_value(|it| outlook(&device, &it.terms, it.now));
    view! {
        <p>
            {then}
            "The status list says from now on that its tokens are good no more. It may ask for a seat again: to keep it out, "
            <a href=block>"block it"</a> ". This can be undone for 10 minutes."
        </p>
        <Confirm
            action
            id="revoke-device"
            of=ids(of, device.id)
            reason="Such as: stolen, the customer wrote on 3 November"
            does="Revoke the device"
            danger=true
        />
    }
    .into_any()
}

fn free(of: StoredValue<Asked>, device: DeviceLine) -> AnyView {
    let action = act::<FreeDevice>();
    let then = of.with_value(|it| outlook(&device, &it.terms, it.now));
    view! {
        <p>
            "Gives the seat back in the customer’s place; it does not count as a move. "
            {then}
            "The device may ask for a seat again. This can be undone for 10 minutes."
        </p>
        <Confirm
            action
            id="free-device"
            of=ids(of, device.id)
            reason="Such as: moved to a new computer, asked by e-mail"
            does="Free the seat"
            danger=true
        />
    }
    .into_any()
}

fn rename(_: StoredValue<Asked>, device: DeviceLine) -> AnyView {
    let action = act::<NameDevice>();
    let hint = match &device.own_name {
        Some(own) => {
            format!("Only colleagues see it. Left empty, the device is called “{own}” again, as its software says.")
        }
        None => "Only colleagues see it.".to_owned(),
    };
    let (id, revision, name) = (device.id.to_string(), device.name_revision, device.name.unwrap_or_default());
    view! {
        <Confirm action id="name-device" of=[("id", id)] does="Save the name">
            <Revision of=revision />
            <TextField name="name" label="Name" value=name hint />
        </Confirm>
    }
    .into_any()
}

/// The device, and the page that the browser goes back to.
fn ids(of: StoredValue<Asked>, device: Uuid) -> [(&'static str, String); 2] {
    let from = of.with_value(|it| it.from.map(|id| id.to_string()).unwrap_or_default());
    [("id", device.to_string()), ("from", from)]
}
