//! Home: whether all is well.

use licensing::{
    Role, Span, Terms,
    terms::{Seats, Validity},
};
use testing::contract;

use super::{
    devices::page_text,
    person::{accounts, signed_in},
};
use crate::{decisions::explained, fixture::Server};

contract!(home_answers_whether_all_is_well, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let owner = signed_in(&server, Role::Owner).await;
    let empty = page_text(&owner.open("/").await);
    assert!(
        empty.contains("From an empty server to the first activation.") && empty.contains("First steps"),
        "{empty}"
    );
    assert!(!empty.contains("If this server stopped now"), "{empty}");

    let soon = |terms: &mut Terms| {
        (terms.seats, terms.validity) = (Seats::Limited(2), Validity::FromIssue(Span::days(5).into()));
    };
    let license = server.license().terms(soon).create().await;
    server.activate(&license, "one").await.token();
    let well = page_text(&owner.open("/").await);
    let sentence = "All is well: no device was refused in the last 24 hours. 1 license ends within a week.";
    assert!(well.contains(sentence), "{well}");
    for tile in
        ["Active licenses1", "Ending within 30 days1  1 this week", "Seats in use1  of 2", "Refused in 24 hours0"]
    {
        assert!(well.replace(' ', "").contains(&tile.replace(' ', "")), "{tile}: {well}");
    }

    server.activate(&license, "two").await.token();
    let refused = server.activate(&license, "three").await.json();
    explained(&server, refused["decision"].as_str().unwrap()).await;
    let answer = owner.open("/").await;
    let refused = page_text(&answer);
    assert!(refused.contains("1 request was refused in the last 24 hours (no free seat)."), "{refused}");
    let groups = refused.split("Refused in the last 24 hours").nth(1).expect("the panel");
    assert!(groups.contains("No free seat for Drift Pro Ingrid Solberg"), "whose it was: {groups}");
    assert!(refused.contains("2 activated") && refused.contains("1 refused"), "{refused}");
    assert!(answer.text().contains("1 Mar: 2 activated, 1 refused"), "the drawing has the numbers of a day");
    assert!(refused.contains("1 Mar21"), "and so has the table: {refused}");
    let lasting = refused.split("If this server stopped now").nth(1).expect("the panel");
    assert!(lasting.contains("Of 2 seats held now"), "{lasting}");
    for line in ["1 hour2", "1 day2", "30 days0"] {
        assert!(lasting.contains(line), "{line}: {lasting}");
    }
});
