//! Webhooks of a server that is killed again and again: no event is lost, and none is invented.

use std::{
    collections::{HashMap, HashSet},
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

use service::{
    Actor, Clock, LicenseForm, NewLicense, PolicyForm, ProductForm, SealingKey, Service, SubscriptionForm,
    WebhookSettings,
    store::{Paging, Store, events::EventFilter, webhooks::Subscription},
};
use tempfile::TempDir;
use testing::{Engine, Place};
use uuid::Uuid;

use crate::{failing_sync::activation, program::Running};

/// Number of kills; `make torture` sets more.
const KILLS: usize = 6;
/// Number of activations between two kills, at most.
const ACTIVATIONS: usize = 40;
/// Time that the receiver takes for an answer.
const SLOWLY: Duration = Duration::from_millis(15);
/// Time within which every message must have arrived after the last kill: on PostgreSQL, the claims of a killed server
/// end after a minute.
const PATIENCE: Duration = Duration::from_secs(150);

/// The messages that a receiver got: how often each, and how many of them it has answered.
#[derive(Default)]
struct Ledger {
    received: HashMap<Uuid, usize>,
    arrived: usize,
    answered: usize,
}

type Shared = Arc<(Mutex<Ledger>, Condvar)>;

/// A receiver that notes each message before it answers.
fn receive(ledger: &Shared) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hooks", listener.local_addr().unwrap());
    let ledger = Arc::clone(ledger);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let ledger = Arc::clone(&ledger);
            thread::spawn(move || answer(stream, &ledger));
        }
    });
    url
}

fn answer(stream: TcpStream, (ledger, news): &(Mutex<Ledger>, Condvar)) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut id, mut length) = (None, 0);
    loop {
        let mut line = String::new();
        // A server that was killed leaves half a request behind.
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        match line.trim_end().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("webhook-id") => id = value.parse().ok(),
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse().unwrap(),
            None if line.trim_end().is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    let Some(id) = id.filter(|_| reader.read_exact(&mut body).is_ok()) else { return };
    let mut known = ledger.lock().unwrap();
    *known.received.entry(id).or_default() += 1;
    known.arrived += 1;
    news.notify_all();
    drop(known);
    thread::sleep(SLOWLY);
    let mut stream = stream;
    if stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").is_ok() {
        ledger.lock().unwrap().answered += 1;
        news.notify_all();
    }
}

/// Waits until the ledger meets a condition. Returns `false` after the time limit.
fn wait_for(shared: &Shared, limit: Duration, is_met: impl Fn(&Ledger) -> bool) -> bool {
    let guard = shared.0.lock().unwrap();
    !shared.1.wait_timeout_while(guard, limit, |ledger| !is_met(ledger)).unwrap().1.timed_out()
}

/// Activates devices until the server is gone, or enough are activated.
fn busy(port: u16, code: &str, round: usize, client: usize) {
    for n in 0..ACTIVATIONS / 4 {
        let request = activation(code, &format!("device {round} {client} {n}"));
        let sent = TcpStream::connect(("127.0.0.1", port)).and_then(|mut stream| {
            stream.write_all(request.as_bytes())?;
            stream.read_to_string(&mut String::new())
        });
        if sent.is_err() {
            return;
        }
    }
}

async fn open(url: &str, key: &SealingKey) -> Service {
    let store = Store::open(url).await.unwrap();
    let service = Service::open(store, key, Clock::system(), "https://licenses.example.com".to_owned()).await.unwrap();
    service.webhooks().set_webhook_settings(WebhookSettings { plain_http: true, ..WebhookSettings::default() });
    service
}

/// A license with many seats, and an active subscription of the receiver. Returns the code.
async fn prepare(service: &Service, receiver: String) -> String {
    let actor = Actor::command();
    let form = ProductForm { code: "drift".to_owned(), name: "Drift".to_owned(), ..ProductForm::default() };
    let product = service.licenses().create_product(form, &actor).await.unwrap();
    let mut form = PolicyForm { name: "Plain".to_owned(), ..PolicyForm::default() };
    form.terms.seats = licensing::terms::Seats::Unlimited;
    let policy = service.licenses().create_policy(product.id, form, &actor).await.unwrap();
    let new = NewLicense { policy_id: policy.id, code: String::new(), form: LicenseForm::default() };
    let (_, code) = service.licenses().create_license(new, &actor).await.unwrap();
    let event_types = vec!["activation.created".to_owned()];
    let form = SubscriptionForm { url: receiver, event_types, enabled: true, ..SubscriptionForm::default() };
    let (row, _) = service.webhooks().create_subscription(form, None, &actor).await.unwrap();
    let row = service.webhooks().vouch_for_subscription(row.id, "This test owns it.", &actor).await.unwrap();
    let mut tx = service.store().begin().await.unwrap();
    tx.update_subscription(&Subscription { active_from: Some(row.updated_at), ..row }).await.unwrap();
    tx.commit().await.unwrap();
    code.written().to_owned()
}

/// The ids of all events of devices that have activated.
async fn activated(service: &Service) -> HashSet<Uuid> {
    let (mut ids, mut paging) = (HashSet::new(), Paging::First);
    loop {
        let mut reading = service.store().read().await.unwrap();
        let page = reading.on().events(&EventFilter::default(), paging, 1_000).await.unwrap();
        ids.extend(page.rows.iter().filter(|event| event.kind == "device.activated").map(|event| event.id));
        let Some(next) = page.next else { return ids };
        paging = Paging::After(next);
    }
}

fn every_event_of_a_killed_server_is_delivered(engine: Engine) {
    let kills = std::env::var("LATCHKEY_TEST_KILLS").map_or(KILLS, |text| text.parse().unwrap());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let database = runtime.block_on(Place::new(engine));
    let key = SealingKey::generate().unwrap();
    let text = key.to_text();
    let settings = [
        ("LATCHKEY_DATABASE_URL", database.url()),
        ("LATCHKEY_SEALING_KEY", text.as_str()),
        ("LATCHKEY_RATE_LIMITS", "off"),
        ("LATCHKEY_WEBHOOK_HTTP", "on"),
        ("LATCHKEY_WEBHOOK_NETWORKS", "127.0.0.1"),
    ];
    let (folder, second) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    Running::start_with(&folder, &[&settings[..], &[("LATCHKEY_NEW_DATABASE", "on")]].concat()).interrupt();
    let ledger = Shared::default();
    let receiver = receive(&ledger);
    let code = runtime.block_on(async {
        let service = open(database.url(), &key).await;
        let code = prepare(&service, receiver).await;
        service.close().await;
        code
    });
    // On PostgreSQL, another instance works all the time, and competes for the same rows.
    let other = (engine == Engine::Postgres).then(|| Running::start_with(&second, &settings));

    for round in 0..kills {
        let server = Running::start_with(&folder, &settings);
        let (arrived, answered) = {
            let known = ledger.0.lock().unwrap();
            (known.arrived, known.answered)
        };
        let port = server.port();
        let clients: Vec<_> = (0..4)
            .map(|client| {
                let code = code.clone();
                thread::spawn(move || busy(port, &code, round, client))
            })
            .collect();
        // Between sending and the answer, between the answer and its record, and at any time of all steps.
        let limit = Duration::from_secs(20);
        match round % 3 {
            0 => assert!(wait_for(&ledger, limit, |known| known.arrived > arrived + 2), "messages in time"),
            1 => assert!(wait_for(&ledger, limit, |known| known.answered > answered + 2), "an answer in time"),
            _ => thread::sleep(Duration::from_millis(u64::try_from(round * 37 % 180).unwrap())),
        }
        server.kill();
        clients.into_iter().for_each(|client| client.join().unwrap());
    }

    let server = Running::start_with(&folder, &settings);
    let (events, service) = runtime.block_on(async {
        let service = open(database.url(), &key).await;
        (activated(&service).await, service)
    });
    assert!(events.len() > kills * 2, "{} events", events.len());
    let began = Instant::now();
    wait_for(&ledger, PATIENCE, |known| events.iter().all(|id| known.received.contains_key(id)));
    // Nothing more may come.
    while runtime.block_on(async { service.store().read().await.unwrap().on().has_outbox().await.unwrap() }) {
        assert!(began.elapsed() < PATIENCE, "the outbox is not empty");
        thread::sleep(Duration::from_millis(50));
    }
    runtime.block_on(service.close());
    server.interrupt();
    other.map(Running::interrupt);

    let known = ledger.0.lock().unwrap();
    let received: HashSet<Uuid> = known.received.keys().copied().collect();
    let lost: Vec<_> = events.difference(&received).collect();
    let invented: Vec<_> = received.difference(&events).collect();
    assert!(lost.is_empty() && invented.is_empty(), "lost {lost:?}, invented {invented:?}");
    let repeated = known.arrived - received.len();
    println!("{kills} kills, {} events, {repeated} messages repeated", events.len());
    // Only one server sends on SQLite, so each kill before an answer repeats a message.
    assert!(engine == Engine::Postgres || repeated > 0, "no kill came between sending and its record");
}

#[test]
fn every_event_of_a_killed_server_is_delivered_on_sqlite() {
    every_event_of_a_killed_server_is_delivered(Engine::Sqlite);
}

#[test]
fn every_event_of_a_killed_server_is_delivered_on_postgres() {
    every_event_of_a_killed_server_is_delivered(Engine::Postgres);
}
