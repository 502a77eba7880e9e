use licensing::activation::BlockScope;
use store::{
    Paging,
    blocks::{BlockFilter, BlockRow, BlockedDevice},
};
use testing::contract;
use uuid::Uuid;

use crate::given::{ODD, a_license, activation, at, hash, id, license, product, read, written};

fn block(n: u128, device: u128, scope: BlockScope, scope_id: Uuid) -> BlockedDevice {
    BlockedDevice {
        id: id(n),
        fingerprint_hash: hash(device).to_vec(),
        scope,
        scope_id,
        fingerprint: format!("device {device}"),
        reason: ODD.to_owned(),
        blocked_by: ODD.to_owned(),
        created_at: at(i64::try_from(n).unwrap()),
    }
}

fn bare(block: &BlockedDevice) -> BlockRow {
    let block = block.clone();
    BlockRow { block, product_name: None, customer: None, email: None, code_tail: None, device_name: None }
}

contract!(a_block_is_listed_with_the_names_of_its_scope, async |db| {
    let mine = a_license(db, 3).await;
    let product = product(1);
    let mut device = activation(10, mine.id);
    device.device_name = Some("Laptop".to_owned());
    let blocks = [
        block(20, 10, BlockScope::License, mine.id),
        block(21, 11, BlockScope::Product, product.id),
        block(22, 10, BlockScope::Server, Uuid::nil()),
    ];
    written(db, async |tx| {
        tx.upsert_activations(&[&device]).await?;
        for block in &blocks {
            assert!(tx.insert_block(block).await?);
        }
        assert!(!tx.insert_block(&BlockedDevice { id: id(30), ..blocks[0].clone() }).await?, "already blocked");
        Ok(())
    })
    .await;
    let page = read!(db, blocks(BlockFilter::default(), Paging::First, 2));
    let laptop = Some("Laptop".to_owned());
    let server = BlockRow { device_name: laptop.clone(), ..bare(&blocks[2]) };
    let of_product = BlockRow { product_name: Some(product.name.clone()), ..bare(&blocks[1]) };
    let of_license = BlockRow {
        product_name: Some(product.name),
        code_tail: Some(mine.code_tail),
        device_name: laptop,
        ..bare(&blocks[0])
    };
    assert_eq!(page.rows, [server, of_product]);
    let rest = read!(db, blocks(BlockFilter::default(), Paging::After(page.next.unwrap()), 2));
    assert_eq!(rest.rows, std::slice::from_ref(&of_license));
    assert_eq!((rest.next, rest.previous.map(|at| at.id)), (None, Some(id(20))));
    assert_eq!(read!(db, block(id(20))), Some(of_license));
    assert_eq!(read!(db, block(id(99))), None);
});

contract!(a_license_is_affected_by_its_own_blocks_and_wider_ones_of_its_devices, async |db| {
    let mine = a_license(db, 3).await;
    let other = license(4, &read!(db, policy(mine.policy_id)).unwrap());
    let blocks = [
        block(20, 99, BlockScope::License, mine.id),
        block(21, 10, BlockScope::Product, mine.product_id),
        block(22, 12, BlockScope::Server, Uuid::nil()),
        // Blocks of an unknown device, of another license, and of another product.
        block(23, 98, BlockScope::Server, Uuid::nil()),
        block(24, 10, BlockScope::License, other.id),
        block(25, 10, BlockScope::Product, id(50)),
    ];
    let entered = store::authorized::AuthorizedDevice {
        fingerprint_hash: hash(12).to_vec(),
        license_id: mine.id,
        fingerprint: "device 12".to_owned(),
        note: None,
        created_at: at(0),
    };
    written(db, async |tx| {
        tx.insert_license(&other).await?;
        tx.upsert_activations(&[&activation(10, mine.id)]).await?;
        tx.authorize(std::slice::from_ref(&entered)).await?;
        for block in &blocks {
            tx.insert_block(block).await?;
        }
        Ok(())
    })
    .await;
    let listed = async |filter: BlockFilter<'_>| {
        let page = read!(db, blocks(filter, Paging::First, 10));
        page.rows.into_iter().map(|row| row.block.id).collect::<Vec<_>>()
    };
    let all = BlockFilter::default();
    assert_eq!(listed(BlockFilter { reaching: Some(mine.id), ..all }).await, [22, 21, 20].map(id));
    assert_eq!(listed(BlockFilter { reaching: Some(other.id), ..all }).await, [24].map(id));
    assert_eq!(listed(BlockFilter { scope_id: Some(mine.product_id), ..all }).await, [21].map(id));
    assert_eq!(listed(BlockFilter { fingerprint_hash: Some(hash(10)), ..all }).await, [25, 24, 21].map(id));
    let products = [mine.product_id, id(51)];
    assert_eq!(listed(BlockFilter { products: &products, ..all }).await, [24, 21, 20].map(id));
    assert_eq!(
        listed(BlockFilter { fingerprint_hash: Some(hash(10)), reaching: Some(mine.id), ..all }).await,
        [21].map(id)
    );
});

contract!(a_block_is_removed_once_and_then_unknown_to_the_desk, async |db| {
    let mine = a_license(db, 3).await;
    written(db, async |tx| tx.insert_block(&block(20, 10, BlockScope::License, mine.id)).await.map(drop)).await;
    let [seen] = read!(db, desk_blocks(&[hash(10)])).try_into().unwrap();
    assert_eq!((seen.scope, seen.scope_id), (BlockScope::License, mine.id));
    written(db, async |tx| {
        assert!(tx.delete_block(id(20)).await?);
        assert!(!tx.delete_block(id(20)).await?);
        Ok(())
    })
    .await;
    assert_eq!(read!(db, desk_blocks(&[hash(10)])), []);
});
