use store::provider::Provider;
use testing::contract;

use crate::given::{ODD, at, read, written};

contract!(a_new_database_has_no_vendor_profile, async |db| assert_eq!(read!(db, provider()), None));

contract!(the_vendor_profile_reads_back_as_last_written, async |db| {
    let odd = Some(ODD.to_owned());
    let full = Provider {
        name: ODD.to_owned(),
        email: odd.clone(),
        url: odd.clone(),
        description: odd.clone(),
        copyright: odd.clone(),
        legal_notice: odd,
        revision: 7,
    };
    let bare = Provider { name: "Example GmbH".to_owned(), revision: 1, ..Provider::default() };
    for provider in [&bare, &full, &bare] {
        written(db, async |tx| tx.put_provider(provider, at(0)).await).await;
        assert_eq!(read!(db, provider()).as_ref(), Some(provider));
    }
});
