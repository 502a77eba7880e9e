use testing::contract;

use crate::given::{ODD, account, at, read, written};

contract!(the_size_of_the_database_grows_with_its_rows, async |db| {
    let before = read!(db, database_size());
    assert!(before > 50_000, "{before}");
    let mine = account(1);
    written(db, async |tx| {
        tx.insert_account(&mine).await?;
        for n in 0..400 {
            let view = store::saved_views::SavedView {
                id: crate::given::id(1_000 + n),
                account_id: mine.id,
                name: format!("{n}"),
                query: ODD.repeat(100),
                created_at: at(0),
            };
            tx.put_saved_view(&view).await?;
        }
        Ok(())
    })
    .await;
    let after = read!(db, database_size());
    assert!(after > before + 100_000, "{before} {after}");
});
