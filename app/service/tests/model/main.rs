//! Compares the engine with a plain model of it, on both databases.
//!
//! A script of random operations runs on two instances of the service and on a sequential model that shares no code
//! with them, and every answer is compared. In addition, every issued token is kept and checked: seats and devices
//! never exceed the limit. `LATCHKEY_MODEL_OPS` sets the number of operations and `LATCHKEY_MODEL_SEED` the seed; `make
//! prove` runs a hundred thousand operations.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod acts;
mod answer;
mod blocks;
mod calls;
mod desk;
mod draw;
mod episode;
mod offline;
mod plain_terms;
mod registered;
mod rng;
mod run;
mod script;
mod support;
mod test_service;
mod tickets;
mod verifier;
mod world;

use std::{thread, time::Instant};

use testing::Engine;

/// Number of operations in a short run, on each database.
const SHORT: u64 = 2000;
/// Operations with an answer that must occur in a short run. This shows that each of them has been tested.
const TRIED: [(&str, &str); 23] = [
    ("Ask", "Granted"),
    ("Ask", "OtherBody"),
    ("Ask", "device_blocked: license"),
    ("Ask", "device_blocked: product"),
    ("Ask", "device_blocked: server"),
    ("Ask", "device_not_authorized"),
    ("Everywhere", "Granted"),
    ("Rush", "Granted"),
    ("CheckOut", "Left"),
    ("Release", "Done"),
    ("Free", "Done"),
    ("Undo", "Done"),
    ("Undo", "Conflict"),
    ("Block", "Done"),
    ("Ticket", "Ticket"),
    ("UseTicket", "Done"),
    ("UseTicket", "TicketUsed"),
    ("Request", "Granted"),
    ("Request", "Invalid"),
    ("BringAgain", "Invalid"),
    ("Prove", "Done"),
    ("Prove", "Invalid"),
    ("WriteAgain", "Granted"),
];

#[test]
fn both_databases_answer_like_the_model_and_no_token_exceeds_a_limit() {
    let (seed, operations) = (given("LATCHKEY_MODEL_SEED", 1), given("LATCHKEY_MODEL_OPS", SHORT));
    let playing = [Engine::Sqlite, Engine::Postgres].map(|engine| {
        let name = format!("{engine:?}");
        thread::Builder::new().name(name).spawn(move || transcript(engine, seed, operations)).unwrap()
    });
    let [sqlite, postgres] = playing.map(|playing| playing.join().expect("the run completes"));
    assert_eq!(sqlite.len() as u64, operations);
    for (op, answer) in TRIED.iter().filter(|_| operations >= SHORT) {
        let is_it = |line: &String| {
            line.split_once(" → ").is_some_and(|(asked, reported)| asked.starts_with(op) && reported.contains(answer))
        };
        assert!(sqlite.iter().any(is_it), "seed {seed}: no {op} was answered {answer}");
    }
    for (n, (one, other)) in sqlite.iter().zip(&postgres).enumerate() {
        assert_eq!(one, other, "operation {n} from seed {seed}: SQLite and PostgreSQL differ");
    }
}

#[allow(clippy::print_stderr, reason = "a long run should report how long it took")]
fn transcript(engine: Engine, seed: u64, operations: u64) -> Vec<String> {
    let (began, mut answers) = (Instant::now(), vec![]);
    let operations = usize::try_from(operations).unwrap();
    testing::run(engine, async |db| answers = run::run_script(db, seed, operations).await);
    let granted = answers.iter().filter(|answer| answer.contains("Granted")).count();
    let refused = answers.iter().filter(|answer| answer.contains("Refused")).count();
    let seconds = began.elapsed().as_secs();
    eprintln!(
        "{engine:?}: {operations} operations from seed {seed} in {seconds} s, {granted} granted, {refused} refused"
    );
    answers
}

#[expect(clippy::disallowed_methods, reason = "the environment selects how much to run")]
fn given(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().map_or(usual, |text| text.parse().expect("a number"))
}
