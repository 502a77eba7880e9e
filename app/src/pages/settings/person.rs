//! One account: its role, its logins, and the acts open to owners.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use licensing::Permission;

use super::{
    accounts::MadeLink,
    logins::{LoginScope, login_table},
};
use crate::{
    admin::accounts::{
        AccountDetail, account,
        acts::{ChangeRole, DisableAccount, EnableAccount, EndLogins, LinkPassword},
    },
    components::{
        Confirm, Dialog, Fact, Facts, Icon, Notice, Only, PageHead, Panel, SelectField, Shape, State, Symbol, Tone,
        When, dialog_address,
    },
    form::{Form, Revision, Submit, act},
    http::load::{Loaded, fetched},
    text::{
        roles::{role_choices, role_does, role_name},
        words,
    },
};

/// The page of an account.
#[component]
pub fn AccountPage() -> impl IntoView {
    view! {
        <Only permission=Permission::RunServer>
            <Person />
        </Only>
    }
}

#[component]
fn Person() -> impl IntoView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").unwrap_or_default());
    let data = fetched(move || account(id()));
    view! { <Loaded data view=page /> }
}

fn page(data: AccountDetail) -> impl IntoView {
    let person = data.account.clone();
    let (disabled, stays, now) = (person.disabled_at.is_some(), data.last_owner, data.now);
    let (shape, word) = if disabled { (Shape::Suspended, "Disabled") } else { (Shape::Active, "Active") };
    let count = data.logins.len();
    let dialogs = StoredValue::new(data.clone());
    view! {
        <PageHead
            title=person.name.clone()
            crumbs=vec![("/settings/accounts".to_owned(), "Accounts".to_owned())]
            mark=move || view! { <State shape word /> }
            actions=move || actions(dialogs)
        />
        <MadeLink of=person.id.to_string() />
        {stays
            .then(|| {
                view! {
                    <Notice icon=Symbol::ShieldCheck>
                        <p>
                            "This is the only owner. Make another account an owner before you change the role of this one or disable it."
                        </p>
                    </Notice>
                }
            })}
        <div class="split">
            <div>
                <Panel id="logins" title="Logins" bare=true aside=move || view! { <p>{words::count(count.try_into().unwrap_or_default(), "login")}</p> }>
                    {match count {
                        0 => view! { <p class="body muted">"Not signed in anywhere."</p> }.into_any(),
                        _ => login_table(data.logins, now, LoginScope::OneAccounts).into_any(),
                    }}
                </Panel>
            </div>
            <div>
                <Panel id="facts" title="Details">
                    <Facts>
                        <Fact name="E-mail">
                            <bdi>{person.email}</bdi>
                        </Fact>
                        <Fact name="Role">{role_name(person.role)} ": " {role_does(person.role)} "."</Fact>
                        <Fact name="Password">{if person.has_password { "set" } else { "none" }}</Fact>
                        <Fact name="Created">
                            <When at=person.created_at now />
                        </Fact>
                    </Facts>
                </Panel>
            </div>
        </div>
        <Dialog name="role" title="Change the role?">
            {move || change_role(dialogs)}
        </Dialog>
        <Dialog name="disable" title="Disable this account?" applies=!disabled>
            {move || disable(dialogs)}
        </Dialog>
        <Dialog name="password" title="Create a password link?">
            {move || new_password(dialogs)}
        </Dialog>
        <Dialog name="end-logins" title="End all logins?">
            {move || end_logins(dialogs)}
        </Dialog>
    }
}

fn actions(of: StoredValue<AccountDetail>) -> impl IntoView {
    let data = of.get_value();
    if data.account.disabled_at.is_some() {
        let action = act::<EnableAccount>();
        return view! {
            <Form action id="enable" class="">
                <input type="hidden" name="id" value=data.account.id.to_string() />
                <Submit>"Enable"</Submit>
            </Form>
        }
        .into_any();
    }
    let some = !data.logins.is_empty();
    view! {
        {some.then(|| view! { <a class="button" href=dialog_address("end-logins")>"End logins"</a> })}
        {data
            .local_sign_in
            .then(|| {
                view! {
                    <a class="button" href=dialog_address("password")>
                        <Icon of=Symbol::KeyRound />
                        " Password link"
                    </a>
                }
            })}
        {(!data.last_owner)
            .then(|| {
                view! {
                    <a class="button" href=dialog_address("role")>
                        "Change role"
                    </a>
                    <a class="button danger" href=dialog_address("disable")>
                        "Disable"
                    </a>
                }
            })}
    }
    .into_any()
}

fn change_role(of: StoredValue<AccountDetail>) -> impl IntoView {
    let action = act::<ChangeRole>();
    let (role, revision) = of.with_value(|it| (it.account.role, it.account.revision));
    view! {
        <p>"The new role takes effect at the person’s next click."</p>
        <Confirm action id="role" of=id(of) does="Change role">
            <Revision of=revision />
            <SelectField name="role" label="Role" choices=role_choices() value=role.name() />
        </Confirm>
    }
}

fn disable(of: StoredValue<AccountDetail>) -> impl IntoView {
    let action = act::<DisableAccount>();
    let logins = of.with_value(|it| it.logins.len());
    view! {
        <p>
            "They can no longer sign in, and are signed out of " {words::count(logins.try_into().unwrap_or_default(), "browser")}
            " immediately. What they did stays in the audit log."
        </p>
        <Confirm
            action
            id="disable"
            of=id(of)
            reason="For example: left the company"
            does="Disable account"
            danger=true
        />
    }
}

fn new_password(of: StoredValue<AccountDetail>) -> impl IntoView {
    let action = act::<LinkPassword>();
    view! {
        <p>
            "Creates a link with which the person can set a new password. It works once, for one day. Until it is used, the old password works; using it ends their logins."
        </p>
        <Confirm action id="link-password" of=id(of) does="Create link" />
    }
}

fn end_logins(of: StoredValue<AccountDetail>) -> impl IntoView {
    let action = act::<EndLogins>();
    let (logins, own) = of.with_value(|it| (it.logins.len(), it.account.own));
    view! {
        <Notice tone=Tone::Plain>
            <p>
                "Signs out " {words::count(logins.try_into().unwrap_or_default(), "browser")} " at their next click"
                {own.then_some(", including this one")} "."
            </p>
        </Notice>
        <Confirm
            action
            id="end-logins"
            of=id(of)
            reason="For example: laptop was stolen on 3 November"
            does="End logins"
            danger=true
        />
    }
}

fn id(of: StoredValue<AccountDetail>) -> [(&'static str, String); 1] {
    [("id", of.with_value(|it| it.account.id.to_string()))]
}
