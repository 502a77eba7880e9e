//! The overview of a server, as Home shows it.

use licensing::{
    Overrides, Span, Terms,
    license::StateChange,
    terms::{Lease, Seats, Validity},
};
use service::LicenseForm;
use testing::contract;

use crate::{
    decisions::{explained, refused},
    test_service::{TestService, seats},
};

contract!(licenses_are_counted_by_whether_devices_can_run, async |db| {
    let fixture = TestService::open(db).await;
    let (policy, _, code) = fixture.licensed(seats(3)).await;
    fixture.activate(&code, "device").await.unwrap();
    let (suspended, _) = fixture.license(&policy).await;
    fixture
        .service
        .licenses()
        .change_state(suspended.id, StateChange::Suspend, "a test", &fixture.actor)
        .await
        .unwrap();
    let own = |overrides: Overrides| LicenseForm { overrides, ..LicenseForm::default() };
    let until = |days| Some(Validity::FromIssue(Span::days(days).into()));
    let forms = vec![
        own(Overrides { validity: until(3), seats: Some(Seats::Limited(10)), ..Overrides::default() }),
        own(Overrides { validity: until(20), ..Overrides::default() }),
        own(Overrides { seats: Some(Seats::Unlimited), ..Overrides::default() }),
    ];
    fixture.service.licenses().create_licenses(policy.id, forms, &fixture.actor).await.unwrap();

    let all = fixture.service.counter().overview().await.unwrap().unwrap();
    assert_eq!((all.licenses, all.active, all.not_started), (5, 4, 2), "one runs, one ends soon, and two wait");
    assert_eq!((all.ending_in_week, all.ending_in_month), (1, 2));
    assert_eq!((all.seats, all.sold, all.unlimited), (1, 3 + 10 + 3, 1));

    assert_eq!((all.seats_of_sold, all.seats_unlimited), (1, 0));

    fixture.clock.advance(4 * 86_400);
    let later = fixture.service.counter().overview().await.unwrap().unwrap();
    assert_eq!((later.active, later.ending_in_week), (3, 0), "an ended license is not active");
});

contract!(seats_without_a_limit_are_counted_apart, async |db| {
    let fixture = TestService::open(db).await;
    let (_, _, limited) = fixture.licensed(seats(3)).await;
    let (_, _, unlimited) = fixture.licensed(Terms { seats: Seats::Unlimited, ..Terms::default() }).await;
    let (_, ended, inactive) = fixture.licensed(seats(3)).await;
    fixture.activate(&limited, "one").await.unwrap();
    for device in ["two", "three"] {
        fixture.activate(&unlimited, device).await.unwrap();
    }
    fixture.activate(&inactive, "four").await.unwrap();
    fixture.service.licenses().change_state(ended.id, StateChange::Suspend, "a test", &fixture.actor).await.unwrap();
    let all = fixture.service.counter().overview().await.unwrap().unwrap();
    assert_eq!((all.seats, all.seats_of_sold, all.seats_unlimited), (4, 1, 2), "one more on the suspended license");
    assert_eq!((all.sold, all.unlimited), (3, 1));
});

contract!(seats_outlast_the_server_as_long_as_their_tokens, async |db| {
    let fixture = TestService::open(db).await;
    let lease = |span: Span| Lease { default: span, minimum: Span::minutes(1), maximum: span };
    for (span, grace) in [(Span::minutes(30), Span::ZERO), (Span::days(2), Span::ZERO), (Span::days(30), Span::days(7))]
    {
        let terms = Terms { lease: lease(span), grace, ..Terms::default() };
        let (_, _, code) = fixture.licensed(terms).await;
        fixture.activate(&code, "device").await.unwrap();
    }
    let all = fixture.service.counter().overview().await.unwrap().unwrap();
    assert_eq!((all.seats, all.lasting), (3, [2, 2, 1, 1]));
});

contract!(each_day_counts_its_new_devices_and_refusals, async |db| {
    let fixture = TestService::open(db).await;
    let (_, _, code) = fixture.licensed(seats(1)).await;
    fixture.activate(&code, "one").await.unwrap();
    fixture.activate(&code, "one").await.unwrap();
    let refused = refused(fixture.activate(&code, "two").await);
    explained(&fixture, refused).await;
    let today = |days: &[service::DayActivity]| days.last().map(|it| (it.activated, it.refused));
    let first = fixture.service.counter().overview().await.unwrap().unwrap();
    assert_eq!(first.days.len(), 30);
    assert_eq!(today(&first.days), Some((1, 1)), "a renewal is no new device");

    fixture.clock.advance(86_400);
    let next = fixture.service.counter().overview().await.unwrap().unwrap();
    assert_eq!(today(&next.days), Some((0, 0)));
    let yesterday = next.days[28];
    assert_eq!((yesterday.activated, yesterday.refused), (1, 1));
    assert_eq!(yesterday.day, first.days[29].day);
    let again = fixture.service.counter().overview().await.unwrap().unwrap();
    assert_eq!(again.days, next.days, "a day that is over does not change");
});
