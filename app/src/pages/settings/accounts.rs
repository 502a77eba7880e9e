//! Accounts, invitations and roles.

use chrono::{DateTime, Utc};
use leptos::{either::Either, prelude::*};
use licensing::{Permission, Role};

use super::SettingsTabs;
use crate::{
    admin::accounts::{
        AccountLine, Accounts, InvitationLine,
        invitations::{Invite, LinkInvitation, WithdrawInvitation},
        links::take_link,
        list_accounts,
        own::ViewAs,
    },
    components::{
        Badge, Confirm, Dialog, Empty, Icon, NewSecret, Only, PageHead, Panel, SelectField, Shape, State, Symbol,
        Table, TextField, Tone, When, dialog_address,
    },
    form::{Form, Submit, act},
    http::{
        context::visitor,
        load::{Loaded, fetched},
    },
    text::roles::{role_choices, role_does, role_name},
};

/// The page of all accounts and invitations.
#[component]
pub fn AccountsPage() -> impl IntoView {
    view! {
        <Only permission=Permission::RunServer>
            <Everybody />
        </Only>
    }
}

#[component]
fn Everybody() -> impl IntoView {
    let data = fetched(list_accounts);
    view! {
        <PageHead
            title="Accounts"
            lead=|| view! { <p class="lead">"Who may sign in here, and what they may do. Devices need no account."</p> }
            actions=|| {
                view! {
                    <a class="button primary" href=dialog_address("invite")>
                        <Icon of=Symbol::Plus />
                        " Invite"
                    </a>
                }
            }
        />
        <SettingsTabs />
        <MadeLink of=String::new() />
        <Loaded data view=page />
        <Dialog name="invite" title="Invite someone">
            {invite}
        </Dialog>
    }
}

/// A new link, shown once.
#[component]
pub(super) fn MadeLink(
    /// The id of the account that the link is for; empty for invitations.
    of: String,
) -> impl IntoView {
    let link = fetched(move || take_link(of.clone()));
    let drawn = move || {
        let link = link.clone();
        Suspend::new(async move {
            link.await.ok().flatten().map(|(_, link)| {
                view! {
                    <NewSecret
                        icon=Symbol::Link
                        instruction="Send this link over a secure channel."
                        validity="It is shown only now. It works once, for one day."
                        secret=link
                        what="the link"
                    />
                }
            })
        })
    };
    view! { <Suspense>{drawn}</Suspense> }
}

fn invite() -> impl IntoView {
    let action = act::<Invite>();
    let how = if visitor().passwords_off {
        "They get this role when they first sign in with this address at your identity provider, within two weeks."
    } else {
        "They get this role when they first sign in with this address at your identity provider, within two weeks, or when they open a link that you send them."
    };
    view! {
        <p>{how}</p>
        <Confirm action id="invite" does="Invite">
            <TextField name="email" label="E-mail" kind="email" required=true />
            <SelectField name="role" label="Role" choices=role_choices() value=Role::Viewer.name() />
        </Confirm>
    }
}

fn page(data: Accounts) -> impl IntoView {
    let now = data.now;
    let alone = data.accounts.len() == 1 && data.invitations.is_empty();
    let rows = data.accounts.into_iter().map(move |account| row(account, now));
    view! {
        <Table
            class="fixed accounts stacks"
            caption="Accounts, by name"
            columns=[("Name", ""), ("Role", "role"), ("State", "state-cell"), ("Last seen", "when hide-s")]
        >
            {rows.collect_view()}
        </Table>
        {if alone {
            Either::Left(
                view! {
                    <Empty
                        icon=Symbol::Users
                        title="You’re the only user"
                        text="Invite a second owner, so that the server has one when you are away, and the colleagues who help your customers."
                    />
                },
            )
        } else {
            Either::Right(invitations(data.invitations, now))
        }}
        {roles()}
    }
}

fn row(account: AccountLine, now: DateTime<Utc>) -> impl IntoView {
    let disabled = account.disabled_at.is_some();
    let (shape, word) = if disabled { (Shape::Suspended, "Disabled") } else { (Shape::Active, "Active") };
    view! {
        <tr data-tone=disabled.then_some("off")>
            <th scope="row">
                <a class="name" href=format!("/settings/accounts/{}", account.id) title=account.name.clone()>
                    <bdi>{account.name.clone()}</bdi>
                </a>
                <span class="sub">
                    <bdi>{account.email}</bdi>
                </span>
            </th>
            <td class="role">
                <span>{role_name(account.role)} " " {account.own.then(|| view! { <Badge tone=Tone::Accent>"You"</Badge> })}</span>
            </td>
            <td class="state-cell">
                <State shape word />
            </td>
            <td class="when hide-s soft">
                {match account.seen_at {
                    Some(at) => view! { <When at now /> }.into_any(),
                    None => view! { <span class="muted">"not signed in"</span> }.into_any(),
                }}
            </td>
        </tr>
    }
}

fn invitations(all: Vec<InvitationLine>, now: DateTime<Utc>) -> impl IntoView {
    if all.is_empty() {
        return None;
    }
    let rows = all.into_iter().enumerate().map(move |(n, it)| {
        let (link, withdraw) = (act::<LinkInvitation>(), act::<WithdrawInvitation>());
        let (id, same, until) = (it.id.to_string(), it.id.to_string(), it.expires_at);
        view! {
            <tr>
                <th scope="row">
                    <span class="cut" title=it.email.clone()>
                        <bdi>{it.email.clone()}</bdi>
                    </span>
                    <span class="sub">"invited by " <bdi>{it.invited_by}</bdi></span>
                </th>
                <td class="role">{role_name(it.role)}</td>
                <td class="when hide-s soft">
                    <When at=until now />
                </td>
                <td class="acts">
                    <div class="row-acts">
                        <Form action=link id=format!("link-{n}") class="">
                            <input type="hidden" name="id" value=same />
                            <Submit class="small">"New link"</Submit>
                        </Form>
                        <Form action=withdraw id=format!("withdraw-{n}") class="">
                            <input type="hidden" name="id" value=id />
                            <Submit class="small danger">"Withdraw"</Submit>
                        </Form>
                    </div>
                </td>
            </tr>
        }
    });
    Some(view! {
        <Panel id="invited" title="Invited" bare=true>
            <Table
                class="fixed accounts stacks"
                columns=[("E-mail", ""), ("Role", "role"), ("Expires", "when hide-s"), ("Actions", "acts")]
            >
                {rows.collect_view()}
            </Table>
        </Panel>
    })
}

/// The roles, each with a button that shows the app as that role sees it.
fn roles() -> impl IntoView {
    let rows = Role::ALL.into_iter().rev().map(|role| {
        let action = act::<ViewAs>();
        let look = (role != Role::Owner).then(|| {
            view! {
                <Form action id=format!("see-as-{}", role.name()) class="" whole_page=true>
                    <input type="hidden" name="role" value=role.name() />
                    <Submit class="small">{format!("See as {}", role.name())}</Submit>
                </Form>
            }
        });
        view! {
            <tr>
                <th scope="row" class="role">
                    {role_name(role)}
                </th>
                <td class="does">{role_does(role)}</td>
                <td class="acts">{look}</td>
            </tr>
        }
    });
    view! {
        <Panel id="roles" title="Roles" bare=true>
            <table class="table accounts roles stacks">
                <thead class="visually-hidden">
                    <tr>
                        <th scope="col">"Role"</th>
                        <th scope="col">"Permissions"</th>
                        <th scope="col">"Actions"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </Panel>
    }
}
