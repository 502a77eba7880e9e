//! The list of licenses: its pages and its filters.

use licensing::license::State;
use store::{
    Cursor, Paging, Store,
    licenses::{License, LicenseFilter, Sort, SortBy},
};
use testing::contract;
use uuid::Uuid;

use crate::given::{a_policy, activation, at, hash, id, license, policy, product, read, written};

/// The ids on each page: forwards along `next`, then backwards along `previous`.
async fn walk(db: &Store, filter: &LicenseFilter, size: usize) -> (Vec<Vec<Uuid>>, Vec<Vec<Uuid>>) {
    let page = async |paging| {
        let page = read!(db, licenses(filter, paging, size, at(0)));
        (page.rows.iter().map(|row| row.license.id).collect::<Vec<_>>(), page.previous, page.next)
    };
    let (mut there, mut back) = (vec![], vec![]);
    let (mut ids, previous, mut next) = page(Paging::First).await;
    assert_eq!(previous, None);
    loop {
        there.push(ids.clone());
        let Some(place) = next else { break };
        let previous;
        (ids, previous, next) = page(Paging::After(place)).await;
        let first = ids.first().copied();
        assert_eq!(previous.map(|p| p.id), first, "a page reached forwards leads back");
    }
    let mut previous = there.last().and_then(|last| last.first()).copied();
    while let Some(first) = previous {
        let at = read!(db, license(first, at(0))).unwrap().license.created_at;
        let (ids, before, next) = page(Paging::Before(Cursor { at, id: first })).await;
        if ids.is_empty() {
            break;
        }
        assert_eq!(next.map(|p| p.id), ids.last().copied(), "a page reached backwards leads forwards");
        previous = before.map(|p| p.id);
        back.push(ids);
    }
    (there, back)
}

contract!(pages_cover_every_license_once_and_lead_back_even_with_equal_creation_times, async |db| {
    let (_, policy) = a_policy(db).await;
    // Eleven licenses with three creation times; ids do not follow the order of time.
    let licenses: Vec<License> =
        (0..11).map(|n| License { created_at: at([5, 5, 0, 5][n as usize % 4]), ..license(10 + n, &policy) }).collect();
    written(db, async |tx| {
        for license in &licenses {
            tx.insert_license(license).await?;
        }
        Ok(())
    })
    .await;
    let mut youngest_first: Vec<_> = licenses.iter().map(|l| (l.created_at, l.id)).collect();
    youngest_first.sort_by(|a, b| b.cmp(a));
    let ids: Vec<Uuid> = youngest_first.into_iter().map(|(_, id)| id).collect();

    let (there, back) = walk(db, &LicenseFilter::default(), 3).await;
    assert_eq!(there, ids.chunks(3).map(<[_]>::to_vec).collect::<Vec<_>>());
    assert_eq!(back, there[..3].iter().rev().cloned().collect::<Vec<_>>());

    let (there, back) = walk(db, &LicenseFilter::default(), 11).await;
    assert_eq!((there, back), (vec![ids], vec![]), "a last page that is exactly full has no next page");
});

contract!(an_empty_list_is_one_empty_page, async |db| {
    let page = read!(db, licenses(&LicenseFilter::default(), Paging::First, 3, at(0)));
    assert_eq!((page.rows.len(), page.previous, page.next), (0, None, None));
    let nowhere = Cursor { at: at(0), id: id(1) };
    for paging in [Paging::After(nowhere), Paging::Before(nowhere)] {
        let page = read!(db, licenses(&LicenseFilter::default(), paging, 3, at(0)));
        assert_eq!((page.rows.len(), page.previous, page.next), (0, None, None));
    }
});

/// Inserts products 1 and 5, policies 2, 3 and 6, and licenses 10 to 15, which all differ.
async fn a_mixed_list(db: &Store) {
    let (first, plain) = a_policy(db).await;
    let second = product(5);
    let (other, elsewhere) = (policy(3, &first), policy(6, &second));
    let text = |text: &str| Some(text.to_owned());
    let licenses = [
        License { customer: text("Example GmbH"), code_tail: "7XKQ".to_owned(), ..license(10, &plain) },
        License { email: text("Ada@Example.com"), state: State::Suspended, ..license(11, &plain) },
        License { reference: text("Order 100%_!\\"), ..license(12, &other) },
        License { notes: text("Example"), state: State::Revoked, ..license(13, &other) },
        License { customer: text("شركة 👍"), ..license(14, &elsewhere) },
        License { customer: text("Order 100xyz"), ..license(15, &elsewhere) },
    ];
    let device = activation(90, licenses[3].id);
    written(db, async |tx| {
        tx.insert_policy(&other).await?;
        tx.insert_product(&second).await?;
        tx.insert_policy(&elsewhere).await?;
        for license in &licenses {
            tx.insert_license(license).await?;
        }
        tx.upsert_activations(&[&device]).await
    })
    .await;
}

/// The numbers of the licenses found, in ascending order.
async fn found(db: &Store, filter: LicenseFilter) -> Vec<u128> {
    let page = read!(db, licenses(&filter, Paging::First, 100, at(0)));
    page.rows.iter().rev().map(|row| row.license.id.as_u128() & 0xFFFF).collect()
}

contract!(text_search_ignores_case_and_has_no_wildcards, async |db| {
    a_mixed_list(db).await;
    for (text, expected) in [
        ("eXaMpLe", vec![10, 11]),
        ("7xkq", vec![10]),
        ("ada@", vec![11]),
        ("100%", vec![12]),
        ("_", vec![12]),
        ("!", vec![12]),
        ("\\", vec![12]),
        ("%_!\\", vec![12]),
        ("order 100", vec![12, 15]),
        ("شركة", vec![14]),
        ("👍", vec![14]),
        ("nobody", vec![]),
        ("' OR 1 = 1 --", vec![]),
        ("", vec![10, 11, 12, 13, 14, 15]),
    ] {
        let filter = LicenseFilter { text: Some(text.to_owned()), ..LicenseFilter::default() };
        assert_eq!(found(db, filter).await, expected, "{text}");
    }
});

contract!(a_code_and_a_fingerprint_find_their_licenses_with_and_without_text, async |db| {
    a_mixed_list(db).await;
    for (text, code, fingerprint, expected) in [
        (None, Some(12), None, vec![12]),
        (None, None, Some(90), vec![13]),
        (None, Some(12), Some(90), vec![12, 13]),
        (Some("nobody"), Some(12), Some(90), vec![12, 13]),
        (Some("gmbh"), Some(12), None, vec![10, 12]),
        (None, Some(77), None, vec![]),
    ] {
        let filter = LicenseFilter {
            text: text.map(str::to_owned),
            code_hmac: code.map(hash),
            fingerprint_hash: fingerprint.map(hash),
            ..LicenseFilter::default()
        };
        assert_eq!(found(db, filter.clone()).await, expected, "{filter:?}");
    }
});

contract!(product_policy_and_state_filters_combine, async |db| {
    a_mixed_list(db).await;
    let all = LicenseFilter::default;
    for (filter, expected) in [
        (LicenseFilter { product_id: Some(id(1)), ..all() }, vec![10, 11, 12, 13]),
        (LicenseFilter { product_id: Some(id(9)), ..all() }, vec![]),
        (LicenseFilter { policy_id: Some(id(3)), ..all() }, vec![12, 13]),
        (LicenseFilter { policy_id: Some(id(3)), product_id: Some(id(5)), ..all() }, vec![]),
        (LicenseFilter { state: Some(State::Active), ..all() }, vec![10, 12, 14, 15]),
        (LicenseFilter { state: Some(State::Suspended), ..all() }, vec![11]),
        (LicenseFilter { state: Some(State::Revoked), policy_id: Some(id(3)), ..all() }, vec![13]),
        (LicenseFilter { text: Some("order".to_owned()), product_id: Some(id(1)), ..all() }, vec![12]),
        (LicenseFilter { code_hmac: Some(hash(12)), state: Some(State::Revoked), ..all() }, vec![]),
    ] {
        assert_eq!(found(db, filter.clone()).await, expected, "{filter:?}");
    }
});

contract!(a_rare_match_is_found_some_pages_later, async |db| {
    let (_, policy) = a_policy(db).await;
    let many = (0..2_100).map(|n| License { created_at: at(n), ..license(10 + n as u128, &policy) });
    let many: Vec<License> = many.collect();
    written(db, async |tx| {
        tx.insert_licenses(&many).await?;
        tx.upsert_activations(&[&activation(5_000, id(10)), &activation(5_001, id(11))]).await
    })
    .await;
    let filter = LicenseFilter { seen_before: Some(at(100)), ..LicenseFilter::default() };
    let first = read!(db, licenses(&filter, Paging::First, 3, at(0)));
    assert!(first.rows.is_empty() && first.partial, "a page looks through 2,000 licenses");
    let second = read!(db, licenses(&filter, Paging::After(first.next.unwrap()), 3, at(0)));
    let found: Vec<_> = second.rows.iter().map(|row| row.license.id).collect();
    assert_eq!((found, second.next, second.partial), (vec![id(11), id(10)], None, false));
});

contract!(a_filtered_list_has_pages, async |db| {
    a_mixed_list(db).await;
    let filter = LicenseFilter { state: Some(State::Active), ..LicenseFilter::default() };
    let (there, back) = walk(db, &filter, 1).await;
    assert_eq!(there, [15, 14, 12, 10].map(|n| vec![id(n)]));
    assert_eq!(back, [12, 14, 15].map(|n| vec![id(n)]));
});

contract!(licenses_without_the_value_of_an_order_come_last_in_either_direction, async |db| {
    let (_, policy) = a_policy(db).await;
    let named = |n: i64| (n % 2 == 0).then(|| format!("Customer {}", n / 4));
    let licenses: Vec<License> = (0..10)
        .map(|n| License {
            created_at: at(n % 3),
            customer: named(n),
            ends_at: (n % 3 != 0).then(|| at(1_000 - n / 4)),
            ..license(10 + n as u128, &policy)
        })
        .collect();
    written(db, async |tx| tx.insert_licenses(&licenses).await).await;
    for by in [SortBy::Ends, SortBy::Customer] {
        for descending in [false, true] {
            let mut expected: Vec<_> = licenses.iter().collect();
            expected.sort_by_key(|l| (l.ends_at, l.id));
            if by == SortBy::Customer {
                expected.sort_by_key(|l| (l.customer.clone(), l.id));
            }
            if descending {
                expected.reverse();
            }
            let has_value = |l: &License| if by == SortBy::Ends { l.ends_at.is_some() } else { l.customer.is_some() };
            expected.sort_by_key(|l| !has_value(l));
            let expected: Vec<Uuid> = expected.into_iter().map(|l| l.id).collect();
            for state in [None, Some(State::Active)] {
                let filter = LicenseFilter { state, sort: Some(Sort { by, descending }), ..LicenseFilter::default() };
                for size in [1, 3, 4, 10, 11] {
                    let (mut there, mut back) = (vec![], vec![]);
                    let mut page = read!(db, licenses(&filter, Paging::First, size, at(0)));
                    assert_eq!(page.previous, None);
                    loop {
                        there.push(page.rows.iter().map(|row| row.license.id).collect::<Vec<_>>());
                        let Some(place) = page.next else { break };
                        page = read!(db, licenses(&filter, Paging::After(place), size, at(0)));
                    }
                    while let Some(place) = page.previous {
                        page = read!(db, licenses(&filter, Paging::Before(place), size, at(0)));
                        back.insert(0, page.rows.iter().map(|row| row.license.id).collect::<Vec<_>>());
                    }
                    let case = format!("{by:?}, descending: {descending}, {size} per page");
                    assert_eq!(there.concat(), expected, "{case}");
                    assert_eq!(back, there[..there.len() - 1], "{case}, backwards");
                }
            }
        }
    }
});

contract!(a_list_of_ids_has_these_licenses_in_every_order, async |db| {
    a_mixed_list(db).await;
    let ids = vec![id(10), id(13), id(15), id(99)];
    let all = || LicenseFilter { ids: ids.clone(), ..LicenseFilter::default() };
    for sort in [None, Some(SortBy::Created), Some(SortBy::Ends), Some(SortBy::Customer)] {
        let sort = sort.map(|by| Sort { by, descending: false });
        let mut ids = found(db, LicenseFilter { sort, ..all() }).await;
        ids.sort_unstable();
        assert_eq!(ids, [10, 13, 15], "{sort:?}");
    }
    assert_eq!(found(db, LicenseFilter { state: Some(State::Revoked), ..all() }).await, [13]);
    assert_eq!(found(db, LicenseFilter { text: Some("order".to_owned()), ..all() }).await, [15]);
    assert_eq!(found(db, LicenseFilter { tag: Some("none".to_owned()), ..all() }).await, [0_u128; 0]);
});
