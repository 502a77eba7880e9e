use store::{
    Error, Unique,
    offline::{OfflineFile, OfflineFileKind, RecentRequest},
};
use testing::contract;

use crate::given::{a_license, activation, at, hash, id, read, written};

/// A request with every member, for this session.
fn offline_file(n: u128, license: uuid::Uuid, session: u128, after: i64) -> OfflineFile {
    OfflineFile {
        paper_hash: hash(n).to_vec(),
        id: id(n),
        kind: OfflineFileKind::Request,
        license_id: license,
        activation_id: id(session),
        device_key: hash(n + 1).to_vec(),
        made_at: at(after - 5),
        used_at: at(after),
        granted: Some(serde_json::json!({ "odd": crate::given::ODD })),
    }
}

contract!(an_offline_file_reads_back_as_used, async |db| {
    let license = a_license(db, 3).await;
    let request = offline_file(10, license.id, 20, 0);
    let release = OfflineFile { kind: OfflineFileKind::Release, granted: None, ..offline_file(11, license.id, 20, 1) };
    written(db, async |tx| {
        tx.insert_offline_file(&request).await?;
        tx.insert_offline_file(&release).await
    })
    .await;

    assert_eq!(read!(db, offline_file(request.id)), Some(request.clone()));
    assert_eq!(read!(db, offline_file(release.id)), Some(release.clone()));
    assert_eq!(read!(db, offline_file(id(99))), None);
    assert_eq!(read!(db, used_offline_files(&[])), []);
    assert_eq!(read!(db, used_offline_files(&[hash(9), hash(11)])), [release]);
});

contract!(no_offline_file_is_used_twice, async |db| {
    let license = a_license(db, 3).await;
    let first = offline_file(10, license.id, 20, 0);
    written(db, async |tx| tx.insert_offline_file(&first).await).await;

    let mut tx = db.begin().await.unwrap();
    let again = tx.insert_offline_file(&OfflineFile { id: id(11), ..first }).await.unwrap_err();

    assert!(matches!(again, Error::Conflict(Unique::OfflineFile)), "{again:?}");
    assert!(again.is_retryable(), "a retry finds the first use");
});

contract!(the_key_of_a_session_comes_from_its_last_request, async |db| {
    let license = a_license(db, 3).await;
    let (old, new) = (offline_file(10, license.id, 20, 0), offline_file(11, license.id, 20, 7));
    let release = OfflineFile { kind: OfflineFileKind::Release, ..offline_file(12, license.id, 20, 9) };
    let other = offline_file(13, license.id, 21, 8);
    written(db, async |tx| {
        for offline_file in [&new, &old, &release, &other] {
            tx.insert_offline_file(offline_file).await?;
        }
        Ok(())
    })
    .await;

    assert_eq!(read!(db, last_request_of(id(20))), Some(new));
    assert_eq!(read!(db, last_request_of(id(21))), Some(other));
    assert_eq!(read!(db, last_request_of(id(22))), None);
});

contract!(recent_requests_are_listed_newest_first, async |db| {
    let license = a_license(db, 3).await;
    let device = activation(20, license.id);
    let (old, new) = (offline_file(10, license.id, 21, 0), offline_file(11, license.id, 20, 7));
    let release = OfflineFile { kind: OfflineFileKind::Release, ..offline_file(12, license.id, 20, 9) };
    written(db, async |tx| {
        tx.upsert_activations(&[&device]).await?;
        for offline_file in [&old, &new, &release] {
            tx.insert_offline_file(offline_file).await?;
        }
        Ok(())
    })
    .await;

    let recent: Vec<RecentRequest> = read!(db, recent_requests(10));

    let reported: Vec<_> = recent.iter().map(|one| (one.id, one.device_name.clone())).collect();
    assert_eq!(reported, [(new.id, device.device_name), (old.id, None)]);
    assert_eq!((recent[0].license_id, &recent[0].customer), (license.id, &license.customer));
    assert_eq!(read!(db, recent_requests(1)).len(), 1);
});
