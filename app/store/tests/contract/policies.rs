use licensing::terms::Seats;
use store::{
    Error, Unique,
    policies::{Policy, PolicyRow},
};
use testing::contract;

use crate::given::{ODD, a_policy, at, id, last, odd_terms, policy, product, read, written};

contract!(a_policy_reads_back_as_written, async |db| {
    let (product, bare) = a_policy(db).await;
    let odd = Policy {
        name: ODD.to_owned(),
        terms: odd_terms(),
        created_at: at(1),
        updated_at: last(),
        ..policy(3, &product)
    };
    written(db, async |tx| tx.insert_policy(&odd).await).await;
    assert_eq!(read!(db, policy(bare.id)), Some(bare));
    assert_eq!(read!(db, policy(odd.id)), Some(odd));
    assert_eq!(read!(db, policy(id(9))), None);
});

contract!(the_name_and_terms_of_a_policy_can_be_changed, async |db| {
    let (product, before) = a_policy(db).await;
    let other = policy(3, &product);
    let after =
        Policy { name: ODD.to_owned(), terms: odd_terms(), created_at: at(7), updated_at: at(8), ..before.clone() };
    written(db, async |tx| {
        tx.insert_policy(&other).await?;
        tx.update_policy(&after).await
    })
    .await;
    assert_eq!(read!(db, policy(before.id)), Some(Policy { created_at: before.created_at, ..after }));
    assert_eq!(read!(db, policy(other.id)), Some(other));
});

contract!(the_name_of_a_policy_is_unique_in_its_product, async |db| {
    let (first_product, first) = a_policy(db).await;
    let other_product = product(5);
    let elsewhere = Policy { name: first.name.clone(), ..policy(6, &other_product) };
    let beside = policy(7, &first_product);
    written(db, async |tx| {
        tx.insert_product(&other_product).await?;
        tx.insert_policy(&elsewhere).await?;
        tx.insert_policy(&beside).await
    })
    .await;
    let same_name = Policy { name: first.name.clone(), ..policy(8, &first_product) };
    let same_id = Policy { id: first.id, ..policy(9, &first_product) };
    for (again, what) in [(&same_name, Unique::PolicyName), (&same_id, Unique::Id)] {
        let refused = db.begin().await.unwrap().insert_policy(again).await;
        assert!(matches!(refused, Err(Error::Conflict(unique)) if unique == what), "{refused:?}");
    }
    let renamed = Policy { name: first.name, ..beside };
    let refused = db.begin().await.unwrap().update_policy(&renamed).await;
    assert!(matches!(refused, Err(Error::Conflict(Unique::PolicyName))), "{refused:?}");
});

contract!(policies_are_listed_by_product_and_name_for_all_products_or_one, async |db| {
    let named = |name: &str, policy: Policy| Policy { name: name.to_owned(), ..policy };
    let (apple, pear) = (product(1), product(2));
    let (b, a, c) = (
        named("b", policy(11, &apple)),
        Policy { terms: odd_terms(), ..named("A", policy(12, &apple)) },
        named("c", policy(13, &pear)),
    );
    let mut limited = a.terms.clone();
    limited.seats = Seats::Limited(3);
    let a = Policy { terms: limited, ..a };
    written(db, async |tx| {
        tx.insert_product(&apple).await?;
        tx.insert_product(&pear).await?;
        for policy in [&b, &c, &a] {
            tx.insert_policy(policy).await?;
        }
        Ok(())
    })
    .await;
    let row = |policy: &Policy, product: &store::products::Product| PolicyRow {
        policy: policy.clone(),
        product_name: product.name.clone(),
    };
    let (a, b, c) = (row(&a, &apple), row(&b, &apple), row(&c, &pear));
    let name = |row: &PolicyRow| (row.policy.id, row.product_name.clone(), row.policy.name.clone());
    assert_eq!(read!(db, policy_names(None)), [name(&a), name(&b), name(&c)]);
    assert_eq!(read!(db, policy_names(Some(pear.id))), [name(&c)]);
    assert_eq!(read!(db, policies(None)), [a.clone(), b.clone(), c.clone()]);
    assert_eq!(read!(db, policies(Some(apple.id))), [a, b]);
    assert_eq!(read!(db, policies(Some(pear.id))), [c]);
    assert_eq!(read!(db, policies(Some(id(9)))), []);
});

contract!(names_for_forms_are_read_without_the_licenses, async |db| {
    let (product, policy) = a_policy(db).await;
    // A query of licenses would fail now.
    db.execute("ALTER TABLE licenses RENAME TO licenses_elsewhere").await;
    assert_eq!(read!(db, product_names()), [(product.id, product.name.clone())]);
    assert_eq!(read!(db, products()), std::slice::from_ref(&product));
    for of in [None, Some(product.id)] {
        assert_eq!(read!(db, policy_names(of)).len(), 1);
        assert_eq!(read!(db, policies(of))[0].policy, policy);
    }
});
