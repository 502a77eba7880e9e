use licensing::{
    CodeShape,
    product::{Algorithm, Lifecycle},
};
use store::{Error, Unique, products::Product};
use testing::contract;

use crate::given::{ODD, at, id, last, product, read, written};

contract!(a_product_reads_back_as_written, async |db| {
    let odd =
        Product { code: "a".repeat(40), name: ODD.to_owned(), created_at: at(1), updated_at: last(), ..product(1) };
    let bare = Product { features: vec![], ..product(2) };
    for product in [&odd, &bare] {
        written(db, async |tx| tx.insert_product(product).await).await;
        assert_eq!(read!(db, product(product.id)).as_ref(), Some(product));
    }
    assert_eq!(read!(db, product(id(3))), None);
});

contract!(every_stored_name_of_a_product_reads_back, async |db| {
    let mut n = 0;
    for lifecycle in [Lifecycle::Active, Lifecycle::Withdrawn] {
        for algorithm in Algorithm::ALL {
            for code_shape in CodeShape::ALL {
                n += 1;
                let written_one = Product { lifecycle, algorithm, code_shape, ..product(n) };
                written(db, async |tx| tx.insert_product(&written_one).await).await;
                assert_eq!(read!(db, product(written_one.id)), Some(written_one));
            }
        }
    }
});

contract!(everything_but_the_code_and_creation_time_of_a_product_can_be_changed, async |db| {
    let (before, other) = (product(1), product(2));
    let after = Product {
        code: "something-else".to_owned(),
        name: ODD.to_owned(),
        lifecycle: Lifecycle::Withdrawn,
        algorithm: Algorithm::EdDSA,
        code_shape: CodeShape::ThreeBySix,
        features: vec![],
        created_at: at(7),
        updated_at: at(8),
        ..before.clone()
    };
    written(db, async |tx| {
        tx.insert_product(&before).await?;
        tx.insert_product(&other).await?;
        tx.update_product(&after).await
    })
    .await;
    let expected = Product { code: before.code.clone(), created_at: before.created_at, ..after };
    assert_eq!(read!(db, product(before.id)), Some(expected));
    assert_eq!(read!(db, product(other.id)), Some(other));
});

contract!(the_code_of_a_product_is_unique, async |db| {
    let first = product(1);
    written(db, async |tx| tx.insert_product(&first).await).await;
    let same_code = Product { code: first.code.clone(), ..product(2) };
    let same_id = Product { id: first.id, ..product(3) };
    for (again, what) in [(same_code, Unique::ProductCode), (same_id, Unique::Id)] {
        let refused = db.begin().await.unwrap().insert_product(&again).await;
        assert!(matches!(refused, Err(Error::Conflict(unique)) if unique == what), "{refused:?}");
    }
});

contract!(products_are_listed_by_name, async |db| {
    let (zebra, ant, bee) = (product(1), product(2), product(3));
    let named = |product: &Product, name: &str| Product { name: name.to_owned(), ..product.clone() };
    let (zebra, ant, bee) = (named(&zebra, "zebra"), named(&ant, "Ant"), named(&bee, "bee"));
    written(db, async |tx| {
        for product in [&zebra, &ant, &bee] {
            tx.insert_product(product).await?;
        }
        Ok(())
    })
    .await;
    let names = [&ant, &bee, &zebra].map(|it| (it.id, it.name.clone()));
    assert_eq!(read!(db, product_names()), names);
    assert_eq!(read!(db, product_of_code(&bee.code)), Some(bee.clone()));
    assert_eq!(read!(db, product_of_code("nothing")), None);
    assert_eq!(read!(db, products()), [ant, bee, zebra]);
});
