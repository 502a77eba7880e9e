//! Search among many licenses: by parts of names, by whole keys, and in rows written by an earlier version.

use licensing::license::State;
use store::{
    Engine, Paging, Store,
    licenses::{License, LicenseFilter},
};
use testing::{Database, contract};
use uuid::Uuid;

use crate::given::{a_policy, at, id, license, read, written};

/// Inserts an old license, and more newer ones than a search scans before it uses an index.
async fn an_old_license_among_many(db: &Store) -> License {
    let (_, policy) = a_policy(db).await;
    let text = |text: &str| Some(text.to_owned());
    let old = License {
        customer: text("Ærø Sørlie"),
        email: text("Ingrid@Sorlie.example"),
        reference: text("Order 99711-B"),
        code_tail: "QX7Z".to_owned(),
        created_at: at(0),
        ..license(10, &policy)
    };
    let young = |n: i64| License {
        customer: text("Example GmbH"),
        created_at: at(1 + n),
        ..license(11 + u128::try_from(n).unwrap(), &policy)
    };
    let young: Vec<License> = (0..5_001).map(young).collect();
    written(db, async |tx| {
        tx.insert_license(&old).await?;
        tx.insert_licenses(&young).await
    })
    .await;
    old
}

/// The licenses that the text finds, as one page of two.
async fn found(db: &Store, text: &str) -> Vec<Uuid> {
    let filter = LicenseFilter { text: Some(text.to_owned()), ..LicenseFilter::default() };
    read!(db, licenses(&filter, Paging::First, 2, at(0))).rows.iter().map(|row| row.license.id).collect()
}

contract!(an_old_license_is_found_by_any_part_of_its_searchable_texts, async |db| {
    let old = an_old_license_among_many(db).await;
    for text in ["Sørlie", "SORL", "rlie", "æRØ s", "aero", "ingrid@sorlie.example", "INGRID@", "99711", "qx7z", "æ"]
    {
        assert_eq!(found(db, text).await, [old.id], "{text}");
    }
    assert!(found(db, "nobody").await.is_empty());
    assert_eq!(found(db, "example").await.len(), 2, "a common text fills a page");
    let next = read!(db, licenses(&LicenseFilter::default(), Paging::First, 5_001, at(0))).next.unwrap();
    let filter = LicenseFilter { text: Some("sorlie".to_owned()), ..LicenseFilter::default() };
    let page = read!(db, licenses(&filter, Paging::After(next), 2, at(0)));
    assert_eq!(
        page.rows.iter().map(|row| row.license.id).collect::<Vec<_>>(),
        [old.id],
        "the old license is found on the next page too"
    );
});

/// PostgreSQL only: on a busy machine, SQLite may exceed its time limit for a page of 5,000.
#[test]
fn a_name_that_only_old_licenses_have_finds_a_limited_number_of_them() {
    testing::run(Engine::Postgres, async |db| {
        let old = an_old_license_among_many(db).await;
        let (policy, text) = (old.policy_id, Some("Bergström Werke".to_owned()));
        let policy = read!(db, policy(policy)).unwrap();
        let many = (0..5_100).map(|n| License {
            customer: text.clone(),
            created_at: at(-1 - n),
            ..license(20_000 + u128::try_from(n).unwrap(), &policy)
        });
        let mut many: Vec<License> = many.collect();
        // With a filter that few licenses pass, all of these are found, however many others match.
        many.last_mut().unwrap().state = State::Suspended;
        written(db, async |tx| tx.insert_licenses(&many).await).await;
        let filter = LicenseFilter { text: Some("ström werke".to_owned()), ..LicenseFilter::default() };
        assert_eq!(read!(db, licenses(&filter, Paging::First, 10_000, at(0))).rows.len(), 5_000);
        // Too short for a trigram: found by the beginning of the name alone.
        let newest = read!(db, licenses(&filter, Paging::First, 2, at(0))).rows;
        assert_eq!(newest[0].license.id, many[0].id, "a common text finds the newest of its many licenses");
        let short = LicenseFilter { text: Some("be".to_owned()), ..LicenseFilter::default() };
        assert_eq!(read!(db, licenses(&short, Paging::First, 10_000, at(0))).rows.len(), 5_000);
        let filter = LicenseFilter { state: Some(State::Suspended), ..filter };
        assert_eq!(read!(db, licenses(&filter, Paging::First, 2, at(0))).rows.len(), 1);
    });
}

contract!(search_follows_changes, async |db| {
    let old = an_old_license_among_many(db).await;
    let renamed = License { customer: Some("Nils Bergström".to_owned()), ..old.clone() };
    written(db, async |tx| tx.update_license(&renamed).await).await;
    assert_eq!((found(db, "Ærø").await, found(db, "bergstrom").await), (vec![], vec![old.id]));
    let reissued = License { code_tail: "WWW9".to_owned(), ..renamed };
    written(db, async |tx| tx.update_code(&reissued).await).await;
    assert_eq!((found(db, "qx7z").await, found(db, "www9").await), (vec![], vec![old.id]));
});

contract!(licenses_written_by_an_earlier_version_are_found_once_folded, async |db| {
    let old = an_old_license_among_many(db).await;
    let unfold = "UPDATE licenses SET folded = NULL, customer_key = NULL, email_key = NULL, reference_key = NULL";
    db.execute(&format!("{unfold} WHERE code_tail = 'QX7Z'")).await;
    assert!(found(db, "rlie").await.is_empty());
    let unfolded = read!(db, unfolded_licenses(10));
    assert_eq!(unfolded.len(), 1);
    written(db, async |tx| tx.fold_licenses(&unfolded).await).await;
    assert_eq!((found(db, "rlie").await, read!(db, unfolded_licenses(10))), (vec![old.id], vec![]));

    let renamed = License { customer: Some("Nils".to_owned()), ..old.clone() };
    written(db, async |tx| {
        tx.update_license(&renamed).await?;
        tx.fold_licenses(&unfolded).await
    })
    .await;
    assert_eq!(
        (found(db, "rlie@").await, found(db, "nils").await),
        (vec![], vec![old.id]),
        "folding does not overwrite a later change"
    );
});

#[tokio::test]
async fn without_pg_trgm_old_licenses_are_found_only_by_prefix() {
    let db = Database::new(Engine::Postgres).await;
    let old = an_old_license_among_many(&db).await;
    db.execute("DROP INDEX licenses_by_trigram").await;
    for text in ["ÆRØ", "ingrid@", "order 997", "qx7z"] {
        assert_eq!(found(&db, text).await, [old.id], "{text}");
    }
    assert!(found(&db, "rlie").await.is_empty());
    let youngest = read!(db, license(id(5_011), at(0))).unwrap().license;
    let renamed = License { customer: Some("Sørlie".to_owned()), ..youngest };
    written(&db, async |tx| tx.update_license(&renamed).await).await;
    assert_eq!(found(&db, "rlie").await[0], id(5_011), "of the newest licenses, all parts of names are searched");
    db.discard().await;
}

#[tokio::test]
async fn a_turkish_database_finds_a_name_in_any_spelling() {
    let db = &Database::turkish().await;
    assert_eq!(db.number("SELECT COUNT(*) WHERE LOWER('I') = 'ı'").await, 1, "the database has a Turkish locale");
    let (_, policy) = a_policy(db).await;
    let text = |text: &str| Some(text.to_owned());
    let licenses = [
        License { email: text("INGRID@Example.com"), ..license(10, &policy) },
        License { customer: text("Zoe\u{308} Yılmaz"), ..license(11, &policy) },
    ];
    written(db, async |tx| tx.insert_licenses(&licenses).await).await;
    for (wanted, of) in [("ingrid@", 10), ("INGRID@example.COM", 10), ("Zoë", 11), ("YILMAZ", 11), ("yilmaz", 11)] {
        assert_eq!(found(db, wanted).await, [id(of)], "{wanted}");
    }
}

/// SQLite only: there, the index has rows of its own.
#[test]
fn the_index_of_an_earlier_version_gets_the_texts_that_searches_compare() {
    testing::run(Engine::Sqlite, async |db| {
        let old = an_old_license_among_many(db).await;
        db.execute(
            "DROP TRIGGER license_search_insert; DROP TRIGGER license_search_update; DROP TRIGGER license_search_delete; \
             DROP TRIGGER license_search_unfold; \
             CREATE TABLE earlier (number INTEGER PRIMARY KEY, license_id BLOB NOT NULL UNIQUE); \
             INSERT INTO earlier SELECT number, license_id FROM license_search_rows; \
             DROP TABLE license_search_rows; ALTER TABLE earlier RENAME TO license_search_rows",
        )
        .await;
        let again = Store::open(db.url()).await.unwrap();
        assert_eq!(found(&again, "rlie").await, [old.id]);
        written(&again, async |tx| {
            let renamed = License { customer: Some("Håkon Dahl".to_owned()), ..old.clone() };
            tx.update_license(&renamed).await
        })
        .await;
        assert_eq!(found(&again, "kon dahl").await, [old.id], "a new name is indexed");
        assert!(found(&again, "ærø").await.is_empty(), "and the old one is not");
        again.close().await;
    });
}

contract!(an_old_license_is_found_by_its_words_in_any_order, async |db| {
    let old = an_old_license_among_many(db).await;
    let ids = async |text: &str, without_email| {
        let rows = read!(db, licenses_with_words(text, without_email, 2, at(0)));
        rows.iter().map(|row| row.license.id).collect::<Vec<_>>()
    };
    for text in ["sorlie aero", "Sørlie, Ærø", "99711 order sorlie", "aero ingrid@sorlie.example", "QX7Z aero"] {
        assert_eq!(ids(text, false).await, [old.id], "{text}");
    }
    for text in ["sorlie nobody", "", "&", "a ø"] {
        assert!(ids(text, false).await.is_empty(), "{text}");
    }
    assert_eq!(ids("gmbh example", false).await.len(), 2, "common words fill a page");
    assert!(ids("aero ingrid", true).await.is_empty(), "an address that the account may not see");
    assert_eq!(ids("aero sorlie", true).await, [old.id]);
});

contract!(an_old_license_is_found_by_a_misspelled_word, async |db| {
    let old = an_old_license_among_many(db).await;
    let ids = async |text: &str, without_email| {
        let rows = read!(db, licenses_like(text, without_email, 2, at(0)));
        rows.iter().map(|row| row.license.id).collect::<Vec<_>>()
    };
    for text in ["sorlei", "sorlye", "sörle", "aero sorlied", "ingird", "sorlie aer"] {
        assert_eq!(ids(text, false).await, [old.id], "{text}");
    }
    for text in ["nobody", "sor", "someone sorlei"] {
        assert!(ids(text, false).await.is_empty(), "{text}");
    }
    assert!(ids("ingird", true).await.is_empty(), "an address that the account may not see");
});
