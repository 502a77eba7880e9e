//! Runs scripts on the engine and on the model and compares each operation. A script that fails is reduced to the
//! operations needed to fail.

use std::fmt::Write as _;

use testing::Database;

use crate::{
    answer::Answer,
    deal::Deal,
    dice::Dice,
    draw,
    house::House,
    script::{LICENSES, Op, POLICIES},
    stage::Stage,
    world::{Policy, World},
};

/// Number of operations in an episode.
const EPISODE: usize = 250;
/// Maximum number of attempts to shorten a failing script.
const TRIES: usize = 400;

/// A failure, with the index of its operation.
pub(crate) struct Failure {
    at: usize,
    what: String,
}

/// Runs this many operations from the seed. Returns the answers, one line each.
pub(crate) async fn play(db: &Database, seed: u64, operations: usize) -> Vec<String> {
    let mut house = House::open(db).await;
    let mut transcript = vec![];
    for episode in 0..operations.div_ceil(EPISODE) {
        let mut dice = Dice::new(seed, episode as u64);
        let deals: Vec<Deal> = (0..POLICIES).map(|_| Deal::any(&mut dice)).collect();
        let length = EPISODE.min(operations - episode * EPISODE);
        let script = draw::script(&mut dice, length);
        if let Err(failure) = run(&mut house, &deals, &script, &mut transcript).await {
            let script = cut_down(&mut house, &deals, script, failure.at).await;
            panic!("{}", story(&mut house, seed, episode, &deals, &script, failure).await);
        }
    }
    house.close().await;
    transcript
}

/// Runs one script from the start.
async fn run(
    house: &mut House<'_>,
    deals: &[Deal],
    script: &[Op],
    transcript: &mut Vec<String>,
) -> Result<(), Failure> {
    let policies = || {
        let all = deals.iter().enumerate();
        all.map(|(n, deal)| Policy { product: usize::from(n == POLICIES - 1), deal: deal.clone() }).collect::<Vec<_>>()
    };
    let mut stage = Stage::open(house, &policies()).await;
    let mut world = World::new(stage.began.timestamp_micros(), policies());
    for slot in 0..LICENSES {
        let policy = slot.saturating_sub(1);
        stage.issue(house, slot, policy).await;
        let issued = world.issue(policy);
        world.slots.push(issued);
    }
    for (at, op) in script.iter().enumerate() {
        let op = match op {
            Op::Rush { at, asks } => Op::Rush { at: *at, asks: world.settled(asks) },
            op => op.clone(),
        };
        let (told, expected) = stage.act(house, &op, &mut world).await;
        transcript.push(format!("{op:?} → {told:?}"));
        let failed = |what| Failure { at, what };
        compare(&told, &expected).map_err(failed)?;
        check(house, &mut stage, &op, &world).await.map_err(failed)?;
    }
    Ok(())
}

fn compare(told: &Answer, expected: &Answer) -> Result<(), String> {
    match (told, expected) {
        (Answer::Many(told), Answer::Many(expected)) if told.len() == expected.len() => {
            let mut each = told.iter().zip(expected).enumerate();
            each.try_for_each(|(n, (told, expected))| {
                compare(told, expected).map_err(|why| format!("of ask {n}: {why}"))
            })
        }
        (told, expected) if told == expected => Ok(()),
        (told, expected) => Err(format!("the engine says {told:?},\n     the model {expected:?}")),
    }
}

/// Checks the invariants that hold after every operation.
async fn check(house: &House<'_>, stage: &mut Stage, op: &Op, world: &World) -> Result<(), String> {
    stage.verifier.time(world.furthest);
    stage.verifier.note_terms(world);
    let mut touched: Vec<usize> = op.licenses().iter().map(|slot| world.slots[*slot]).collect();
    if op.reaches_far() {
        touched.extend(0..world.licenses.len());
    }
    touched.sort_unstable();
    touched.dedup();
    for license in touched {
        let id = stage.license_id(license);
        let rows = house.instances[0].store().read().await.unwrap().on().activations(id, 10_000).await.unwrap();
        stage.verifier.check(license, &rows, world)?;
    }
    // A list may be two seconds old, so it is read only if time has passed since the last change.
    if matches!(op, Op::Pass(30..=600)) && world.trusted && world.now == world.furthest {
        stage.verifier.check_lists(&house.instances[world.sessions % 2], stage, world).await?;
    }
    Ok(())
}

/// The shortest failing script that is found by leaving parts out.
async fn cut_down(house: &mut House<'_>, deals: &[Deal], mut script: Vec<Op>, failed_at: usize) -> Vec<Op> {
    script.truncate(failed_at + 1);
    let (mut size, mut tries) = (script.len() / 2, 0);
    while size > 0 && tries < TRIES {
        let mut from = 0;
        while from < script.len() && tries < TRIES {
            tries += 1;
            let mut shorter = script.clone();
            shorter.drain(from..(from + size).min(script.len()));
            match run(house, deals, &shorter, &mut vec![]).await {
                Err(failure) => {
                    shorter.truncate(failure.at + 1);
                    script = shorter;
                }
                Ok(()) => from += size,
            }
        }
        size /= 2;
    }
    fewer_asks(house, deals, script).await
}

/// Removes requests from rushes as long as the script still fails.
async fn fewer_asks(house: &mut House<'_>, deals: &[Deal], mut script: Vec<Op>) -> Vec<Op> {
    for at in 0..script.len() {
        let Op::Rush { asks, .. } = &script[at] else { continue };
        for ask in (0..asks.len()).rev() {
            let mut shorter = script.clone();
            if let Op::Rush { asks, .. } = &mut shorter[at] {
                asks.remove(ask);
            }
            if run(house, deals, &shorter, &mut vec![]).await.is_err() {
                script = shorter;
            }
        }
    }
    script
}

/// The report of a failure.
async fn story(
    house: &mut House<'_>,
    seed: u64,
    episode: usize,
    deals: &[Deal],
    script: &[Op],
    first: Failure,
) -> String {
    let mut transcript = vec![];
    let failure = run(house, deals, script, &mut transcript).await.err().unwrap_or(first);
    let mut said = format!("seed {seed}, episode {episode}, operation {}:\n", failure.at);
    deals.iter().enumerate().for_each(|(n, deal)| writeln!(said, "policy {n}: {deal:?}").unwrap());
    transcript.iter().for_each(|line| writeln!(said, "{line}").unwrap());
    said + &failure.what
}
