use std::{
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
};

use chrono::{DateTime, Utc};
use leptos::prelude::{Owner, provide_context};
use licensing::Role;
use uuid::Uuid;

use super::*;
use crate::{
    Error,
    http::context::{Browser, CurrentAccount, Doing, Visitor},
};

/// A read that a page may await: its name, and a call with arguments that match nothing.
type Read = (ReadName, fn() -> Result<(), Error>);

/// A search for nothing.
fn search<T: serde::de::DeserializeOwned>() -> T {
    serde_json::from_str("{}").unwrap()
}

/// Every read. The test below fails if one is missing here.
const READS: &[Read] = &[
    (first_start::FIRST_START, || once(first_start::first_start(None))),
    (sign_in::SIGN_IN_OPTIONS, || once(sign_in::sign_in_options())),
    (accounts::links::LINK_STATE, || once(accounts::links::link_state(None))),
    (home::HOME, || once(home::home())),
    (find::FIND, || once(find::find("x".to_owned(), String::new()))),
    (licenses::list::LIST_LICENSES, || once(licenses::list::list_licenses(Default::default(), nil(), nil()))),
    (licenses::many::SELECT_LICENSES, || once(licenses::many::select_licenses(Default::default()))),
    (jobs::LIST_JOBS, || once(jobs::list_jobs())),
    (jobs::JOB, || once(jobs::job(nil()))),
    (licenses::detail::LICENSE, || {
        once(licenses::detail::license(nil(), Default::default(), false, [nil(), nil(), nil()]))
    }),
    (licenses::form::OFFER_LICENSE, || once(licenses::form::offer_license(nil()))),
    (licenses::form::EDIT_LICENSE, || once(licenses::form::edit_license(nil()))),
    (licenses::code::TAKE_CODE, || once(licenses::code::take_code(nil()))),
    (offline::LIST_REQUESTS, || once(offline::list_requests(nil()))),
    (offline::FIND_OFFLINE_FILE, || once(offline::find_offline_file(nil(), String::new()))),
    (offline::response::WRITE_RESPONSE, || once(offline::response::write_response(nil()))),
    (devices::DEVICE, || once(devices::device(nil()))),
    (devices::list::LIST_DEVICES, || {
        once(devices::list::list_devices(
            devices::list::FindDevices { q: nil(), product: nil(), seat: nil(), seen: nil() },
            nil(),
            nil(),
        ))
    }),
    (devices::blocks::LIST_BLOCKS, || once(devices::blocks::list_blocks(nil(), nil(), nil(), nil()))),
    (devices::blocks::BLOCK_FORM, || once(devices::blocks::block_form(nil(), nil(), nil(), nil()))),
    (devices::authorized::LIST_AUTHORIZED, || once(devices::authorized::list_authorized(nil()))),
    (audit::LIST_EVENTS, || once(audit::list_events(search(), nil(), nil()))),
    (decisions::LIST_DECISIONS, || once(decisions::list_decisions(search(), nil(), nil()))),
    (decisions::detail::DECISION, || once(decisions::detail::decision(nil()))),
    (decisions::try_out::TRY_OUT, || {
        once(decisions::try_out::try_out(nil(), nil(), nil(), nil(), nil(), nil(), nil()))
    }),
    (products::LIST_PRODUCTS, || once(products::list_products())),
    (products::PRODUCT, || once(products::product(nil()))),
    (policies::LIST_POLICIES, || once(policies::list_policies())),
    (policies::POLICY, || once(policies::policy(nil()))),
    (policies::NEW_POLICY, || once(policies::new_policy(nil()))),
    (accounts::own::OWN_ACCOUNT, || once(accounts::own::own_account())),
    (logins::OWN_LOGINS, || once(logins::own_logins())),
    (logins::ALL_LOGINS, || once(logins::all_logins())),
    (accounts::LIST_ACCOUNTS, || once(accounts::list_accounts())),
    (accounts::ACCOUNT, || once(accounts::account(nil()))),
    (accounts::links::TAKE_LINK, || once(accounts::links::take_link(nil()))),
    (accounts::local::FIND_WAYS_IN, || once(accounts::local::find_ways_in())),
    (organization::ORGANIZATION, || once(organization::organization())),
    (data::DATA, || once(data::data())),
    (tokens::LIST_TOKENS, || once(tokens::list_tokens())),
    (tokens::TAKE_TOKEN, || once(tokens::take_token())),
    (keys::LIST_KEYS, || once(keys::list_keys(nil()))),
    (webhooks::LIST_WEBHOOKS, || once(webhooks::list_webhooks())),
    (webhooks::WEBHOOK, || once(webhooks::webhook(nil(), nil(), nil(), nil()))),
    (webhooks::WEBHOOK_FORM, || once(webhooks::webhook_form(nil()))),
    (webhooks::DELIVERY, || once(webhooks::delivery(nil(), nil()))),
    (webhooks::TAKE_WEBHOOK_SECRET, || once(webhooks::take_webhook_secret())),
];

/// An id that matches nothing; harmless as any other argument.
fn nil() -> String {
    Uuid::nil().to_string()
}

/// Polls a read once. No read may wait for anything before it has checked the table.
fn once<T>(read: impl Future<Output = Result<T, Error>>) -> Result<(), Error> {
    match pin!(read).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer.map(drop),
        Poll::Pending => panic!("the read waited for something"),
    }
}

/// A browser that keeps nothing, and records refusals.
#[derive(Default)]
struct Refusals(Mutex<Vec<&'static str>>);

fn nothing<T: Send + 'static>() -> Doing<'static, T> {
    Box::pin(async { Err(Error::internal()) })
}

impl Browser for Refusals {
    fn sign_in(&self, _: Uuid) -> Doing<'_, ()> {
        nothing()
    }
    fn visitor(&self) -> Doing<'_, Visitor> {
        nothing()
    }
    fn login_id(&self) -> Doing<'_, Option<Uuid>> {
        nothing()
    }
    fn proved_at(&self) -> Option<DateTime<Utc>> {
        None
    }
    fn prove(&self) -> Doing<'_, ()> {
        nothing()
    }
    fn view_as(&self, _: Option<Role>) -> Doing<'_, ()> {
        nothing()
    }
    fn record_refused(&self, act: &'static str) {
        self.0.lock().unwrap().push(act);
    }
    fn sign_out(&self) -> Doing<'_, Option<&'static str>> {
        nothing()
    }
    fn known_device(&self) -> Option<String> {
        None
    }
    fn is_secure(&self) -> bool {
        true
    }
    fn keep(&self, _: &'static str, _: String) -> Doing<'_, ()> {
        nothing()
    }
    fn kept(&self, _: &'static str) -> Doing<'_, Option<String>> {
        nothing()
    }
    fn take(&self, _: &'static str) -> Doing<'_, Option<String>> {
        nothing()
    }
}

/// The answer to a role where there is no database, and the recorded refusals.
fn as_read_by(role: Option<Role>, read: fn() -> Result<(), Error>) -> (Result<(), Error>, Vec<&'static str>) {
    let browser = Arc::new(Refusals::default());
    let answer = Owner::new().with(|| {
        let account =
            role.map(|role| CurrentAccount { id: Uuid::nil(), name: "Ingrid Lund".to_owned(), role, really: None });
        provide_table();
        provide_context(Visitor { account, ..Visitor::default() });
        provide_context::<Arc<dyn Browser>>(browser.clone());
        read()
    });
    (answer, browser.0.lock().unwrap().clone())
}

#[test]
fn every_read_checks_its_own_row_first() {
    let named: Vec<_> = TABLE.iter().filter(|row| row.path().is_none()).map(|row| row.call).collect();
    let here: Vec<_> = READS.iter().map(|(name, _)| Call::Read(*name)).collect();
    assert!(named.iter().all(|call| here.contains(call)), "a read is missing here");
    assert_eq!(here.len(), named.len());
    for (name, read) in READS {
        let call = Call::Read(*name);
        let required = TABLE.iter().find(|row| row.call == call).unwrap().permission();
        for role in Role::ALL.map(Some).into_iter().chain([None]) {
            let (answer, refused) = as_read_by(role, *read);
            let may = required.is_none_or(|permission| role.is_some_and(|role| role.may(permission)));
            match (role, may) {
                // A permitted role gets as far as the database, which is missing.
                (_, true) => assert!(matches!(answer, Err(Error::Internal { .. })), "{role:?} {name:?}: {answer:?}"),
                (Some(_), false) => {
                    assert!(matches!(answer, Err(Error::Forbidden(_))), "{role:?} {name:?}: {answer:?}")
                }
                (None, false) => assert_eq!(answer, Err(Error::SignInNeeded), "{name:?}"),
            }
            let noted: &[&str] = if role.is_some() && !may { &[call.name()] } else { &[] };
            assert_eq!(refused, noted, "{role:?} {name:?}");
        }
    }
}

#[test]
fn the_names_of_rows_are_unique() {
    let names: std::collections::BTreeSet<_> = TABLE.iter().map(|row| row.call.name()).collect();
    assert_eq!(names.len(), TABLE.len());
}

/// Acts without a row, and the reason.
const WITHOUT_ROW: &[(Act, &str)] = &[
    (Act::DevicesRevokeAll, "the form that blocks a device asks for it"),
    (Act::ProductsAnnounceVersion, "versions are part of the product's form"),
    (Act::ExportsCodes, "a choice in the form that exports licenses"),
];

#[test]
fn every_act_has_a_row_or_a_reason_for_having_none() {
    for act in Act::ALL {
        let has_row = TABLE.iter().any(|row| row.act == Some(*act));
        let is_excused = WITHOUT_ROW.iter().any(|(excused, _)| excused == act);
        assert!(has_row != is_excused, "{}", act.name());
    }
}
