use chrono::TimeDelta;
use licensing::{
    Refusal,
    activation::{Facts, Kept, Request},
};
use store::{
    Paging, Store,
    decisions::{DecisionFacts, DecisionFilter, DecisionRow, Outcome},
    events::Event,
};
use testing::contract;
use uuid::Uuid;

use crate::given::{ODD, at, event, hash, id, last, read, written};

/// A refusal of an unknown code, `n` seconds after the first.
pub(crate) fn refusal(n: i64) -> DecisionRow {
    let moment = at(n * 1_000_000);
    DecisionRow {
        id: later(n),
        at: moment,
        purpose: "activate".to_owned(),
        outcome: "code_not_found".to_owned(),
        rule: "code_known".to_owned(),
        license_id: None,
        product_id: None,
        activation_id: None,
        code_tail: None,
        email: None,
        device_name: None,
        fingerprint_hash: None,
        address: None,
        request_id: None,
        facts: None,
    }
}

/// A decision id for second `n`.
fn later(n: i64) -> Uuid {
    let millis = u128::try_from(at(n * 1_000_000).timestamp_millis()).unwrap();
    Uuid::from_u128(millis << 80 | 0x7000_8000_0000_0000_0000 | u128::try_from(n).unwrap())
}

fn of(n: i64, outcome: &str, license: u128, product: u128) -> DecisionRow {
    let (license_id, product_id) = (Some(id(license)), Some(id(product)));
    DecisionRow { outcome: outcome.to_owned(), license_id, product_id, ..refusal(n) }
}

/// The events of the grants. Grants are found under their license through these.
fn events_of(rows: &[DecisionRow]) -> Vec<Event> {
    let granted = rows.iter().filter(|row| row.outcome == "granted");
    granted.map(|row| Event { id: row.id, license_id: row.license_id, ..event(1) }).collect()
}

/// The numbers of the decisions found, newest first.
async fn found(db: &Store, filter: &DecisionFilter) -> Vec<u128> {
    let page = read!(db, decisions(filter, Paging::First, 10_000));
    page.rows.iter().map(|row| row.id.as_u128() & 0xFFFF_FFFF).collect()
}

contract!(a_decision_reads_back_as_written, async |db| {
    let odd = Some(ODD.to_owned());
    let request = Request::default();
    let full = DecisionRow {
        at: last(),
        activation_id: Some(id(3)),
        code_tail: odd.clone(),
        email: odd.clone(),
        device_name: odd.clone(),
        fingerprint_hash: Some(hash(4).to_vec()),
        address: odd.clone(),
        request_id: odd.clone(),
        facts: Some(DecisionFacts {
            refusal: Some(Refusal::SeatLimit { used: 5, allowed: 5, next_at: Some(at(7)) }),
            saw: Some(Box::new(Kept::of(Facts::default(), false, &request, at(0)))),
            customer: odd,
            ..DecisionFacts::default()
        }),
        ..of(1, "seat_limit", 1, 2)
    };
    let rows = [full, refusal(2)];
    written(db, async |tx| tx.insert_decisions(&rows).await).await;
    for row in &rows {
        assert_eq!(read!(db, decision(row.id)).as_ref(), Some(row));
    }
    assert_eq!(read!(db, decision(later(3))), None);
    assert!(db.begin().await.unwrap().insert_decisions(&rows).await.is_err(), "a decision is recorded once");
});

contract!(batches_of_every_size_record_each_decision_once, async |db| {
    let mut n = 0;
    for size in [1, 2, 3, 7, 45, 256, 300] {
        let rows: Vec<_> = (n..n + size).map(refusal).collect();
        n += size;
        written(db, async |tx| tx.insert_decisions(&rows).await).await;
    }
    let page = read!(db, decisions(&DecisionFilter::default(), Paging::First, 10_000));
    assert_eq!(page.rows, (0..n).rev().map(refusal).collect::<Vec<_>>());
});

contract!(pages_cover_every_decision_once_and_lead_back, async |db| {
    let rows: Vec<_> = (0..10).map(refusal).collect();
    written(db, async |tx| tx.insert_decisions(&rows).await).await;
    let all = DecisionFilter::default();
    let numbers = |rows: &[DecisionRow]| rows.iter().map(|row| row.id.as_u128() & 0xFF).collect::<Vec<_>>();
    let first = read!(db, decisions(&all, Paging::First, 4));
    let second = read!(db, decisions(&all, Paging::After(first.next.unwrap()), 4));
    let third = read!(db, decisions(&all, Paging::After(second.next.unwrap()), 4));
    assert_eq!((first.previous, third.next), (None, None));
    assert_eq!([&first, &second, &third].map(|p| numbers(&p.rows)), [vec![9, 8, 7, 6], vec![5, 4, 3, 2], vec![1, 0]]);
    assert_eq!(read!(db, decisions(&all, Paging::Before(third.previous.unwrap()), 4)), second);
});

contract!(decisions_are_filtered_by_every_criterion, async |db| {
    let rows = [
        of(1, "granted", 50, 60),
        DecisionRow { code_tail: Some("T9-5G".to_owned()), ..of(2, "seat_limit", 50, 60) },
        DecisionRow { email: Some("i…@acme.com".to_owned()), ..of(3, "seat_limit", 51, 60) },
        DecisionRow { device_name: Some("100% Rehearsal".to_owned()), ..of(4, "device_blocked", 52, 61) },
        DecisionRow { address: Some("203.0.113.7".to_owned()), rule: "not_ended".to_owned(), ..refusal(5) },
        DecisionRow { fingerprint_hash: Some(hash(6).to_vec()), ..of(6, "granted", 51, 60) },
    ];
    written(db, async |tx| tx.insert_decisions(&rows).await).await;
    written(db, async |tx| tx.insert_events(&events_of(&rows)).await).await;
    let text = |text: &str| Some(text.to_owned());
    let all = DecisionFilter::default;
    for (filter, expected) in [
        (all(), vec![6, 5, 4, 3, 2, 1]),
        (DecisionFilter { outcome: Some(Outcome::Granted), ..all() }, vec![6, 1]),
        (DecisionFilter { outcome: Some(Outcome::Refused), ..all() }, vec![5, 4, 3, 2]),
        (DecisionFilter { code: text("seat_limit"), ..all() }, vec![3, 2]),
        (DecisionFilter { code: text("granted"), ..all() }, vec![]),
        (DecisionFilter { rule: text("not_ended"), ..all() }, vec![5]),
        (DecisionFilter { license_id: Some(id(51)), ..all() }, vec![6, 3]),
        (DecisionFilter { product_id: Some(id(60)), outcome: Some(Outcome::Refused), ..all() }, vec![3, 2]),
        (DecisionFilter { fingerprint_hash: Some(hash(6)), ..all() }, vec![6]),
        (DecisionFilter { text: text("t9-5g"), ..all() }, vec![2]),
        (DecisionFilter { text: text("ACME"), ..all() }, vec![3]),
        (DecisionFilter { text: text("0%"), ..all() }, vec![4]),
        (DecisionFilter { text: text("203.0.113."), ..all() }, vec![5]),
        (DecisionFilter { since: Some(at(3_000_000)), until: Some(at(5_000_000)), ..all() }, vec![4, 3]),
    ] {
        assert_eq!(found(db, &filter).await, expected, "{filter:?}");
    }
});

contract!(a_request_is_found_by_its_id_near_its_time, async |db| {
    let rows = [1, 2, 900].map(|n| DecisionRow { request_id: Some("r-1".to_owned()), ..refusal(n) });
    written(db, async |tx| tx.insert_decisions(&rows).await).await;
    let found = read!(db, decisions_in_request("r-1", at(1_500_000)));
    assert_eq!(found.iter().map(|row| row.id).collect::<Vec<_>>(), [later(2), later(1)]);
    assert_eq!(read!(db, decisions_in_request("r-2", at(1_500_000))), []);
});

contract!(refusals_are_grouped_by_outcome_and_product, async |db| {
    let rows = [
        of(1, "seat_limit", 50, 60),
        of(2, "seat_limit", 51, 60),
        of(3, "seat_limit", 51, 60),
        of(4, "seat_limit", 52, 61),
        of(5, "granted", 50, 60),
        refusal(6),
        refusal(7),
    ];
    written(db, async |tx| tx.insert_decisions(&rows).await).await;
    let groups = read!(db, refusal_groups(&DecisionFilter::default(), 10));
    let reported: Vec<_> =
        groups.iter().map(|g| (g.outcome.as_str(), g.product_id, g.refusals, g.licenses, g.last_at)).collect();
    assert_eq!(
        reported,
        [
            ("seat_limit", Some(id(60)), 3, 2, at(3_000_000)),
            ("code_not_found", None, 2, 0, at(7_000_000)),
            ("seat_limit", Some(id(61)), 1, 1, at(4_000_000)),
        ]
    );
    let since = DecisionFilter { since: Some(at(4_000_000)), ..DecisionFilter::default() };
    assert_eq!(read!(db, refusal_groups(&since, 10)).len(), 2);
    assert_eq!(read!(db, refusal_groups(&since, 1)).len(), 1);
    let licenses = async |filter: &DecisionFilter, most| {
        let rows = read!(db, refused_licenses(filter, most));
        rows.into_iter().map(|it| (it.outcome, it.product_id, it.license_id)).collect::<Vec<_>>()
    };
    let full = |license, product| ("seat_limit".to_owned(), Some(id(product)), id(license));
    assert_eq!(licenses(&DecisionFilter::default(), 9).await, [full(52, 61), full(51, 60), full(50, 60)]);
    assert_eq!(licenses(&DecisionFilter::default(), 1).await, [full(52, 61)]);
    assert_eq!(licenses(&since, 9).await, [full(52, 61)]);
});

contract!(only_the_newest_refusals_of_a_license_or_of_none_are_kept, async |db| {
    let rows: Vec<_> = (0..40)
        .map(|n| match n % 4 {
            0 => refusal(n),
            1 => of(n, "seat_limit", 50, 60),
            2 => of(n, "granted", 50, 60),
            _ => of(n, "seat_limit", 51, 60),
        })
        .collect();
    written(db, async |tx| tx.insert_decisions(&rows).await).await;
    written(db, async |tx| tx.insert_events(&events_of(&rows)).await).await;
    for (license, most, gone) in [(None, 3, 7), (None, 3, 0), (Some(id(50)), 2, 8), (Some(id(50)), 100, 0)] {
        let mut tx = db.begin().await.unwrap();
        assert_eq!(tx.trim_refusals(license, most).await.unwrap(), gone, "{license:?} {most}");
        tx.commit().await.unwrap();
    }
    let of_license = |license| DecisionFilter { license_id: Some(license), ..DecisionFilter::default() };
    assert_eq!(found(db, &of_license(id(50))).await.len(), 2 + 10, "grants stay");
    assert_eq!(found(db, &of_license(id(51))).await.len(), 10, "refusals of another license stay");
    let unknown = DecisionFilter { code: Some("code_not_found".to_owned()), ..DecisionFilter::default() };
    assert_eq!(found(db, &unknown).await, [36, 32, 28], "the newest stay");
});

contract!(old_decisions_are_deleted_oldest_first_in_batches, async |db| {
    let rows: Vec<_> = (0..10).map(refusal).collect();
    written(db, async |tx| tx.insert_decisions(&rows).await).await;
    let before = at(7_000_000) + TimeDelta::milliseconds(1);
    for gone in [5, 3, 0] {
        let mut tx = db.begin().await.unwrap();
        assert_eq!(tx.delete_old_decisions(before, 5).await.unwrap(), gone);
        tx.commit().await.unwrap();
    }
    assert_eq!(found(db, &DecisionFilter::default()).await, [9, 8]);
});

contract!(a_search_reads_a_limited_number_of_decisions_for_each_page, async |db| {
    let named = |n, name: &str| DecisionRow { device_name: Some(name.to_owned()), ..refusal(n) };
    let mut rows = vec![named(1, "Stüdio"), named(2, "STUDIO")];
    rows.extend((3..=2_003).map(|n| named(n, "Laptop")));
    written(db, async |tx| tx.insert_decisions(&rows).await).await;
    let filter = DecisionFilter { text: Some("studio".to_owned()), ..DecisionFilter::default() };
    let first = read!(db, decisions(&filter, Paging::First, 2));
    assert_eq!((first.rows.len(), first.partial, first.previous), (0, true, None));
    let second = read!(db, decisions(&filter, Paging::After(first.next.unwrap()), 2));
    assert_eq!((second.rows.len(), second.partial, second.next), (2, false, None));
});
