use store::saved_views::SavedView;
use testing::contract;

use crate::given::{ODD, account, at, id, read, written};

contract!(views_are_listed_for_their_account_in_the_order_of_their_age, async |db| {
    let (mine, theirs) = (account(1), account(2));
    let view = |n: u128, of: &store::accounts::Account, name: &str| SavedView {
        id: id(n),
        account_id: of.id,
        name: name.to_owned(),
        query: ODD.to_owned(),
        created_at: at(1_000 - i64::try_from(n).unwrap()),
    };
    let [first, second, other] = [view(12, &mine, ODD), view(11, &mine, "b"), view(13, &theirs, ODD)];
    written(db, async |tx| {
        tx.insert_account(&mine).await?;
        tx.insert_account(&theirs).await?;
        tx.put_saved_view(&second).await?;
        tx.put_saved_view(&first).await?;
        tx.put_saved_view(&other).await
    })
    .await;
    assert_eq!(read!(db, saved_views(mine.id)), [first.clone(), second.clone()]);
    assert_eq!(read!(db, saved_views(theirs.id)), std::slice::from_ref(&other));
    assert_eq!(read!(db, saved_views(id(9))), []);

    // The same id again changes the name and the query, and nothing else.
    let renamed = SavedView { name: "c".to_owned(), query: "{}".to_owned(), ..first.clone() };
    written(db, async |tx| tx.put_saved_view(&SavedView { created_at: at(0), ..renamed.clone() }).await).await;
    assert_eq!(read!(db, saved_views(mine.id)), [renamed.clone(), second.clone()]);
    written(db, async |tx| {
        assert_eq!(tx.delete_saved_view(mine.id, other.id).await?, None, "a view of another account");
        assert_eq!(tx.delete_saved_view(mine.id, renamed.id).await?, Some(renamed.clone()));
        assert_eq!(tx.delete_saved_view(mine.id, renamed.id).await?, None);
        Ok(())
    })
    .await;
    assert_eq!(read!(db, saved_views(mine.id)), [second]);
    assert_eq!(read!(db, saved_views(theirs.id)), [other]);
});
