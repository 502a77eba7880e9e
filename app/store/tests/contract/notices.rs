//! Notices about licenses.

use store::{licenses::License, webhooks::NoticeRow};
use testing::contract;

use crate::given::{a_policy, at, id, license, odd_license, read, written};

contract!(licenses_are_read_in_the_order_of_their_ends, async |db| {
    let (_, policy) = a_policy(db).await;
    let ending = |n, end| License { ends_at: Some(at(end)), ..license(n, &policy) };
    written(db, async |tx| {
        for row in [ending(10, 30), ending(11, 20), ending(12, 20), ending(13, 40), license(14, &policy)] {
            tx.insert_license(&row).await?;
        }
        Ok(())
    })
    .await;
    let page = read!(db, licenses_ending_after((at(20), id(0)), at(30), 2));
    assert_eq!(page, [(at(20), id(11)), (at(20), id(12))]);
    assert_eq!(read!(db, licenses_ending_after(page[1], at(30), 2)), [(at(30), id(10))]);
    assert_eq!(read!(db, licenses_ending_after((at(30), id(10)), at(39), 2)), []);
});

contract!(an_ending_license_reads_back_as_written, async |db| {
    let (_, policy) = a_policy(db).await;
    let row = odd_license(10, &policy);
    written(db, async |tx| tx.insert_license(&row).await).await;
    let [found] = read!(db, ending_licenses(&[row.id, id(99)])).try_into().unwrap();
    assert_eq!((found.id, found.state, found.code_tail), (row.id, row.state, row.code_tail));
    assert_eq!((found.customer, found.email), (row.customer, row.email));
    assert_eq!((found.overrides, found.policy_terms), (row.overrides, policy.terms));
    assert_eq!((found.issued_at, found.first_activated_at), (row.issued_at, row.first_activated_at));
    assert_eq!(found.created_at, row.created_at);
});

contract!(a_notice_is_inserted_once_for_each_end, async |db| {
    let (_, policy) = a_policy(db).await;
    let row = license(10, &policy);
    written(db, async |tx| tx.insert_license(&row).await).await;
    let notice = |kind: &str, end| NoticeRow { license_id: row.id, kind: kind.to_owned(), ends_at: at(end) };
    written(db, async |tx| {
        assert!(tx.insert_notice(&notice("expired", 5)).await?);
        assert!(!tx.insert_notice(&notice("expired", 5)).await?);
        assert!(tx.insert_notice(&notice("expired", 6)).await?, "another end");
        assert!(tx.insert_notice(&notice("expiring.7", 5)).await?);
        Ok(())
    })
    .await;
    assert_eq!(read!(db, notice_mark()), None);
    written(db, async |tx| tx.set_notice_mark(at(9)).await).await;
    written(db, async |tx| tx.set_notice_mark(at(7)).await).await;
    assert_eq!(read!(db, notice_mark()), Some(at(7)));
});

contract!(a_refusal_is_noticed_again_after_a_while, async |db| {
    let (_, policy) = a_policy(db).await;
    let row = license(10, &policy);
    written(db, async |tx| tx.insert_license(&row).await).await;
    written(db, async |tx| {
        assert!(tx.insert_refusal_notice(row.id, "seat_limit", (at(10), at(0))).await?);
        assert!(!tx.insert_refusal_notice(row.id, "seat_limit", (at(15), at(5))).await?);
        assert!(tx.insert_refusal_notice(row.id, "device_blocked", (at(15), at(5))).await?);
        assert!(tx.insert_refusal_notice(row.id, "seat_limit", (at(20), at(10))).await?);
        assert!(!tx.insert_refusal_notice(row.id, "seat_limit", (at(20), at(10))).await?);
        Ok(())
    })
    .await;
});
