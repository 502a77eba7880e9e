use store::instances::Instance;
use testing::contract;

use crate::given::{ODD, at, id, last, read, written};

fn instance(n: u128, seen_at: i64) -> Instance {
    let serves = [("a".to_owned(), at(1)), (ODD.to_owned(), last())].into();
    Instance { id: id(n), seen_at: at(seen_at), serves }
}

contract!(a_new_report_of_an_instance_replaces_the_old_one, async |db| {
    let later = Instance { seen_at: at(20), serves: Default::default(), ..instance(1, 10) };
    written(db, async |tx| {
        tx.see_instance(&instance(1, 10)).await?;
        tx.see_instance(&instance(2, 11)).await?;
        tx.see_instance(&later).await
    })
    .await;
    assert_eq!(read!(db, instances(at(0))), [later.clone(), instance(2, 11)]);
    assert_eq!(read!(db, instances(at(12))), [later], "only instances seen since then");
});

contract!(instances_not_seen_for_long_are_deleted, async |db| {
    written(db, async |tx| {
        tx.see_instance(&instance(1, 10)).await?;
        tx.see_instance(&instance(2, 11)).await?;
        tx.forget_instances(at(11)).await
    })
    .await;
    assert_eq!(read!(db, instances(at(0))), [instance(2, 11)]);
});
