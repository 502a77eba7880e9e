use chrono::DateTime;
use serde_json::{Value, json};
use store::{
    Paging, Store,
    events::{Event, EventActors, EventFilter},
};
use testing::contract;

use crate::given::{ODD, a_license, at, event, id, last, read, written};

/// The numbers of the events found, newest first.
async fn found(db: &Store, filter: &EventFilter) -> Vec<u128> {
    let page = read!(db, events(filter, Paging::First, 100));
    page.rows.iter().map(|event| event.id.as_u128() & 0xFFFF).collect()
}

contract!(an_event_reads_back_as_written, async |db| {
    let odd = Some(ODD.to_owned());
    let full = Event {
        at: last(),
        actor_id: Some(id(7)),
        actor_name: ODD.to_owned(),
        subject_id: Some(id(8)),
        subject_name: ODD.to_owned(),
        license_id: Some(id(9)),
        before: Some(json!({"": ODD, "b": [null, 0.1, -1, u64::MAX]})),
        after: Some(json!([])),
        reason: odd.clone(),
        address: odd.clone(),
        request_id: odd,
        ..event(1)
    };
    let events = [full, event(2)];
    written(db, async |tx| tx.insert_events(&events).await).await;
    let page = read!(db, events(&EventFilter::default(), Paging::First, 10));
    assert_eq!(page.rows, events.into_iter().rev().collect::<Vec<_>>());
});

contract!(an_absent_value_and_every_kind_of_json_value_are_distinguished, async |db| {
    let members =
        [json!(null), json!(true), json!(0), json!(-17), json!(u64::MAX), json!(0.1), json!("null"), json!([])];
    let objects = members.into_iter().map(|value| Some(json!({ "member": value })));
    let values: Vec<Option<Value>> = [None, Some(json!({}))].into_iter().chain(objects).collect();
    let events: Vec<Event> =
        (1..).zip(&values).map(|(n, v)| Event { before: v.clone(), after: v.clone(), ..event(n) }).collect();
    written(db, async |tx| tx.insert_events(&events).await).await;
    let page = read!(db, events(&EventFilter::default(), Paging::First, 100));
    let found: Vec<_> = page.rows.into_iter().rev().map(|event| (event.before, event.after)).collect();
    assert_eq!(found, values.into_iter().map(|v| (v.clone(), v)).collect::<Vec<_>>());
});

contract!(the_id_of_an_event_is_unique, async |db| {
    written(db, async |tx| tx.insert_events(&[event(1)]).await).await;
    assert!(db.begin().await.unwrap().insert_events(&[event(1)]).await.is_err());
    assert_eq!(found(db, &EventFilter::default()).await, [1]);
});

contract!(batches_of_every_size_add_each_event_once, async |db| {
    let mut n = 0;
    for size in [1, 2, 3, 7, 45, 256, 300] {
        let events: Vec<Event> = (n..n + size).map(event).collect();
        n += size;
        written(db, async |tx| tx.insert_events(&events).await).await;
    }
    let page = read!(db, events(&EventFilter::default(), Paging::First, 10_000));
    assert_eq!(page.rows, (0..n).rev().map(event).collect::<Vec<_>>());
});

contract!(pages_cover_every_event_once_and_lead_back, async |db| {
    let events: Vec<Event> = (0..10).map(event).collect();
    written(db, async |tx| tx.insert_events(&events).await).await;
    let all = EventFilter::default();
    let numbers = |rows: &[Event]| rows.iter().map(|event| event.id.as_u128() & 0xFFFF).collect::<Vec<_>>();
    let first = read!(db, events(&all, Paging::First, 4));
    let second = read!(db, events(&all, Paging::After(first.next.unwrap()), 4));
    let third = read!(db, events(&all, Paging::After(second.next.unwrap()), 4));
    assert_eq!((first.previous, third.next), (None, None));
    assert_eq!([&first, &second, &third].map(|p| numbers(&p.rows)), [vec![9, 8, 7, 6], vec![5, 4, 3, 2], vec![1, 0]]);
    assert_eq!(read!(db, events(&all, Paging::Before(third.previous.unwrap()), 4)), second);
    let back = read!(db, events(&all, Paging::Before(second.previous.unwrap()), 4));
    assert_eq!(back, first);
});

contract!(events_are_filtered_by_license_act_and_text, async |db| {
    let with = |n, act: &str, actor: &str, subject: &str, license: Option<u128>| Event {
        kind: act.to_owned(),
        actor_name: actor.to_owned(),
        subject_name: subject.to_owned(),
        license_id: license.map(id),
        ..event(n)
    };
    let events = [
        with(1, "license.created", "Ada", "Example GmbH", Some(50)),
        with(2, "license.suspended", "Bob", "Example GmbH", Some(50)),
        with(3, "licenses_exported", "Bob", "100% Ltd", None),
        with(4, "device.revoked", "ada", "laptop_1", Some(51)),
        with(5, "login.ended", "100x", "laptopX1!", None),
    ];
    let mut events = events;
    for of in [0, 3] {
        events[of].subject_id = Some(id(10));
    }
    written(db, async |tx| tx.insert_events(&events).await).await;
    let text = |text: &str| Some(text.to_owned());
    let all = EventFilter::default;
    for (filter, expected) in [
        (EventFilter { license_id: Some(id(50)), ..all() }, vec![2, 1]),
        (EventFilter { license_id: Some(id(99)), ..all() }, vec![]),
        (EventFilter { kind: text("license."), ..all() }, vec![2, 1]),
        (EventFilter { kind: text("license"), ..all() }, vec![3, 2, 1]),
        (EventFilter { kind: text("revoked"), ..all() }, vec![]),
        (EventFilter { kind: text("LICENSE."), ..all() }, vec![2, 1]),
        (EventFilter { kind: text("%"), ..all() }, vec![]),
        (EventFilter { text: text("ADA"), ..all() }, vec![4, 1]),
        (EventFilter { text: text("gmbh"), ..all() }, vec![2, 1]),
        (EventFilter { text: text("100%"), ..all() }, vec![3]),
        (EventFilter { text: text("p_1"), ..all() }, vec![4]),
        (EventFilter { text: text("1!"), ..all() }, vec![5]),
        (EventFilter { text: text("bob"), kind: text("license."), license_id: Some(id(50)), ..all() }, vec![2]),
        (EventFilter { subject_id: Some(id(10)), ..all() }, vec![4, 1]),
        (EventFilter { subject_id: Some(id(10)), license_id: Some(id(50)), ..all() }, vec![1]),
    ] {
        assert_eq!(found(db, &filter).await, expected, "{filter:?}");
    }
});

contract!(a_search_reads_a_limited_number_of_events_for_each_page, async |db| {
    let named = |n, name: &str| Event { subject_name: name.to_owned(), ..event(n) };
    let mut events = vec![named(1, "Zoë"), named(2, "Zoe\u{308}")];
    events.extend((3..=2_003).map(|n| named(n, "Example GmbH")));
    written(db, async |tx| tx.insert_events(&events).await).await;
    let filter = EventFilter { text: Some("ZOE".to_owned()), ..EventFilter::default() };
    let first = read!(db, events(&filter, Paging::First, 2));
    assert_eq!((first.rows.len(), first.partial, first.previous), (0, true, None));
    let second = read!(db, events(&filter, Paging::After(first.next.unwrap()), 2));
    let ids: Vec<_> = second.rows.iter().map(|event| event.id).collect();
    assert_eq!((ids, second.partial, second.next), (vec![id(2), id(1)], false, None));
    let back = read!(db, events(&filter, Paging::Before(second.previous.unwrap()), 2));
    assert_eq!((back.rows.len(), back.partial), (0, true));
});

contract!(events_are_filtered_by_actor_and_time, async |db| {
    let by = |n, kind: &str, account: Option<u128>| Event {
        actor_kind: kind.to_owned(),
        actor_id: account.map(id),
        ..event(n)
    };
    let all = [by(1, "account", Some(70)), by(2, "account", Some(71)), by(3, "device", None), by(4, "server", None)];
    written(db, async |tx| tx.insert_events(&all).await).await;
    let of = |by| EventFilter { by: Some(by), ..EventFilter::default() };
    assert_eq!(found(db, &of(EventActors::Id(id(70)))).await, [1]);
    assert_eq!(found(db, &of(EventActors::Devices)).await, [3]);
    assert_eq!(found(db, &of(EventActors::Others)).await, [4, 2, 1]);
    let since = |at| EventFilter { since: Some(at), ..EventFilter::default() };
    // The ids of the fixtures are of one early time.
    assert_eq!(found(db, &since(DateTime::UNIX_EPOCH)).await.len(), 4);
    assert_eq!(found(db, &since(at(0))).await, [] as [u128; 0]);
});

contract!(licenses_are_named_by_their_ids, async |db| {
    let license = a_license(db, 3).await;
    assert_eq!(read!(db, license_names(&[])), vec![]);
    let names = read!(db, license_names(&[license.id, id(999)]));
    assert_eq!(names, [(license.id, license.customer.clone(), license.email.clone(), license.code_tail.clone())]);
});
