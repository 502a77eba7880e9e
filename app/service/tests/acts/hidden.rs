//! Codes that are answered as if no license had them.

use std::{
    fmt,
    sync::{Arc, Mutex},
};

use licensing::{
    ActivationCode, Span, Terms,
    terms::{Devices, Identity, Trial, Validity},
};
use service::CallKey;
use testing::{Database, Engine};
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

use crate::test_service::{TestService, asking, lease, refusal, seats};

/// Collects the statements that read from the database.
#[derive(Clone, Default)]
struct Statements(Arc<Mutex<Vec<String>>>);

struct Statement(String);

impl Visit for Statement {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "statement" {
            self.0 = format!("{value:?}");
        }
    }
}

impl Subscriber for Statements {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "store::engine::guarded" && *metadata.level() == Level::DEBUG
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut statement = Statement(String::new());
        event.record(&mut statement);
        // Writes are left out: refusals are written asynchronously.
        if statement.0.contains("SELECT") {
            self.0.lock().unwrap().push(statement.0);
        }
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// Terms of licenses that end after a day. Each would cause more queries than the one before.
fn ended() -> [Terms; 4] {
    let plain = Terms { validity: Validity::FromIssue(Span::days(1).into()), lease: lease(Span::hours(1)), ..seats(1) };
    let exclusive = Terms { identity: Identity::Product, ..plain.clone() };
    let entered = Terms { devices: Devices::Authorized, ..exclusive.clone() };
    let trial = Terms {
        trial: Some(Trial { lasts: Span::hours(1), features: Default::default() }),
        validity: Validity::Perpetual,
        ..exclusive.clone()
    };
    [plain, exclusive, entered, trial]
}

/// The statements that an attempt with the code causes: alone, under an idempotency key, and as a dry run.
async fn statements(fixture: &TestService, code: &ActivationCode, seen: &Statements) -> Vec<Vec<String>> {
    let key = CallKey::read("activate", b"key").unwrap();
    let mut all = vec![];
    for attempt in 0..3 {
        seen.0.lock().unwrap().clear();
        let asking = asking(code, "one");
        let answer = match attempt {
            0 => fixture.service.activations().activate(asking).await.map(drop),
            1 => fixture.service.activations().activate_once(asking, Some(&key)).await.map(drop),
            _ => fixture.service.activations().dry_run(asking).await.map(drop),
        };
        assert_eq!(refusal(answer).code(), "code_not_found");
        all.push(std::mem::take(&mut *seen.0.lock().unwrap()));
    }
    all
}

/// Runs on one thread, where the subscriber listens.
fn ended_codes_cost_the_statements_of_unknown_ones(engine: Engine) {
    let seen = Statements::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let db = Database::new(engine).await;
        let fixture = TestService::open(&db).await;
        let mut codes = vec![];
        for terms in ended() {
            let (_, _, code) = fixture.licensed(terms.clone()).await;
            if terms.trial.is_some() {
                fixture.activate(&code, "one").await.unwrap();
            }
            codes.push(code);
        }
        fixture.clock.advance(2 * 86_400);
        let unknown = ActivationCode::from_entropy(licensing::CodeShape::default(), &[7; 32]);
        let listening = tracing::subscriber::set_default(seen.clone());
        let wanted = statements(&fixture, &unknown, &seen).await;
        assert!(wanted.iter().all(|some| some.len() >= 3), "{wanted:?}");
        for (code, terms) in codes.iter().zip(ended()) {
            assert_eq!(statements(&fixture, code, &seen).await, wanted, "{terms:?}");
        }
        drop(listening);
        db.discard().await;
    });
}

#[test]
fn an_ended_code_runs_the_same_statements_as_an_unknown_one_on_postgres() {
    ended_codes_cost_the_statements_of_unknown_ones(Engine::Postgres);
}

#[test]
fn an_ended_code_runs_the_same_statements_as_an_unknown_one_on_sqlite() {
    ended_codes_cost_the_statements_of_unknown_ones(Engine::Sqlite);
}
