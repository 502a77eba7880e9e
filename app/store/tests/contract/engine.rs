use testing::contract;

contract!(a_fresh_database_answers, async |db| {
    db.ping().await.unwrap();
});
