//! The pre-registered devices of a license.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use licensing::{Permission, sentence::thousands};
use uuid::Uuid;

use crate::{
    admin::devices::authorized::{
        AuthorizeDevices, Authorized, AuthorizedLine, MOST_SHOWN, UnauthorizeDevice, list_authorized,
    },
    components::{
        Code, Confirm, Dialog, Gate, Icon, Panel, Symbol, Table, TextArea, When, dialog_address, dialog_target, may,
    },
    form::act,
    http::load::{Loaded, fetched},
};

/// Prefix of the name of a dialog that removes a device; the device's place in the list follows.
const TAKE_OUT: &str = "take-out-";

/// The pre-registered devices. Shows nothing if there are none and the terms do not require pre-registration.
#[component]
pub(crate) fn AuthorizedPanel(
    /// The license.
    license: Uuid,
) -> impl IntoView {
    let data = fetched(move || list_authorized(license.to_string()));
    view! { <Loaded data view=panel /> }
}

fn panel(data: Authorized) -> Option<AnyView> {
    if !data.asked && data.count == 0 {
        return None;
    }
    let (count, now, asked) = (data.count, data.now, data.asked);
    let of = StoredValue::new(data.clone());
    let aside = move || {
        view! {
            <p>{thousands(count)} " pre-registered"</p>
            <Gate permission=Permission::HelpCustomers label="Pre-register devices">
                <a class="button small" href=dialog_address("enter")>
                    <Icon of=Symbol::Plus />
                    " Pre-register devices"
                </a>
            </Gate>
        }
    };
    let body = match data.lines.is_empty() {
        true => view! {
            <div class="body">
                <p class="soft small">
                    "The terms allow only pre-registered devices, and there are none yet: no device can activate."
                </p>
            </div>
        }
        .into_any(),
        false => table(data.lines, now).into_any(),
    };
    let cut = usize::try_from(count).is_ok_and(|count| count > MOST_SHOWN);
    let footer = (cut || !asked).then(|| {
        view! {
            <footer>
                {cut.then(|| view! { <p>{format!("Only the newest {MOST_SHOWN} are shown.")}</p> })}
                {(!asked).then_some("The terms currently allow any device; this list has no effect until they require pre-registration.")}
            </footer>
        }
    });
    Some(
        view! {
            <Panel id="authorized" title="Pre-registered devices" aside bare=true>
                {body}
                {footer}
            </Panel>
            {may(Permission::HelpCustomers)
                .then(|| {
                    view! {
                        <Dialog name="enter" title="Pre-register devices">
                            {move || register_dialog(of)}
                        </Dialog>
                        {take_out(of)}
                    }
                })}
        }
        .into_any(),
    )
}

fn table(lines: Vec<AuthorizedLine>, now: DateTime<Utc>) -> impl IntoView {
    let rows = lines.into_iter().enumerate().map(move |(place, line)| row(place, line, now));
    view! {
        <Table
            class="entered stacks"
            caption="Pre-registered devices, newest first"
            columns=[("Fingerprint", ""), ("Device", ""), ("Registered", "seen"), ("Actions", "acts")]
        >
            {rows.collect_view()}
        </Table>
    }
}

fn row(place: usize, line: AuthorizedLine, now: DateTime<Utc>) -> impl IntoView {
    let (display_name, at) = (display_name(&line), line.at);
    let device = line.device.map(|(id, name)| {
        let name = name.unwrap_or_else(|| "unnamed device".to_owned());
        view! {
            <a href=format!("/devices/{id}")>
                <bdi>{name}</bdi>
            </a>
        }
    });
    let note = line.note.map(|note| view! { <span class="sub"><bdi>{note}</bdi></span> });
    let act = may(Permission::HelpCustomers).then(|| {
        let label = format!("Remove {display_name}");
        view! {
            <a class="button small" href=dialog_address(&format!("{TAKE_OUT}{place}")) aria-label=label>
                "Remove"
            </a>
        }
    });
    view! {
        <tr>
            <th scope="row">
                <Code text=line.fingerprint.clone() copies=format!("the fingerprint of {display_name}") />
            </th>
            <td>
                {match device {
                    Some(device) => device.into_any(),
                    None => view! { <span class="muted">"not activated yet"</span> }.into_any(),
                }} {note}
            </td>
            <td class="seen">
                <When at now />
            </td>
            <td class="acts">
                <div class="row-acts">{act}</div>
            </td>
        </tr>
    }
}

fn display_name(line: &AuthorizedLine) -> String {
    let name = line.device.as_ref().and_then(|(_, name)| name.clone());
    name.or_else(|| line.note.clone()).unwrap_or_else(|| line.fingerprint.clone())
}

fn register_dialog(of: StoredValue<Authorized>) -> impl IntoView {
    let action = act::<AuthorizeDevices>();
    let license = of.with_value(|it| it.license.to_string());
    view! {
        <p>"These devices may activate. Pre-registering takes no seats, and the seat limit still applies."</p>
        <Confirm action id="enter" of=[("license", license)] does="Pre-register devices">
            <TextArea
                name="devices"
                label="Devices"
                hint="One per line: the fingerprint, optionally followed by a tab or “ # ” and a note. At most 1,000 at a time."
                placeholder="SHA256:9f3ce41b7d5a # Lab, desk 4"
                rows=8
                code=true
                required=true
            />
        </Confirm>
    }
}

/// The dialog that removes a device. The address names the device by its place in the list.
fn take_out(of: StoredValue<Authorized>) -> impl IntoView {
    let wanted = dialog_target(move |dialog| {
        let place = dialog.strip_prefix(TAKE_OUT)?.parse::<usize>().ok()?;
        of.with_value(|it| it.lines.get(place).map(|line| (place, line.clone())))
    });
    move || {
        wanted.get().map(|(place, line)| {
            let title = format!("Remove {}?", display_name(&line));
            view! {
                <Dialog name=format!("{TAKE_OUT}{place}") title>
                    {
                        let line = line.clone();
                        move || ask(of, &line)
                    }
                </Dialog>
            }
        })
    }
}

fn ask(of: StoredValue<Authorized>, line: &AuthorizedLine) -> impl IntoView + use<> {
    let action = act::<UnauthorizeDevice>();
    let (license, asked) = of.with_value(|it| (it.license.to_string(), it.asked));
    let fingerprint = line.fingerprint.clone();
    let what = match (asked, line.device.is_some()) {
        (false, _) => {
            "The terms currently allow any device, so this has no effect until they require pre-registration."
        }
        (true, true) => {
            "It can no longer renew, but it keeps its seat and its current token until they end. To end those too, revoke it on its page."
        }
        (true, false) => "It can no longer activate.",
    };
    view! {
        <p>{what}</p>
        <Confirm
            action
            id="take-out"
            of=[("license", license), ("fingerprint", fingerprint)]
            reason="For example: scrapped, customer wrote on 3 November"
            does="Remove device"
            danger=true
        />
    }
}
