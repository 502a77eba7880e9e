use store::{
    Error, Unique,
    offline::{Paper, PaperKind, RecentRequest},
};
use testing::contract;

use crate::given::{a_license, activation, at, hash, id, read, written};

/// A request with every member, for this session.
fn paper(n: u128, license: uuid::Uuid, session: u128, after: i64) -> Paper {
    Paper {
        paper_hash: hash(n).to_vec(),
        id: id(n),
        kind: PaperKind::Request,
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
    let request = paper(10, license.id, 20, 0);
    let release = Paper { kind: PaperKind::Release, granted: None, ..paper(11, license.id, 20, 1) };
    written(db, async |tx| {
        tx.use_paper(&request).await?;
        tx.use_paper(&release).await
    })
    .await;

    assert_eq!(read!(db, paper(request.id)), Some(request.clone()));
    assert_eq!(read!(db, paper(release.id)), Some(release.clone()));
    assert_eq!(read!(db, paper(id(99))), None);
    assert_eq!(read!(db, used_papers(&[])), []);
    assert_eq!(read!(db, used_papers(&[hash(9), hash(11)])), [release]);
});

contract!(no_offline_file_is_used_twice, async |db| {
    let license = a_license(db, 3).await;
    let first = paper(10, license.id, 20, 0);
    written(db, async |tx| tx.use_paper(&first).await).await;

    let mut tx = db.begin().await.unwrap();
    let again = tx.use_paper(&Paper { id: id(11), ..first }).await.unwrap_err();

    assert!(matches!(again, Error::Conflict(Unique::OfflinePaper)), "{again:?}");
    assert!(again.is_retryable(), "a retry finds the first use");
});

contract!(the_key_of_a_session_comes_from_its_last_request, async |db| {
    let license = a_license(db, 3).await;
    let (old, new) = (paper(10, license.id, 20, 0), paper(11, license.id, 20, 7));
    let release = Paper { kind: PaperKind::Release, ..paper(12, license.id, 20, 9) };
    let other = paper(13, license.id, 21, 8);
    written(db, async |tx| {
        for paper in [&new, &old, &release, &other] {
            tx.use_paper(paper).await?;
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
    let (old, new) = (paper(10, license.id, 21, 0), paper(11, license.id, 20, 7));
    let release = Paper { kind: PaperKind::Release, ..paper(12, license.id, 20, 9) };
    written(db, async |tx| {
        tx.upsert_activations(&[&device]).await?;
        for paper in [&old, &new, &release] {
            tx.use_paper(paper).await?;
        }
        Ok(())
    })
    .await;

    let recent: Vec<RecentRequest> = read!(db, recent_requests(10));

    let told: Vec<_> = recent.iter().map(|one| (one.id, one.device_name.clone())).collect();
    assert_eq!(told, [(new.id, device.device_name), (old.id, None)]);
    assert_eq!((recent[0].license_id, &recent[0].customer), (license.id, &license.customer));
    assert_eq!(read!(db, recent_requests(1)).len(), 1);
});
