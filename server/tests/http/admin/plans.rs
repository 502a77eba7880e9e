//! The plans of pages' statements on SQLite. Without statistics, they do not depend on the number of rows, so a search of a
//! large table by a key that has no index is found in an empty database. Only single keys (`= $1`) are checked, not lists.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex},
};

use licensing::Role;
use server::{access_table::ACCESS_TABLE, routes::Opens};
use testing::{Database, Engine};
use tracing::{Event, Level, Subscriber, field::Visit};
use tracing_subscriber::{Layer, layer::Context, layer::SubscriberExt as _};

use super::{
    devices::session,
    person::{accounts, signed_in},
};
use crate::fixture::Server;

/// Tables that can have millions of rows, and the names that statements give them.
const LARGE: [(&str, &[&str]); 5] = [
    ("licenses", &["licenses", "l"]),
    ("activations", &["activations", "a"]),
    ("events", &["events", "e"]),
    ("decisions", &["decisions", "d"]),
    ("deliveries", &["deliveries"]),
];

/// Columns by which a statement may only search a large table with an index.
const KEYS: [&str; 9] = [
    "license_id",
    "product_id",
    "policy_id",
    "subject_id",
    "actor_id",
    "activation_id",
    "subscription_id",
    "fingerprint_hash",
    "code_hmac",
];

/// Collects the texts of all statements.
#[derive(Clone, Default)]
struct Statements(Arc<Mutex<BTreeSet<String>>>);

impl<S: Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        struct Text(Option<String>);
        impl Visit for Text {
            fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn fmt::Debug) {
                if field.name() == "whole" {
                    self.0 = Some(format!("{value:?}"));
                }
            }
        }
        let mut text = Text(None);
        event.record(&mut text);
        self.0.lock().unwrap().extend(text.0);
    }
}

/// Returns `true` if the statement searches a table by one of these columns, and the plan reads that table as a whole.
fn searches_all(statement: &str, plan: &[String]) -> bool {
    let scanned = |names: &[&str]| plan.iter().any(|step| names.iter().any(|name| is_scan(step, name)));
    LARGE.iter().any(|(table, names)| {
        let of_table = KEYS.iter().any(|key| {
            // A table read in parts by id may be narrowed further by its reader (`recent`).
            let prefixes = names.iter().filter(|name| name.len() == 1).map(|name| format!("{name}.{key} = $"));
            let alone =
                statement.contains(&format!("FROM {table} WHERE")) && statement.contains(&format!(" {key} = $"));
            alone || prefixes.into_iter().any(|text| statement.contains(&text))
        });
        of_table && scanned(names) && !statement.contains(") AS recent")
    })
}

fn is_scan(step: &str, table: &str) -> bool {
    step.strip_prefix("SCAN ").is_some_and(|rest| rest.split(' ').next() == Some(table))
}

#[test]
fn no_page_searches_a_large_table_without_an_index() {
    let seen = Statements::default();
    let filter = tracing_subscriber::filter::Targets::new().with_target("store::engine::guarded", Level::TRACE);
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(seen.clone().with_filter(filter)))
        .expect("a process of its own");
    testing::run(Engine::Sqlite, async |db: &Database| {
        let server = Server::on(db).await;
        accounts(&server).await;
        let license = server.license().create().await;
        server.activate(&license, "one").await.token();
        server.activate(&license.typed("no such code"), "two").await;
        let device = session(&server, &license, "one").await;
        let owner = signed_in(&server, Role::Owner).await;
        let (id, policy, product) = (license.id, license.policy_id, license.product_id);
        let mut pages: Vec<String> = ACCESS_TABLE
            .iter()
            .filter(|route| matches!(route.opens, Opens::Account(_)) && !route.path.contains('{'))
            .map(|route| route.path.to_owned())
            .filter(|path| path != "/export" && path != "/live")
            .collect();
        for path in ["", "/activity", "/terms", "/notes", "/edit", "/try"] {
            pages.push(format!("/licenses/{id}{path}"));
        }
        for query in [
            format!("license={id}"),
            format!("license={id}&outcome=refused"),
            "outcome=refused".to_owned(),
            "view=grouped&hours=168".to_owned(),
            format!("device={}", "ab".repeat(32)),
        ] {
            pages.push(format!("/decisions?{query}"));
        }
        for query in [format!("license={id}"), format!("by={id}"), "by=devices".to_owned(), "act=license.".to_owned()] {
            pages.push(format!("/audit?{query}"));
        }
        for query in
            [format!("product={product}"), format!("policy={policy}"), "status=ending".to_owned(), "q=order".to_owned()]
        {
            pages.push(format!("/licenses?{query}"));
        }
        pages.extend([
            format!("/devices/{device}"),
            format!("/products/{product}"),
            format!("/policies/{policy}"),
            "/find?q=studio".to_owned(),
        ]);
        for page in &pages {
            let status = owner.open(page).await.status;
            assert!(status.as_u16() < 400, "{page}: {status}");
        }
        let statements = std::mem::take(&mut *seen.0.lock().unwrap());
        let reads: Vec<_> = statements.iter().filter(|text| text.starts_with("SELECT")).collect();
        assert!(reads.len() > 60, "only {} statements were seen", reads.len());
        let mut slow = vec![];
        for statement in reads {
            let plan = db.plan(statement).await;
            if searches_all(statement, &plan) {
                slow.push(format!("{statement}\n    {}", plan.join("\n    ")));
            }
        }
        assert!(slow.is_empty(), "{}", slow.join("\n"));
    });
}

#[test]
fn a_search_without_an_index_is_recognized() {
    let plan = |step: &str| vec![step.to_owned()];
    let newest = "SELECT id FROM decisions WHERE license_id = $1 ORDER BY id DESC LIMIT 1";
    assert!(searches_all(newest, &plan("SCAN decisions USING INDEX sqlite_autoindex_decisions_1")));
    assert!(!searches_all(newest, &plan("SEARCH decisions USING INDEX refusals_of_license (license_id=?)")));
    assert!(!searches_all("SELECT id FROM decisions ORDER BY id DESC LIMIT 1", &plan("SCAN decisions")));
}
