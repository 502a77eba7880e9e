//! The page of the server's data: retention, database, backups, jobs and exports.

use leptos::prelude::*;
use licensing::Permission;
use service::store::Engine;

use super::SettingsTabs;
use crate::{
    admin::{
        data::{DataPage as Data, Retention, data},
        jobs::JobLine,
    },
    components::{CodeBlock, Fact, Facts, Gate, Only, PageHead, Panel, Table},
    http::load::{Loaded, fetched},
    pages::jobs::{badge, progress},
};

/// The page of the server's data.
#[component]
pub fn DataPage() -> impl IntoView {
    view! {
        <Only permission=Permission::RunServer>
            <Kept />
        </Only>
    }
}

#[component]
fn Kept() -> impl IntoView {
    let read = fetched(data);
    view! {
        <PageHead
            title="Data"
            lead=|| {
                view! {
                    <p class="lead">
                        "What this server keeps, for how long, and how to take it with you. Change the settings in the server’s configuration file."
                    </p>
                }
            }
        />
        <SettingsTabs />
        <Loaded data=read view=page />
    }
}

fn page(data: Data) -> impl IntoView {
    let Data { engine, size, retention, running, .. } = data;
    view! {
        <div class="stack wide-gaps">
            {kept(retention)}
            <div class="halves">
                <div class="stack wide-gaps">{database(engine, size)} {jobs(running)}</div>
                <div class="stack wide-gaps">{backups(engine)} {exports()}</div>
            </div>
        </div>
    }
}

/// A kind of data: its name, the time for which it is kept, the setting, and a remark.
type Kind = (&'static str, String, Option<&'static str>, &'static str);

fn kept(Retention { decisions, device_events, webhooks }: Retention) -> impl IntoView {
    // The sweep keeps events at least as long as decisions.
    let device_events = device_events.max(decisions);
    let kinds: [Kind; 6] = [
        (
            "Decisions",
            decisions.to_string(),
            Some("decisions_days"),
            "Activations, renewals and check-ins that changed something, and refusals. Of the refusals, only the newest 1,000 per license, and 10,000 for unknown codes.",
        ),
        (
            "Renewals, check-ins and check-outs in the audit log",
            device_events.to_string(),
            Some("device_events_days"),
            "The events of returning devices.",
        ),
        ("Deliveries of webhooks", webhooks.to_string(), Some("webhooks_days"), "With the answers of their receivers."),
        (
            "Expired logins and idempotency keys",
            "until they expire".to_owned(),
            None,
            "Deleted within an hour after that.",
        ),
        (
            "All other events of the audit log",
            "permanently".to_owned(),
            None,
            "What your team did, and the first activation and the release of each seat.",
        ),
        (
            "Licenses, devices, policies, products",
            "permanently".to_owned(),
            None,
            "Also those that are revoked or withdrawn.",
        ),
    ];
    let rows = kinds.into_iter().map(|(name, time, setting, remark)| {
        view! {
            <tr>
                <th scope="row">
                    {name} <span class="sub">{remark}</span>
                </th>
                <td class="time">{time}</td>
                <td class="setting">{setting.map(|setting| view! { <code>{setting}</code> })}</td>
            </tr>
        }
    });
    view! {
        <Panel
            id="kept"
            title="Retention"
            aside=|| view! { <p>"Once an hour, the server deletes what is older."</p> }
            bare=true
        >
            <Table
                class="kept stacks"
                caption="Kinds of data, and how long each is kept"
                columns=[("Data", ""), ("Kept", "time"), ("Setting", "setting")]
            >
                {rows.collect_view()}
            </Table>
        </Panel>
    }
}

fn database(engine: Engine, size: u64) -> impl IntoView {
    let software = match engine {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
    };
    view! {
        <Panel id="database" title="Database">
            <Facts>
                <Fact name="Software">{software}</Fact>
                <Fact name="Size">{bytes(size)}", with indexes"</Fact>
            </Facts>
        </Panel>
    }
}

/// A number of bytes in the largest unit of which there is at least one.
fn bytes(n: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];
    match UNITS.into_iter().find(|(_, size)| n >= *size) {
        Some((unit, size)) => format!("{}.{} {unit}", n / size, n % size * 10 / size),
        None => format!("{n} bytes"),
    }
}

fn backups(engine: Engine) -> impl IntoView {
    let command = match engine {
        Engine::Sqlite => "sqlite3 latchkey.db \".backup latchkey-backup.db\"",
        Engine::Postgres => "pg_dump --format=custom --file=latchkey.dump \"$LATCHKEY_DATABASE_URL\"",
    };
    view! {
        <Panel id="backups" title="Backups">
            <div class="stack">
                <p>
                    "This server makes no backups and does not know whether anyone does. Back up the database, the sealing key (in another place: without it, codes and keys in the database cannot be read), and the settings."
                </p>
                <CodeBlock title="Copies the database while the server runs" text=command.to_owned() />
                <p class="small soft">
                    "After restoring a backup, run " <code>"latchkey restore"</code>
                    " before you start the server. Leave the file " <code>"status-places"</code> " out of the backup."
                </p>
            </div>
        </Panel>
    }
}

fn jobs(running: Vec<JobLine>) -> impl IntoView {
    let body = match running.is_empty() {
        true => view! { <p class="soft small">"No job is running."</p> }.into_any(),
        false => {
            let lines = running.into_iter().map(|line| {
                let progress = progress(&line);
                view! {
                    <li class="row">
                        <a href=format!("/jobs/{}", line.id)>{line.title}</a>
                        {badge(line.state)}
                        <span class="soft small">{progress}</span>
                    </li>
                }
            });
            view! { <ul class="stack">{lines.collect_view()}</ul> }.into_any()
        }
    };
    view! {
        <Panel id="jobs" title="Running jobs" aside=|| view! { <a href="/jobs">"All jobs"</a> }>
            {body}
        </Panel>
    }
}

fn exports() -> impl IntoView {
    view! {
        <Panel id="exports" title="Export">
            <div class="stack">
                <p>"As CSV or JSON Lines. Licenses can include their codes. Each export is recorded in the audit log."</p>
                <div class="actions">
                    <Gate permission=Permission::ManageLicenses label="Export licenses">
                        <a class="button" href="/licenses?dialog=export">
                            "Export licenses"
                        </a>
                    </Gate>
                    <Gate permission=Permission::ManageLicenses label="Export decisions">
                        <a class="button" href="/decisions?dialog=export">
                            "Export decisions"
                        </a>
                    </Gate>
                    <Gate permission=Permission::ManageLicenses label="Export the audit log">
                        <a class="button" href="/audit?dialog=export">
                            "Export the audit log"
                        </a>
                    </Gate>
                </div>
                <p class="small soft">
                    "On the host: " <code>"latchkey export"</code>
                    ". It and the management API export the devices of all licenses, too."
                </p>
            </div>
        </Panel>
    }
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn sizes_are_rounded_down_to_a_tenth() {
        for (n, text) in [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (1_000, "1.0 kB"),
            (4_567_890, "4.5 MB"),
            (12_340_000_000, "12.3 GB"),
            (1_999_999_999_999, "1999.9 GB"),
        ] {
            assert_eq!(bytes(n), text);
        }
    }
}
