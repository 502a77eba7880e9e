//! Exhaustive check of the seat protocol: every order in which two instances can run a few operations on one license,
//! with the clock ticking and instances crashing in between. The decisions are this crate's own; everything around them
//! (locks, transactions, the clock, signatures) is modelled on the desk and the acts of `service`.
//!
//! `cargo test -p licensing --test protocol` explores the models that take seconds. With `LATCHKEY_PROTOCOL=whole`, as
//! in `make prove`, it explores all of them, which takes minutes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod rules;
mod seats;
mod state;

use std::time::Instant;

use stateright::{Checker, HasDiscoveries, Model};

use self::seats::{Defect, Seats};

/// One fixed, lenient seat; two instances.
fn base() -> Seats {
    Seats {
        seats: 1,
        instances: 2,
        strict: false,
        floating: false,
        take_over: false,
        support: true,
        terms_change: false,
        two_lengths: false,
        defect: None,
        any_order: true,
    }
}

/// The properties that do not hold, each with the shortest trace that violates it.
#[allow(clippy::print_stderr, reason = "a long run should report how many states it explored")]
fn broken(name: &str, model: Seats, until: HasDiscoveries) -> Vec<(&'static str, String)> {
    let began = Instant::now();
    let protocol = model.clone().protocol();
    let checker = protocol.clone().checker().finish_when(until).threads(2).spawn_bfs().join();
    let (states, depth) = (checker.unique_state_count(), checker.max_depth());
    eprintln!("{name}: {states} states, depth {depth}, {:.1} s", began.elapsed().as_secs_f32());
    let mut broken = vec![];
    for property in protocol.properties() {
        let found = checker.discovery(property.name);
        match property.expectation {
            stateright::Expectation::Always => {
                broken.extend(found.map(|path| {
                    let steps = path.into_actions().into_iter().map(|step| format!("\n    {step:?}"));
                    (property.name, steps.collect::<String>())
                }));
            }
            _ if model.defect.is_none() => assert!(found.is_some(), "{name}: never {}", property.name),
            _ => {}
        }
    }
    broken
}

fn holds(name: &str, model: Seats) {
    if let Some((property, steps)) = broken(name, model, HasDiscoveries::AllFailures).into_iter().next() {
        panic!("{name}: violated: {property}:{steps}");
    }
}

fn is_found(name: &str, model: Seats) {
    let defect = model.defect;
    let found = broken(name, Seats { any_order: false, ..model }, HasDiscoveries::AnyFailures);
    assert!(!found.is_empty(), "{defect:?} is not found");
}

#[expect(clippy::disallowed_methods, reason = "the environment selects how much to explore")]
fn whole() -> bool {
    std::env::var("LATCHKEY_PROTOCOL").is_ok_and(|text| text == "whole")
}

#[test]
fn no_order_of_operations_oversells_a_seat_or_refuses_a_free_one() {
    for seats in if whole() { 1..=2 } else { 1..=1 } {
        for (name, strict, floating, take_over) in [
            ("lenient, fixed", false, false, false),
            ("strict, fixed", true, false, false),
            ("lenient, floating", false, true, false),
            ("strict, floating", true, true, false),
            ("lenient, floating, taken over when full", false, true, true),
        ] {
            let model = Seats { seats, strict, floating, take_over, ..base() };
            let name = format!("{seats} of three devices, {name}");
            if whole() && (strict || !floating) {
                holds(&name, model);
                continue;
            }
            // Both at once are too many states, so: one instance with support, then two instances without it.
            if whole() || strict || !floating {
                holds(&format!("{name}, one by one"), Seats { instances: 1, ..model.clone() });
                holds(&format!("{name}, without support"), Seats { support: false, ..model });
            }
        }
    }
}

#[test]
fn nothing_is_oversold_while_terms_change_between_strict_and_lenient() {
    let model = Seats { strict: true, floating: true, terms_change: true, instances: 1, ..base() };
    // Thirteen million states; `every_planted_defect_is_found` shows within seconds that this model finds a defect.
    if whole() {
        holds("terms that change, one by one", model.clone());
        holds("terms that change, two seats, one by one", Seats { seats: 2, ..model });
    }
}

#[test]
fn leases_of_two_lengths_are_held_as_long_as_their_last_token() {
    holds("leases of two lengths", Seats { two_lengths: true, support: false, instances: 1, ..base() });
}

#[test]
fn every_planted_defect_is_found() {
    for defect in Defect::ALL {
        is_found(&format!("{defect:?}"), Seats { defect: Some(defect), ..base() });
    }
    let strict = Seats { strict: true, ..base() };
    is_found("the clock before the lock, strict", Seats { defect: Some(Defect::ClockBeforeLock), ..strict });
    let changing = Seats { strict: true, floating: true, terms_change: true, instances: 1, ..base() };
    is_found("undo of a checked-out seat", Seats { defect: Some(Defect::UndoWithoutSeatsOfAway), ..changing });
}
