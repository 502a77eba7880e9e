//! Blocked devices: all of them, or those of one license or product.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos_router::hooks::use_url;
use licensing::{Permission, activation::BlockScope};
use uuid::Uuid;

use crate::{
    admin::devices::blocks::{BlockLine, Blocks, UnblockDevice, list_blocks},
    components::{
        AFTER, BEFORE, Code, Confirm, Dialog, Empty, Gate, Icon, PageHead, Pager, Panel, Symbol, Table, When,
        dialog_address, dialog_target, may,
    },
    form::act,
    http::{
        address::query_values,
        load::{Loaded, fetched},
    },
};

/// The list of all blocks.
#[component]
pub fn BlockedPage() -> impl IntoView {
    let part = query_values([BEFORE, AFTER]);
    let data = fetched(move || {
        let [before, after] = part();
        list_blocks(String::new(), String::new(), before, after)
    });
    view! { <Loaded data view=page /> }
}

fn page(data: Blocks) -> impl IntoView {
    let (page_links, now) = (data.page_links, data.now);
    let dialogs = StoredValue::new(data.lines.clone());
    let lead = "Fingerprints that may not activate on a license, on a product, or on this whole server.";
    view! {
        <PageHead title="Blocked devices" lead=move || view! { <p class="lead">{lead}</p> } actions=block_here(String::new()) />
        {match data.lines.len() {
            0 => {
                view! {
                    <Empty
                        icon=Symbol::Ban
                        title="No device is blocked"
                        text="Block a device from its own page, or a fingerprint from the page of a license or product. It can then no longer activate or renew there."
                        actions=|| view! { <a class="button" href="/licenses">"Find a license"</a> }
                    />
                }
                    .into_any()
            }
            count => {
                view! {
                    <Pager count of="block" page_links>
                        {table(data.lines, now)}
                    </Pager>
                }
                .into_any()
            }
        }}
        <UnblockDialog of=dialogs />
    }
}

/// The blocks of a license, including wider ones that apply to its devices; or those of a product.
#[component]
pub(crate) fn BlocksPanel(
    /// The license; `None` on a product's page.
    #[prop(optional)]
    license: Option<Uuid>,
    /// The product; `None` on a license's page.
    #[prop(optional)]
    product: Option<Uuid>,
) -> impl IntoView {
    let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let of = (id(license), id(product));
    let query = format!("?license={}&product={}", of.0, of.1);
    let data = fetched(move || {
        let (license, product) = of.clone();
        list_blocks(license, product, String::new(), String::new())
    });
    let panel = move |data: Blocks| {
        let dialogs = StoredValue::new(data.lines.clone());
        let more = data.page_links.next.is_some();
        let body = match data.lines.is_empty() {
            true => view! {
                <div class="body">
                    <p class="soft small">
                        {match license {
                            Some(_) => "No device of this license is blocked.",
                            None => "No device is blocked for all licenses of this product.",
                        }} " A blocked device can neither activate nor renew."
                    </p>
                </div>
            }
            .into_any(),
            false => table(data.lines, data.now).into_any(),
        };
        let footer = view! {
            <footer>
                {more.then_some("Only the newest are shown. ")} <a href="/devices/blocked">"All blocked devices"</a>
            </footer>
        };
        view! {
            <Panel id="blocks" title="Blocked devices" aside=block_here(query.clone()) bare=true>
                {body}
                {footer}
            </Panel>
            <UnblockDialog of=dialogs />
        }
    };
    view! { <Loaded data view=panel /> }
}

/// The button that opens the page for blocking a device.
fn block_here(query: String) -> impl Fn() -> AnyView + Clone + Send + Sync + 'static {
    move || {
        let to = format!("/devices/block{query}");
        view! {
            <Gate permission=Permission::HelpCustomers label="Block a device">
                <a class="button small" href=to>
                    <Icon of=Symbol::Ban />
                    " Block a device"
                </a>
            </Gate>
        }
        .into_any()
    }
}

fn table(lines: Vec<BlockLine>, now: DateTime<Utc>) -> impl IntoView {
    let rows = lines.into_iter().map(move |line| row(line, now));
    view! {
        <Table
            class="blocks stacks"
            caption="Blocks, newest first"
            columns=[("Device", ""), ("Blocked for", ""), ("Reason", ""), ("Actions", "acts")]
        >
            {rows.collect_view()}
        </Table>
    }
}

fn row(line: BlockLine, now: DateTime<Utc>) -> impl IntoView {
    let (display_name, at) = (display_name(&line), line.at);
    let label = format!("Unblock {display_name}");
    let act = may(Permission::HelpCustomers).then(|| {
        view! {
            <a class="button small" href=dialog_address(&format!("unblock-{}", line.id)) aria-label=label>
                "Unblock"
            </a>
        }
    });
    view! {
        <tr>
            <th scope="row">
                {line.device.clone().map(|name| view! { <span class="name"><bdi>{name}</bdi></span> })}
                <Code text=line.fingerprint.clone() copies=format!("the fingerprint of {display_name}") />
            </th>
            <td>{scope(&line)}</td>
            <td>
                <q>
                    <bdi>{line.reason.clone()}</bdi>
                </q>
                <span class="sub">
                    <bdi>{line.by.clone()}</bdi>
                    ", "
                    <When at now />
                </span>
            </td>
            <td class="acts">
                <div class="row-acts">{act}</div>
            </td>
        </tr>
    }
}

/// The scope of a block, with a link to its license or product.
pub(crate) fn scope(line: &BlockLine) -> AnyView {
    let kind = match line.scope {
        BlockScope::License => "the license ",
        BlockScope::Product => "the product ",
        BlockScope::Server => "everything",
    };
    let name = line.of.clone().map(|(to, name)| {
        view! {
            <a href=to>
                <bdi>{name}</bdi>
            </a>
        }
    });
    view! { {kind} {name} }.into_any()
}

fn display_name(line: &BlockLine) -> String {
    line.device.clone().unwrap_or_else(|| "the unnamed device".to_owned())
}

/// The dialog that removes the block named in the address.
#[component]
pub(crate) fn UnblockDialog(
    /// The blocks on the page.
    of: StoredValue<Vec<BlockLine>>,
) -> impl IntoView {
    let path = use_url().with_untracked(|url| url.path().to_owned());
    let wanted = dialog_target(move |dialog| {
        let id = dialog.strip_prefix("unblock-")?.parse::<Uuid>().ok()?;
        of.with_value(|all| all.iter().find(|line| line.id == id).cloned())
    });
    move || {
        wanted.get().map(|line| {
            let (name, title) = (format!("unblock-{}", line.id), format!("Unblock {}?", display_name(&line)));
            let path = path.clone();
            view! {
                <Dialog name title>
                    {
                        let (line, path) = (line.clone(), path.clone());
                        move || ask(&line, &path)
                    }
                </Dialog>
            }
        })
    }
}

fn ask(line: &BlockLine, path: &str) -> impl IntoView + use<> {
    let action = act::<UnblockDevice>();
    let of = [("id", line.id.to_string()), ("from", path.to_owned())];
    view! {
        <p>
            "It is blocked for " {scope(line)} ". Once unblocked, it can activate again unless another block applies."
        </p>
        <Confirm
            action
            id="unblock"
            of
            reason="For example: found again, customer wrote on 3 November"
            does="Unblock device"
        />
    }
}
