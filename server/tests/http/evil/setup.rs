//! A server whose users sign in at the evil provider, and the invariants after each lie.

use std::{
    collections::HashSet,
    io::{self, Write},
    sync::Mutex,
};

use licensing::Role;
use service::store::{
    Store,
    accounts::Account,
    events::{Event, EventFilter},
};
use store::Paging;
use tokio::sync::OnceCell;
use tracing_subscriber::EnvFilter;
use uuid::Uuid;

use super::{
    keys::Key,
    provider::{ACCESS, CLIENT, CODE, Evil, REFRESH, Reply, SECRET, Says},
};
use crate::{
    admin::person::{Person, accounts},
    fixture::{Answer, Server},
    oidc::visit::{BEGIN, asked, come_back, press},
};

/// A lie: its name, the status and the logged reason that must result, and how to tell it.
pub(crate) struct Lie {
    pub(crate) name: &'static str,
    pub(crate) status: u16,
    pub(crate) why: &'static str,
    pub(crate) tell: fn(&mut Says, &Evil),
}

pub(crate) const fn lie(name: &'static str, status: u16, why: &'static str, tell: fn(&mut Says, &Evil)) -> Lie {
    Lie { name, status, why, tell }
}

pub(crate) struct Setup<'a> {
    pub(crate) store: &'a Store,
    pub(crate) evil: Evil,
    usual: OnceCell<Server>,
    wrong: Mutex<Vec<String>>,
    acts: Mutex<usize>,
}

impl<'a> Setup<'a> {
    /// A database with an account of every role, and a provider with an ES256 key.
    pub(crate) async fn set(store: &'a Store) -> Self {
        Self::with(store, Evil::start(Key::p256(), "").await).await
    }

    pub(crate) async fn with(store: &'a Store, evil: Evil) -> Self {
        let setup = Self::again(store, evil);
        accounts(&setup.server(&[]).await).await;
        setup
    }

    /// Another provider for a database that has its accounts.
    pub(crate) fn again(store: &'a Store, evil: Evil) -> Self {
        listen();
        Self { store, evil, usual: OnceCell::new(), wrong: Mutex::default(), acts: Mutex::default() }
    }

    /// A server that knows nothing of the provider yet.
    pub(crate) async fn server(&self, more: &[(&'static str, &str)]) -> Server {
        Server::with(self.store, &[&self.settings()[..], more].concat()).await
    }

    /// The same with another provider, `good`, in the settings, with further lines of its table.
    pub(crate) async fn server_beside(&self, good: &Evil, more: &str) -> Server {
        Server::with_another_provider(self.store, &self.settings(), ("good", &good.issuer), more).await
    }

    fn settings(&self) -> [(&'static str, &str); 8] {
        [
            ("LATCHKEY_RATE_LIMITS", "off"),
            ("LATCHKEY_OIDC_ISSUER", self.evil.issuer.as_str()),
            ("LATCHKEY_OIDC_ID", "acme"),
            ("LATCHKEY_OIDC_NAME", "Acme ID"),
            ("LATCHKEY_OIDC_CLIENT_ID", CLIENT),
            ("LATCHKEY_OIDC_CLIENT_SECRET", SECRET),
            ("LATCHKEY_OIDC_ROLES_CLAIM", "realm.roles"),
            ("LATCHKEY_OIDC_ROLES", "desk=support, boss=owner, staff=viewer, chief=admin"),
        ]
    }

    /// Goes to the provider and returns. Stops early if the server does not redirect to the provider.
    pub(crate) async fn walk(&self, person: &Person<'_>) -> Answer {
        let answer = press(person, &format!("{BEGIN}?to=/licenses")).await;
        if !answer.header("location").contains("/auth?") {
            return answer;
        }
        come_back(person, &self.evil.agrees(asked(&answer))).await
    }

    /// A server that sees the provider's current answers: a new one if its documents lie, because these are cached;
    /// otherwise always the same.
    pub(crate) async fn hearing(&self) -> Server {
        let documents_lie = {
            let says = self.evil.says();
            !matches!((&says.discovery, &says.keys), (Reply::Honest, Reply::Honest))
        };
        if documents_lie {
            return self.server(&[]).await;
        }
        self.usual.get_or_init(|| self.server(&[])).await.clone()
    }

    /// Tells a lie and checks the result.
    pub(crate) async fn tells(&self, lie: &Lie) {
        self.evil.repents();
        (lie.tell)(&mut self.evil.says(), &self.evil);
        let server = self.hearing().await;
        let person = Person::at(&server);
        let before = self.before().await;
        let answer = self.walk(&person).await;
        self.ends(lie.name, (lie.status, lie.why), &person, &answer, before).await;
    }

    /// The events and roles so far, and the length of the log.
    pub(crate) async fn before(&self) -> Before {
        let events = self.events().await.into_iter().map(|event| event.id).collect();
        Before { events, roles: self.roles().await, log: log().len() }
    }

    /// Checks that there is no login and no account, that the page says so and has a link to continue, that one event
    /// has the reason, and that no secret is anywhere. Failures are collected for [`Setup::over`].
    pub(crate) async fn ends(
        &self,
        name: &str,
        (status, why): (u16, &str),
        person: &Person<'_>,
        answer: &Answer,
        before: Before,
    ) {
        *self.acts.lock().unwrap() += 1;
        let page = String::from_utf8_lossy(&answer.body).into_owned();
        let mut wrong = Vec::new();
        let mut must = |so: bool, what: &str| {
            if !so {
                wrong.push(what.to_owned());
            }
        };
        must(answer.status.as_u16() == status, &format!("status {}, not {status}", answer.status.as_u16()));
        must(answer.header("content-type").starts_with("text/html"), "not a page of ours");
        must(page.contains("Continue with") || page.contains("href=\"/\""), "no link to continue");
        must(page.len() < 100_000, "the page is long");
        must(person.login().is_none(), "a login cookie");
        must(person.open("/").await.status == 303, "a login");
        must(self.account("person-1").await.is_none(), "an account");
        must(self.roles().await == before.roles, "another account, or another role");
        let new: Vec<Event> =
            self.events().await.into_iter().filter(|event| !before.events.contains(&event.id)).collect();
        let reasons: Vec<String> =
            new.iter().map(|event| format!("{}: {}", event.kind, event.reason.clone().unwrap_or_default())).collect();
        let (reported, whole) = (format!("{reasons:?}"), format!("{new:?}"));
        must(reasons.len() == 1, "not exactly one event");
        must(
            reasons.iter().all(|reason| reason.starts_with("account.sign_in_") && reason.contains(why)),
            "a different reason",
        );
        must(reported.len() < 1000, "a long reason");
        must(!reasons.iter().any(|reason| reason.contains(char::is_control)), "control characters in the reason");
        let log = log().split_off(before.log);
        must(log.len() < 20_000, "a long log");
        let kept = self.evil.says().secrets.clone();
        for secret in
            kept.iter().map(String::as_str).chain([SECRET, CODE, ACCESS, REFRESH]).filter(|one| one.len() > 15)
        {
            for (place, text) in [("page", &page), ("log", &log), ("event", &whole)] {
                must(!text.contains(secret), &format!("{secret:.30} in the {place}"));
            }
        }
        if !wrong.is_empty() {
            let seen = format!("{reported:.300}");
            self.wrong.lock().unwrap().push(format!("{name}: {}; {seen}", wrong.join(", ")));
        }
    }

    /// Asserts that nothing failed, and that there were this many lies.
    pub(crate) fn over(&self, acts: usize) {
        let wrong = self.wrong.lock().unwrap();
        assert!(wrong.is_empty(), "{} of {acts} failed:\n{}", wrong.len(), wrong.join("\n"));
        assert_eq!(*self.acts.lock().unwrap(), acts);
    }

    /// The role of each account.
    pub(crate) async fn roles(&self) -> Vec<(Uuid, Role)> {
        let mut reading = self.store.read().await.unwrap();
        let all = reading.on().accounts(self.evil.clock.now()).await.unwrap();
        all.into_iter().map(|row| (row.account.id, row.account.role)).collect()
    }

    pub(crate) async fn events(&self) -> Vec<Event> {
        let mut reading = self.store.read().await.unwrap();
        reading.on().events(&EventFilter::default(), Paging::First, 10_000).await.unwrap().rows
    }

    /// The account of a subject at the provider.
    pub(crate) async fn account(&self, subject: &str) -> Option<Account> {
        let mut reading = self.store.read().await.unwrap();
        let identity = reading.on().identity(&self.evil.issuer, subject).await.unwrap()?;
        reading.on().account(identity.account_id).await.unwrap()
    }
}

pub(crate) struct Before {
    events: HashSet<Uuid>,
    roles: Vec<(Uuid, Role)>,
    log: usize,
}

/// The log of this process.
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

pub(crate) fn log() -> String {
    String::from_utf8_lossy(&LOG.lock().unwrap()).into_owned()
}

struct Pen;

impl Write for Pen {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        LOG.lock().unwrap().write(line)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn listen() {
    let filter = EnvFilter::new("info,server=trace,service=trace,app=trace");
    // The first test of a process installs it.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(|| Pen).try_init();
}
