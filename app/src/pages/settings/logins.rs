//! Logins: the browsers in which accounts are signed in, and buttons that end them.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use licensing::Permission;
use uuid::Uuid;

use super::SettingsTabs;
use crate::{
    admin::logins::{EndLogin, EndOtherLogins, LoginLine, Logins, all_logins, own_logins},
    components::{
        Badge, Code, Confirm, Dialog, Notice, Only, PageHead, Table, Tone, When, dialog_address, dialog_target,
    },
    form::{Form, Submit, act},
    http::load::{Loaded, fetched},
};

/// The logins of the signed-in account.
#[component]
pub fn OwnLoginsPage() -> impl IntoView {
    let data = fetched(own_logins);
    view! { <Loaded data view=own /> }
}

/// The logins of all accounts, for owners.
#[component]
pub fn AllLoginsPage() -> impl IntoView {
    view! {
        <Only permission=Permission::RunServer>
            <Everybody />
        </Only>
    }
}

#[component]
fn Everybody() -> impl IntoView {
    let data = fetched(all_logins);
    view! { <Loaded data view=all /> }
}

fn own(data: Logins) -> impl IntoView {
    let action = act::<EndOtherLogins>();
    let others = data.logins.len() > 1;
    view! {
        <PageHead
            title="Your logins"
            lead=|| {
                view! {
                    <p class="lead">
                        "The browsers in which you are signed in. If you do not recognize one, end its login and change your password."
                    </p>
                }
            }
        />
        <SettingsTabs />
        {login_table(data.logins, data.now, LoginScope::Own)}
        {if others {
            view! {
                <Form action id="end-others">
                    <p>
                        <Submit class="danger">"End all other logins"</Submit>
                    </p>
                </Form>
            }
                .into_any()
        } else {
            view! {
                <Notice>
                    <p>"This is your only login."</p>
                </Notice>
            }
                .into_any()
        }}
    }
}

fn all(data: Logins) -> impl IntoView {
    view! {
        <PageHead
            title="All logins"
            lead=|| {
                view! {
                    <p class="lead">"The logins of all accounts. Ending a login signs that browser out at its next click."</p>
                }
            }
        />
        <SettingsTabs />
        {login_table(data.logins.clone(), data.now, LoginScope::Everybodys)}
        {asks(StoredValue::new(data.logins))}
    }
}

/// The dialog named in the address.
fn asks(all: StoredValue<Vec<LoginLine>>) -> impl IntoView {
    let wanted = dialog_target(move |dialog| {
        let id = dialog.strip_prefix("end-")?.parse::<Uuid>().ok()?;
        all.with_value(|all| all.iter().find(|login| login.id == Some(id) && !login.this).cloned()).map(|it| (id, it))
    });
    move || {
        wanted.get().map(|(id, login)| {
            let (name, browser) = (login.name.clone(), login.browser.clone());
            view! {
                <Dialog name=format!("end-{id}") title=format!("End the login of {name}?")>
                    {
                        let browser = browser.clone();
                        move || end(id, browser.clone())
                    }
                </Dialog>
            }
        })
    }
}

fn end(id: Uuid, browser: String) -> impl IntoView {
    let action = act::<EndLogin>();
    view! {
        <p>"Signs out 1 browser at its next click: " {browser} "."</p>
        <Confirm
            action
            id="end-login"
            of=[("id", id.to_string()), ("all", "on".to_owned())]
            reason="For example: laptop was stolen on 3 November"
            does="End login"
            danger=true
        />
    }
}

/// The page that lists the logins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LoginScope {
    /// The signed-in account's own logins.
    Own,
    /// The logins of all accounts.
    Everybodys,
    /// The page of one account, where logins can only be ended all together.
    OneAccounts,
}

/// A table of logins.
pub(super) fn login_table(logins: Vec<LoginLine>, now: DateTime<Utc>, scope: LoginScope) -> impl IntoView {
    let rows = logins.into_iter().enumerate().map(move |(n, login)| row(n, login, now, scope));
    let who = (scope == LoginScope::Everybodys).then_some(("Account", ""));
    let known = [("Browser", ""), ("From", "from hide-s"), ("Since", "when hide-s"), ("Last seen", "when")];
    let acts = (scope != LoginScope::OneAccounts).then_some(("Actions", "acts"));
    let columns: Vec<_> = who.into_iter().chain(known).chain(acts).collect();
    view! {
        <Table class="fixed logins stacks" caption="Logins, most recently seen first" columns>
            {rows.collect_view()}
        </Table>
    }
}

fn row(n: usize, login: LoginLine, now: DateTime<Utc>, scope: LoginScope) -> impl IntoView {
    let (since, seen, this) = (login.since, login.seen, login.this);
    let who = login.account.map(|id| {
        view! {
            <a href=format!("/settings/accounts/{id}")>
                <bdi>{login.name.clone()}</bdi>
            </a>
        }
    });
    let end = login.id.filter(|_| !this).map(|id| {
        if scope == LoginScope::Everybodys {
            return view! {
                <a class="button small danger" href=dialog_address(&format!("end-{id}"))>
                    "End"
                </a>
            }
            .into_any();
        }
        let action = act::<EndLogin>();
        view! {
            <Form action id=format!("end-{n}") class="">
                <input type="hidden" name="id" value=id.to_string() />
                <Submit class="small danger">"End"</Submit>
            </Form>
        }
        .into_any()
    });
    view! {
        <tr>
            {(scope == LoginScope::Everybodys).then(|| view! { <td>{who}</td> })} <th scope="row">
                <span class="cut" title=login.browser.clone()>
                    {login.browser.clone()}
                </span>
                " "
                {this.then(|| view! { <Badge tone=Tone::Accent>"This browser"</Badge> })}
            </th>
            <td class="from hide-s">{login.address.map(|address| view! { <Code text=address /> })}</td>
            <td class="when hide-s soft">
                <When at=since now />
            </td>
            <td class="when soft">
                <When at=seen now />
            </td>
            {(scope != LoginScope::OneAccounts).then(|| view! { <td class="acts">{end}</td> })}
        </tr>
    }
}
