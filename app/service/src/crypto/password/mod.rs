//! Passwords: hashed with Argon2id, a few at a time, outside the async threads.

mod guess;

use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version, password_hash::phc::PasswordHash};
use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::{Error, Result};

/// Minimum length of a password, in characters (NIST SP 800-63B-4 §3.1.1.2, for a password that is the only factor).
pub(crate) const SHORTEST: usize = 15;
/// Maximum length, in bytes. Anything longer is an attack on the hasher.
pub(crate) const LONGEST: usize = 1024;

/// Cost of a hash. Each stored hash names its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    memory_kib: u32,
    passes: u32,
}

impl Cost {
    /// Above the OWASP minimum of 46 MiB and one pass.
    pub(crate) const STRONG: Self = Self { memory_kib: 64 * 1024, passes: 3 };
    /// For tests that sign in but do not test passwords: with the strong one, they spend a quarter of their time here.
    pub(crate) const TEST: Self = Self { memory_kib: 64, passes: 1 };
    const LANES: u32 = 1;

    fn argon2(self) -> Result<Argon2<'static>> {
        let params = Params::new(self.memory_kib, self.passes, Self::LANES, None).map_err(Error::defect)?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }

    /// Returns `true` if this stored hash has this cost.
    fn made(self, hash: &str) -> bool {
        hash.starts_with(&format!("$argon2id$v=19$m={},t={},p={}$", self.memory_kib, self.passes, Self::LANES))
    }
}

/// Maximum number of concurrent hashes; each takes 64 MiB.
const AT_ONCE: usize = 2;
/// One more, reserved for those who have proved themselves before.
const RESERVED: usize = 1;

/// Hashes and checks passwords. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Hasher {
    cost: Cost,
    places: Arc<Semaphore>,
    reserved: Arc<Semaphore>,
}

/// The queue for a slot at the hasher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Everyone, in order of arrival.
    Anyone,
    /// A browser or login that has proved itself before. Strangers cannot take its reserved slot.
    Known,
}

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Wrong,
    Right,
    /// Right, but hashed with outdated parameters.
    RightButDated,
}

/// Checks the strength of a new password. Only length makes a password strong (NIST SP 800-63B-4 §3.1.1.2), so there
/// are no rules about characters, but it must not be [easily guessed](guess). `known` contains words related to the
/// person.
pub(crate) fn good_password(password: &str, known: &[&str]) -> Result<(), String> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(format!("has {length} characters and needs at least {SHORTEST}: use a few unrelated words"));
    }
    if password.len() > LONGEST {
        return Err(format!("is longer than {LONGEST} bytes"));
    }
    let known: Vec<&str> = known.iter().copied().chain(["latchkey", "license", "licenses", "server"]).collect();
    if guess::easily(password, &known) {
        return Err(
            "is easily guessed: it consists of common passwords, keyboard patterns, repetitions or your own name. Use \
            a few unrelated words"
                .to_owned(),
        );
    }
    Ok(())
}

impl Hasher {
    pub(crate) fn new(cost: Cost) -> Self {
        Self { cost, places: Arc::new(Semaphore::new(AT_ONCE)), reserved: Arc::new(Semaphore::new(RESERVED)) }
    }

    /// Hashes a password. Returns the PHC string.
    pub(crate) async fn hash(&self, password: &str) -> Result<String> {
        self.hash_in(password, Lane::Anyone).await
    }

    async fn hash_in(&self, password: &str, lane: Lane) -> Result<String> {
        let (password, cost) = (password.to_owned(), self.cost);
        self.run(lane, move || {
            let hash = cost.argon2()?.hash_password(password.as_bytes()).map_err(Error::defect)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Checks a password against a hash. Without a hash it takes as long, and the result is `Wrong`.
    pub(crate) async fn check(&self, password: &str, hash: Option<&str>, lane: Lane) -> Result<Verdict> {
        let Some(hash) = hash.map(str::to_owned) else {
            self.hash_in(password, lane).await?;
            return Ok(Verdict::Wrong);
        };
        let (password, cost) = (password.to_owned(), self.cost);
        self.run(lane, move || {
            let parsed = PasswordHash::new(&hash).map_err(Error::defect)?;
            if cost.argon2()?.verify_password(password.as_bytes(), &parsed).is_err() {
                return Ok(Verdict::Wrong);
            }
            Ok(if cost.made(&hash) { Verdict::Right } else { Verdict::RightButDated })
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, lane: Lane, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let shared = Arc::clone(&self.places).acquire_owned();
        let place = match lane {
            Lane::Anyone => shared.await,
            Lane::Known => tokio::select! {
                place = shared => place,
                place = Arc::clone(&self.reserved).acquire_owned() => place,
            },
        };
        let place = place.map_err(Error::defect)?;
        spawn_blocking(move || {
            let result = work();
            drop(place);
            result
        })
        .await
        .map_err(Error::defect)?
    }
}
