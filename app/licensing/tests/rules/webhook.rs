//! Webhooks: types, patterns, schedule and states.

use std::collections::BTreeSet;

use licensing::{
    EventKind, Span,
    webhook::{
        Answer, CATALOG, CHALLENGES, Effect, EventType, Next, Pattern, PatternError, UNPUBLISHED, Verdict, judge,
        patterns, retry_at,
    },
};
use strum::IntoEnumIterator as _;

use crate::at;

#[test]
fn every_event_has_a_type_or_a_reason_for_having_none() {
    for event in EventKind::iter() {
        let excused = UNPUBLISHED.iter().any(|(prefix, _)| event.name().starts_with(prefix));
        assert!(EventType::of(event).is_some() || excused, "{}", event.name());
    }
    let names: BTreeSet<_> = CATALOG.iter().map(|it| it.name).collect();
    assert_eq!(names.len(), CATALOG.len(), "no two types have one name");
    let events: BTreeSet<_> = CATALOG.iter().map(|it| it.event.name()).collect();
    assert_eq!(events.len(), CATALOG.len(), "no event has two types");
}

#[test]
fn messages_contain_no_code_fingerprint_or_note() {
    for member in CATALOG.iter().flat_map(|it| it.members) {
        assert!(!["code_tail", "fingerprint", "fingerprints", "notes", "note"].contains(member), "{member}");
    }
}

#[test]
fn a_pattern_chooses_a_type_a_group_or_all() {
    let chosen = |text: &str| {
        let pattern = Pattern::read(text).unwrap();
        CATALOG.iter().filter(|it| pattern.chooses(it)).map(|it| it.name).collect::<Vec<_>>()
    };
    assert_eq!(chosen("license.suspended"), ["license.suspended"]);
    assert_eq!(chosen("code.*"), ["code.revealed", "code.reissued"]);
    let activations = chosen("activation.*");
    assert!(activations.contains(&"activation.created"));
    for frequent in ["activation.renewed", "activation.checked_in"] {
        assert!(!activations.contains(&frequent) && !chosen("*").contains(&frequent), "{frequent} must be named");
        assert_eq!(chosen(frequent), [frequent]);
    }
    assert_eq!(chosen("*").len(), CATALOG.len() - 2);
}

#[test]
fn unknown_patterns_are_refused() {
    for bad in ["", "license", "license.", "license.frozen", "frozen.*", "**", "*.created", ".*", "License.*"] {
        assert_eq!(Pattern::read(bad), Err(PatternError::Unknown(bad.to_owned())), "{bad}");
    }
    assert_eq!(patterns([]), Err(PatternError::Empty));
    assert_eq!(patterns(["*"; 200]).unwrap().len(), 1, "each counts once");
    let written: Vec<_> = patterns(["*", "license.*", "key.revoked"]).unwrap().iter().map(Pattern::to_string).collect();
    assert_eq!(written, ["*", "license.*", "key.revoked"]);
}

#[test]
fn a_delivery_is_tried_for_three_days() {
    let now = at("2026-03-01T12:00:00Z");
    let waits: Vec<_> =
        (1..).map_while(|failed| retry_at(failed, (None, 0), None, now)).map(|at| (at - now).num_seconds()).collect();
    assert_eq!(waits, [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
    let total: i64 = waits.iter().sum();
    assert_eq!(total / 3_600, 75);
    assert_eq!(retry_at(2, (None, 200), None, now), Some(at("2026-03-01T12:06:00Z")), "a fifth later");
    assert_eq!(retry_at(2, (None, -200), None, now), Some(at("2026-03-01T12:04:00Z")), "a fifth earlier");
    assert_eq!(retry_at(1, (None, 0), Some(Span::hours(1)), now), Some(at("2026-03-01T13:00:00Z")), "as asked");
    assert_eq!(retry_at(1, (None, 0), Some(Span::days(9)), now), Some(at("2026-03-02T12:00:00Z")), "a day at most");
    assert_eq!(retry_at(2, (Some(CHALLENGES), 0), None, now), Some(at("2026-03-01T12:05:00Z")));
    assert_eq!(retry_at(3, (Some(CHALLENGES), 0), None, now), None, "a challenge is tried three times");
}

#[test]
fn an_answer_decides_over_the_delivery_and_the_subscription() {
    let now = at("2026-03-01T12:00:00Z");
    let judged = |answer| judge(answer, (1, None, 0), (Some(now), Span::days(5)), now);
    let soon = Next::Retry(at("2026-03-01T12:00:05Z"));
    assert_eq!(judged(Answer::Status(204, None)), Verdict { next: Next::Delivered, effect: Effect::Works });
    for status in [301, 302, 400, 401, 404, 500] {
        assert_eq!(judged(Answer::Status(status, None)), Verdict { next: soon, effect: Effect::Fails }, "{status}");
    }
    assert_eq!(judged(Answer::None), Verdict { next: soon, effect: Effect::Fails });
    assert_eq!(judged(Answer::NotAllowed), Verdict { next: Next::Blocked, effect: Effect::Fails });
    assert_eq!(judged(Answer::Status(410, None)), Verdict { next: Next::Held, effect: Effect::Disabled });
    for status in [429, 502, 503, 504] {
        let rests = Effect::Rests(at("2026-03-01T12:00:30Z"));
        assert_eq!(judged(Answer::Status(status, None)), Verdict { next: soon, effect: rests }, "{status}");
    }
    let asked = judged(Answer::Status(429, Some(Span::minutes(10))));
    let later = at("2026-03-01T12:10:00Z");
    assert_eq!(asked, Verdict { next: Next::Retry(later), effect: Effect::Rests(later) });
    let given_up = judge(Answer::None, (10, None, 0), (Some(now), Span::days(5)), now);
    assert_eq!(given_up, Verdict { next: Next::Dead, effect: Effect::Fails });
}

#[test]
fn a_subscription_that_has_failed_for_days_is_suspended() {
    let now = at("2026-03-06T12:00:00Z");
    let judged = |since| judge(Answer::None, (3, None, 0), (Some(at(since)), Span::days(5)), now);
    assert_eq!(judged("2026-03-01T12:00:00Z"), Verdict { next: Next::Held, effect: Effect::Suspended });
    assert_eq!(judged("2026-03-01T12:00:01Z").effect, Effect::Fails);
    let works = judge(Answer::Status(200, None), (0, None, 0), (Some(at("2026-01-01T00:00:00Z")), Span::days(5)), now);
    assert_eq!(works.effect, Effect::Works);
}
