//! Runs scripts on the engine and on the model and compares each operation. A script that fails is reduced to the
//! operations needed to fail.

use std::fmt::Write as _;

use testing::Database;

use crate::{
    answer::Answer,
    draw,
    episode::Episode,
    plain_terms::PlainTerms,
    rng::SeededRng,
    script::{LICENSES, Op, POLICIES},
    test_service::TestService,
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
pub(crate) async fn run_script(db: &Database, seed: u64, operations: usize) -> Vec<String> {
    let mut fixture = TestService::open(db).await;
    let mut transcript = vec![];
    for episode in 0..operations.div_ceil(EPISODE) {
        let mut rng = SeededRng::new(seed, episode as u64);
        let policy_terms: Vec<PlainTerms> = (0..POLICIES).map(|_| PlainTerms::any(&mut rng)).collect();
        let length = EPISODE.min(operations - episode * EPISODE);
        let script = draw::script(&mut rng, length);
        if let Err(failure) = run(&mut fixture, &policy_terms, &script, &mut transcript).await {
            let script = cut_down(&mut fixture, &policy_terms, script, failure.at).await;
            panic!("{}", transcript_of(&mut fixture, seed, episode, &policy_terms, &script, failure).await);
        }
    }
    fixture.close().await;
    transcript
}

/// Runs one script from the start.
async fn run(
    fixture: &mut TestService<'_>,
    policy_terms: &[PlainTerms],
    script: &[Op],
    transcript: &mut Vec<String>,
) -> Result<(), Failure> {
    let policies = || {
        let all = policy_terms.iter().enumerate();
        all.map(|(n, plain_terms)| Policy { product: usize::from(n == POLICIES - 1), plain_terms: plain_terms.clone() })
            .collect::<Vec<_>>()
    };
    let mut episode = Episode::open(fixture, &policies()).await;
    let mut world = World::new(episode.began.timestamp_micros(), policies());
    for slot in 0..LICENSES {
        let policy = slot.saturating_sub(1);
        episode.issue(fixture, slot, policy).await;
        let issued = world.issue(policy);
        world.slots.push(issued);
    }
    for (at, op) in script.iter().enumerate() {
        let op = match op {
            Op::Rush { at, asks } => Op::Rush { at: *at, asks: world.settled(asks) },
            op => op.clone(),
        };
        let (reported, expected) = episode.act(fixture, &op, &mut world).await;
        transcript.push(format!("{op:?} → {reported:?}"));
        let failed = |what| Failure { at, what };
        compare(&reported, &expected).map_err(failed)?;
        check(fixture, &mut episode, &op, &world).await.map_err(failed)?;
    }
    Ok(())
}

fn compare(reported: &Answer, expected: &Answer) -> Result<(), String> {
    match (reported, expected) {
        (Answer::Many(reported), Answer::Many(expected)) if reported.len() == expected.len() => {
            let mut each = reported.iter().zip(expected).enumerate();
            each.try_for_each(|(n, (reported, expected))| {
                compare(reported, expected).map_err(|why| format!("of ask {n}: {why}"))
            })
        }
        (reported, expected) if reported == expected => Ok(()),
        (reported, expected) => Err(format!("the engine says {reported:?},\n     the model {expected:?}")),
    }
}

/// Checks the invariants that hold after every operation.
async fn check(fixture: &TestService<'_>, episode: &mut Episode, op: &Op, world: &World) -> Result<(), String> {
    episode.verifier.time(world.furthest);
    episode.verifier.note_terms(world);
    let mut touched: Vec<usize> = op.licenses().iter().map(|slot| world.slots[*slot]).collect();
    if op.reaches_far() {
        touched.extend(0..world.licenses.len());
    }
    touched.sort_unstable();
    touched.dedup();
    for license in touched {
        let id = episode.license_id(license);
        let rows = fixture.instances[0].store().read().await.unwrap().on().activations(id, 10_000).await.unwrap();
        episode.verifier.check(license, &rows, world)?;
    }
    // A list may be two seconds old, so it is read only if time has passed since the last change.
    if matches!(op, Op::Pass(30..=600)) && world.trusted && world.now == world.furthest {
        episode.verifier.check_lists(&fixture.instances[world.sessions % 2], episode, world).await?;
    }
    Ok(())
}

/// The shortest failing script that is found by leaving parts out.
async fn cut_down(
    fixture: &mut TestService<'_>,
    policy_terms: &[PlainTerms],
    mut script: Vec<Op>,
    failed_at: usize,
) -> Vec<Op> {
    script.truncate(failed_at + 1);
    let (mut size, mut tries) = (script.len() / 2, 0);
    while size > 0 && tries < TRIES {
        let mut from = 0;
        while from < script.len() && tries < TRIES {
            tries += 1;
            let mut shorter = script.clone();
            shorter.drain(from..(from + size).min(script.len()));
            match run(fixture, policy_terms, &shorter, &mut vec![]).await {
                Err(failure) => {
                    shorter.truncate(failure.at + 1);
                    script = shorter;
                }
                Ok(()) => from += size,
            }
        }
        size /= 2;
    }
    fewer_asks(fixture, policy_terms, script).await
}

/// Removes requests from rushes as long as the script still fails.
async fn fewer_asks(fixture: &mut TestService<'_>, policy_terms: &[PlainTerms], mut script: Vec<Op>) -> Vec<Op> {
    for at in 0..script.len() {
        let Op::Rush { asks, .. } = &script[at] else { continue };
        for ask in (0..asks.len()).rev() {
            let mut shorter = script.clone();
            if let Op::Rush { asks, .. } = &mut shorter[at] {
                asks.remove(ask);
            }
            if run(fixture, policy_terms, &shorter, &mut vec![]).await.is_err() {
                script = shorter;
            }
        }
    }
    script
}

/// The report of a failure.
async fn transcript_of(
    fixture: &mut TestService<'_>,
    seed: u64,
    episode: usize,
    policy_terms: &[PlainTerms],
    script: &[Op],
    first: Failure,
) -> String {
    let mut transcript = vec![];
    let failure = run(fixture, policy_terms, script, &mut transcript).await.err().unwrap_or(first);
    let mut text = format!("seed {seed}, episode {episode}, operation {}:\n", failure.at);
    policy_terms.iter().enumerate().for_each(|(n, plain_terms)| writeln!(text, "policy {n}: {plain_terms:?}").unwrap());
    transcript.iter().for_each(|line| writeln!(text, "{line}").unwrap());
    text + &failure.what
}
