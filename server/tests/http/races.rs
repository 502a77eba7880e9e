//! Concurrent requests: never above the limit, and never below it.

use std::{collections::HashSet, sync::Arc};

use axum::http::StatusCode;
use testing::contract;
use tokio::{sync::Barrier, task::JoinSet};

use crate::fixture::{Answer, Issued, Server};

/// Sends all of these requests concurrently, each from a task of its own.
async fn at_once(server: &Server, requests: Vec<(Issued, String)>) -> Vec<Answer> {
    let together = Arc::new(Barrier::new(requests.len()));
    let mut tasks = JoinSet::new();
    for (license, device) in requests {
        let (server, together) = (server.clone(), Arc::clone(&together));
        tasks.spawn(async move {
            together.wait().await;
            server.activate(&license, &device).await
        });
    }
    tasks.join_all().await
}

/// Number of grants. Asserts that every other request was refused for the seat limit.
fn granted(answers: &[Answer]) -> usize {
    let (granted, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == StatusCode::OK);
    for answer in refused {
        assert_eq!(answer.problem(), (409, "seat_limit".to_owned()));
    }
    granted.len()
}

fn devices(license: &Issued, name: &str, n: usize) -> Vec<(Issued, String)> {
    (0..n).map(|i| (license.clone(), format!("{name}-{i}"))).collect()
}

contract!(of_64_devices_that_race_for_5_seats_5_win_every_time, async |db| {
    let server = Server::on(db).await;
    for round in 0..40 {
        let license = server.license().seats(5).create().await;

        let answers = at_once(&server, devices(&license, "device", 64)).await;

        assert_eq!(granted(&answers), 5, "round {round}");
        assert_eq!(license.devices_and_seats(&server).await, (5, 5), "round {round}");
    }
});

contract!(a_device_with_32_concurrent_requests_has_one_seat_and_32_tokens, async |db| {
    let server = Server::on(db).await;
    for _ in 0..10 {
        let license = server.license().create().await;

        let answers = at_once(&server, vec![(license.clone(), "device-1".to_owned()); 32]).await;

        let claims: Vec<_> = answers.iter().map(|answer| answer.token().claims).collect();
        let each = |claim: &str| claims.iter().map(|claims| claims[claim].to_string()).collect::<HashSet<_>>().len();
        assert_eq!((each("sid"), each("jti")), (1, 32));
        assert_eq!(license.devices_and_seats(&server).await, (1, 1));
    }
});

contract!(several_licenses_in_one_crowd_each_fill_to_their_own_limit, async |db| {
    let server = Server::on(db).await;
    let mut licenses = vec![];
    for seats in [1, 2, 3, 5, 8, 30] {
        licenses.push((seats, server.license().seats(seats).create().await));
    }
    // Every device sends its request twice, in one crowd: 6 licenses with 20 devices each.
    let crowd = (0..2).flat_map(|_| licenses.iter().flat_map(|(_, license)| devices(license, "device", 20))).collect();

    at_once(&server, crowd).await;

    for (seats, license) in &licenses {
        let expected = (*seats).min(20);
        assert_eq!(license.devices_and_seats(&server).await, (expected as usize, i64::from(expected)), "{seats} seats");
    }
});

contract!(two_servers_on_one_database_never_oversell, async |db| {
    let (one, other) = (Server::on(db).await, Server::on(db).await);
    for round in 0..10 {
        let license = one.license().seats(5).create().await;

        let (mut answers, more) =
            tokio::join!(at_once(&one, devices(&license, "one", 16)), at_once(&other, devices(&license, "other", 16)));
        answers.extend(more);

        assert_eq!(granted(&answers), 5, "round {round}");
        assert_eq!(license.devices_and_seats(&one).await, (5, 5), "round {round}");
    }
});

contract!(a_seat_freed_in_a_race_is_taken_once, async |db| {
    let server = Server::on(db).await;
    for round in 0..10 {
        let license = server.license().create().await;
        server.activate(&license, "first").await.token();

        let (answers, ()) =
            tokio::join!(at_once(&server, devices(&license, "device", 16)), server.revoke(&license, "first"));

        let winners = granted(&answers);
        assert!(winners <= 1, "round {round}: {winners} seats sold of one");
        assert_eq!(license.devices_and_seats(&server).await.1, i64::try_from(winners).unwrap());
    }
});
