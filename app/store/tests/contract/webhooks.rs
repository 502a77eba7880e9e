use std::collections::HashSet;

use licensing::webhook::{DeliveryState, SubscriptionState};
use store::webhooks::{Attempt, Delivery, DeliveryFilter, Subscription};
use testing::contract;

use crate::given::{ODD, at, id, read, written};

fn subscription(n: u128) -> Subscription {
    Subscription {
        id: id(n),
        url: "https://example.com/".to_owned(),
        description: Some(ODD.to_owned()),
        event_types: vec!["license.*".to_owned()],
        products: vec![id(7)],
        kinds: vec![],
        attributes: [("daysleft".to_owned(), ODD.to_owned())].into(),
        state: SubscriptionState::Active,
        state_reason: None,
        secret_sealed: vec![1, 2],
        former_sealed: Some(vec![3]),
        former_until: Some(at(9)),
        created_by: ODD.to_owned(),
        created_at: at(0),
        updated_at: at(0),
        verified_at: Some(at(1)),
        active_from: Some(at(2)),
        last_success_at: None,
        failing_since: None,
        paused_until: None,
        revision: 1,
    }
}

fn delivery(n: u128, subscription: u128, due: i64) -> Delivery {
    Delivery {
        id: id(n),
        subscription_id: id(subscription),
        message_id: id(n + 100),
        event_type: "license.created".to_owned(),
        body: ODD.to_owned(),
        state: DeliveryState::Pending,
        attempts: 0,
        failed: 0,
        due_at: Some(at(due)),
        claimed_until: None,
        created_at: at(0),
        finished_at: None,
    }
}

contract!(a_subscription_reads_back_as_written_and_is_deleted, async |db| {
    let one = subscription(1);
    let changed =
        Subscription { state: SubscriptionState::Suspended, paused_until: Some(at(5)), revision: 2, ..one.clone() };
    written(db, async |tx| tx.insert_subscription(&one).await).await;
    assert_eq!(read!(db, subscription(one.id)), Some(one.clone()));
    written(db, async |tx| tx.update_subscription(&changed).await).await;
    assert_eq!(read!(db, subscriptions()), [changed]);
    written(db, async |tx| tx.delete_subscription(one.id).await).await;
    assert_eq!(read!(db, subscription(one.id)), None);
});

contract!(due_deliveries_are_claimed_once_until_the_claim_ends, async |db| {
    written(db, async |tx| {
        tx.insert_subscription(&subscription(1)).await?;
        tx.insert_deliveries(&[delivery(10, 1, 2), delivery(11, 1, 1), delivery(12, 1, 9), delivery(13, 2, 1)]).await
    })
    .await;
    let claim = async |now: i64, until: i64| {
        let mut tx = db.begin().await.unwrap();
        let claimed = tx.claim_deliveries(id(1), (at(now), at(until)), 10).await.unwrap();
        tx.commit().await.unwrap();
        claimed.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(read!(db, due_subscriptions(at(0))).len(), 0);
    assert_eq!(read!(db, due_subscriptions(at(3))).len(), 1);
    assert_eq!(claim(3, 5).await, [id(11), id(10)], "those that are due longest first");
    assert_eq!(read!(db, due_subscriptions(at(4))).len(), 0);
    assert!(claim(4, 6).await.is_empty());
    assert_eq!(claim(5, 6).await, [id(11), id(10)], "the claim has ended");
});

contract!(deliveries_are_recorded_held_replayed_and_swept, async |db| {
    let one = delivery(10, 1, 2);
    let attempt = Attempt {
        delivery_id: one.id,
        n: 1,
        at: at(2),
        milliseconds: 12,
        status: Some(500),
        error: None,
        response: Some(ODD.to_owned()),
    };
    let dead = Delivery { state: DeliveryState::Dead, attempts: 1, failed: 1, due_at: None, ..one.clone() };
    written(db, async |tx| {
        tx.insert_deliveries(&[one.clone(), delivery(11, 1, 2)]).await?;
        tx.insert_attempt(&attempt).await?;
        tx.update_delivery(&dead).await
    })
    .await;
    assert_eq!(read!(db, attempts(one.id)), [attempt]);
    let of = |state| DeliveryFilter { state: Some(state), ..DeliveryFilter::default() };
    assert_eq!(read!(db, delivery_ids(id(1), of(DeliveryState::Dead), 9)), [one.id]);
    written(db, async |tx| tx.hold_deliveries(id(1)).await).await;
    assert_eq!(read!(db, delivery_ids(id(1), of(DeliveryState::Held), 9)), [id(11)]);
    written(db, async |tx| {
        assert_eq!(tx.replay_deliveries(id(1), &[one.id, id(11), id(99)], at(7)).await?, 2);
        assert_eq!(tx.replay_deliveries(id(2), &[one.id], at(7)).await?, 0, "of another subscription");
        Ok(())
    })
    .await;
    let replayed = read!(db, delivery(one.id)).unwrap();
    assert_eq!((replayed.state, replayed.failed, replayed.due_at), (DeliveryState::Pending, 0, Some(at(7))));
    written(db, async |tx| tx.sweep_deliveries(chrono::DateTime::UNIX_EPOCH, 9).await.map(drop)).await;
    assert!(read!(db, delivery(one.id)).is_some());
});

fn event(n: u128, act: &str) -> store::events::Event {
    store::events::Event {
        id: id(n),
        at: at(0),
        actor_kind: "server".to_owned(),
        actor_id: None,
        actor_name: "server".to_owned(),
        kind: act.to_owned(),
        subject_kind: "license".to_owned(),
        subject_id: None,
        subject_name: ODD.to_owned(),
        license_id: None,
        before: None,
        after: None,
        reason: None,
        address: None,
        request_id: None,
    }
}

contract!(only_published_acts_get_a_row_in_the_outbox_and_only_if_they_commit, async |db| {
    written(db, async |tx| tx.insert_events(&[event(1, "license.created")]).await).await;
    assert!(!read!(db, has_outbox()), "nothing is published at first");
    db.set_wanted(HashSet::from(["license.created"]));
    let mut tx = db.begin().await.unwrap();
    tx.insert_events(&[event(2, "license.created")]).await.unwrap();
    drop(tx);
    written(db, async |tx| tx.insert_events(&[event(3, "license.revoked")]).await).await;
    assert!(!read!(db, has_outbox()), "rolled back, and not wanted");
    written(db, async |tx| tx.insert_events(&[event(4, "license.created"), event(5, "license.revoked")]).await).await;
    let mut tx = db.begin().await.unwrap();
    let taken: Vec<_> = tx.take_outbox(10).await.unwrap().into_iter().map(|event| event.id).collect();
    assert_eq!(taken, [id(4)]);
    drop(tx);
    assert!(read!(db, has_outbox()), "the fan-out was rolled back");
});

contract!(the_events_of_a_transaction_leave_the_outbox_in_parts, async |db| {
    db.set_wanted(HashSet::from(["license.created"]));
    let created = |of: std::ops::Range<u128>| of.map(|n| event(n, "license.created")).collect::<Vec<_>>();
    written(db, async |tx| tx.insert_events(&created(1..8)).await).await;
    written(db, async |tx| tx.insert_events(&created(8..9)).await).await;
    let take = async || {
        let mut tx = db.begin().await.unwrap();
        let taken = tx.take_outbox(3).await.unwrap();
        tx.commit().await.unwrap();
        taken.into_iter().map(|event| event.id).collect::<Vec<_>>()
    };
    assert_eq!(take().await, [id(1), id(2), id(3)]);
    assert_eq!(take().await, [id(4), id(5), id(6)]);
    assert_eq!(take().await, [id(7), id(8)]);
    assert!(take().await.is_empty() && !read!(db, has_outbox()));
});
