//! The confirmation dialogs of acts on a device: the effects, how long they can be undone, and the reason.

use leptos::prelude::*;
use licensing::Terms;
use uuid::Uuid;

use super::outlook::outlook;
use crate::{
    admin::devices::{
        DeviceLine, ReturnTo,
        acts::{FreeDevice, NameDevice, RevokeDevice},
    },
    components::{Confirm, Dialog, TextField, dialog_target},
    form::{Revision, act},
};

/// The subjects of the dialogs: the devices on a page, the terms of their license, and the server's time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    pub(crate) devices: Vec<DeviceLine>,
    pub(crate) terms: Terms,
    /// Number of seats of the license in use now.
    pub(crate) used: u64,
    pub(crate) now: chrono::DateTime<chrono::Utc>,
    /// The page that the browser returns to.
    pub(crate) from: ReturnTo,
}

/// The dialog named in the address, for a device on the page: `revoke-ID`, `free-ID` or `name-ID`.
#[component]
pub(crate) fn DeviceDialogs(
    /// The subjects of the dialogs.
    of: StoredValue<Asked>,
) -> impl IntoView {
    let wanted = dialog_target(move |dialog| {
        let (act, id) = dialog.split_once('-')?;
        let id = id.parse::<Uuid>().ok()?;
        let device = of.with_value(|it| it.devices.iter().find(|d| d.id == id).cloned())?;
        (act == "name" || !device.is_over()).then(|| (act.to_owned(), device))
    });
    move || {
        let (act, device) = wanted.get()?;
        let display_name = device.display_name();
        let (title, inside): (_, fn(StoredValue<Asked>, DeviceLine) -> AnyView) = match act.as_str() {
            "revoke" => (format!("Revoke {display_name}?"), revoke),
            "free" if of.with_value(|it| device.holds_seat(it.now)) => {
                (format!("Free the seat of {display_name}?"), free)
            }
            "free" => (format!("End the session of {display_name}?"), free),
            "name" => (format!("Rename {display_name}"), rename),
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
    let then = of.with_value(|it| outlook(&device, (&it.terms, it.used), it.now));
    view! {
        <p>
            {then}
            "The device’s tokens are marked invalid in the status list. It may activate again; to prevent that, "
            <a href=block>"block it"</a> ". You can undo this for 10 minutes."
        </p>
        <Confirm
            action
            id="revoke-device"
            of=ids(of, device.id)
            reason="For example: stolen, customer wrote on 3 November"
            does="Revoke device"
            danger=true
        />
    }
    .into_any()
}

fn free(of: StoredValue<Asked>, device: DeviceLine) -> AnyView {
    let action = act::<FreeDevice>();
    let (then, held) = of.with_value(|it| (outlook(&device, (&it.terms, it.used), it.now), device.holds_seat(it.now)));
    view! {
        <p>
            {held.then_some("Freeing the seat doesn’t count toward the transfer limit. ")}
            {then}
            "The device may activate again."
            {held.then_some(" You can undo this for 10 minutes.")}
        </p>
        <Confirm
            action
            id="free-device"
            of=ids(of, device.id)
            reason="For example: customer has a new computer, asked by e-mail"
            does=if held { "Free seat" } else { "End session" }
        />
    }
    .into_any()
}

fn rename(_: StoredValue<Asked>, device: DeviceLine) -> AnyView {
    let action = act::<NameDevice>();
    let hint = match &device.own_name {
        Some(own) => {
            format!("Only visible to your team. Leave empty to use “{own}”, the name that the software reports.")
        }
        None => "Only visible to your team.".to_owned(),
    };
    let (id, revision, name) = (device.id.to_string(), device.name_revision, device.name.unwrap_or_default());
    view! {
        <Confirm action id="name-device" of=[("id", id)] does="Save name">
            <Revision of=revision />
            <TextField name="name" label="Name" value=name hint />
        </Confirm>
    }
    .into_any()
}

/// The hidden fields: the device, and the page that the browser returns to.
fn ids(of: StoredValue<Asked>, device: Uuid) -> [(&'static str, String); 2] {
    let from = of.with_value(|it| it.from);
    [("id", device.to_string()), ("from", from.field())]
}
