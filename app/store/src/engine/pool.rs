//! Connections that are shared.
//!
//! The pool of sqlx 0.9 cannot replace this one: it pings every connection that comes back, without a deadline, so a silent
//! network takes its places one by one; and where PostgreSQL has no connection left, it dials until the caller's time is up,
//! though others lie idle. Its hooks change neither: `after_release` runs before that ping and does not replace it, and
//! `before_acquire` sees idle connections alone.

use std::{
    fmt,
    ops::{Deref, DerefMut},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::Error;
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout_at},
};

use super::{
    backend::Backend,
    faults::{Losses, code, late},
    guarded::{Guarded, State},
};

/// How long a caller waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(3);
/// How long it lies between two attempts to connect.
const PAUSE: Duration = Duration::from_millis(50);
/// A connection that lay idle for longer is asked first whether it still answers, and how long it has for that. Firewalls
/// forget idle connections without a word.
const IDLE: Duration = Duration::from_secs(30);
const PATIENCE: Duration = Duration::from_secs(1);
/// The age at which a connection to PostgreSQL is replaced, so that its server process gives its memory back.
const OLD: Duration = Duration::from_secs(1800);
/// After how long a server that had too many connections is asked for more again.
const REGROWN: Duration = Duration::from_secs(30);

/// A pool. Clones share it.
pub(super) struct Pool<DB: Backend>(Arc<Inner<DB>>);

struct Inner<DB: Backend> {
    dialer: Arc<DB::Dialer>,
    idle: Mutex<Vec<Idle<DB>>>,
    places: Arc<Semaphore>,
    size: u32,
    /// Places that were given up, since the server allows fewer.
    missing: AtomicU32,
    losses: Arc<Losses>,
    closed: AtomicBool,
    /// What gives way when the server allows no connection here.
    yields: Option<Pool<DB>>,
}

struct Idle<DB: Backend> {
    connection: Guarded<DB>,
    since: Instant,
}

/// A connection that is in use. Dropped, it goes back: a transaction on it is rolled back before, and one that is in doubt is
/// thrown away.
pub(super) struct Taken<DB: Backend> {
    /// `None` once it is dropped.
    held: Option<Held<DB>>,
    pool: Pool<DB>,
}

struct Held<DB: Backend> {
    connection: Guarded<DB>,
    place: OwnedSemaphorePermit,
}

impl<DB: Backend> Pool<DB> {
    pub(super) fn new(dialer: DB::Dialer, size: u32, losses: &Arc<Losses>, yields: Option<Self>) -> Self {
        Self(Arc::new(Inner {
            dialer: Arc::new(dialer),
            idle: Mutex::default(),
            places: Arc::new(Semaphore::new(size as usize)),
            size,
            missing: AtomicU32::new(0),
            losses: Arc::clone(losses),
            closed: AtomicBool::new(false),
            yields,
        }))
    }

    /// A connection, which waits for its turn.
    pub(super) async fn take(&self) -> Result<Taken<DB>, Error> {
        let deadline = tokio::time::Instant::now() + ACQUIRE;
        let pool = &self.0;
        loop {
            if self.is_closed() {
                return Err(Error::PoolClosed);
            }
            let place = timeout_at(deadline, Arc::clone(&pool.places).acquire_owned()).await;
            let place = place.map_err(|_| Error::PoolTimedOut)?.map_err(|_| Error::PoolClosed)?;
            if self.is_closed() {
                return Err(Error::PoolClosed);
            }
            let taken = |connection| Taken { held: Some(Held { connection, place }), pool: self.clone() };
            if let Some(connection) = self.usable().await {
                return Ok(taken(connection.taken()));
            }
            let dialed = timeout_at(deadline, Guarded::dial(&pool.dialer)).await.unwrap_or_else(|_| Err(late()));
            match dialed {
                Ok(connection) => return Ok(taken(connection)),
                Err(error) => {
                    drop(taken);
                    self.bear(error, deadline).await?;
                }
            }
        }
    }

    /// What becomes of a failed attempt to connect: it is repeated while the server starts, and where it has no room for one
    /// more connection, those that there are must do.
    async fn bear(&self, error: Error, deadline: tokio::time::Instant) -> Result<(), Error> {
        let full = code(&error).as_deref() == Some("53300");
        let starts = code(&error).as_deref() == Some("57P03")
            || matches!(&error, Error::Io(e) if e.kind() == std::io::ErrorKind::ConnectionRefused);
        if full {
            self.shrink();
            if let Some(other) = &self.0.yields {
                other.shrink();
            }
        }
        if !(full || starts) || tokio::time::Instant::now() + PAUSE >= deadline {
            return Err(error);
        }
        sleep(PAUSE).await;
        Ok(())
    }

    /// Gives up one place for a while, and the connection that lies idle in it. The last place stays.
    fn shrink(&self) {
        let pool = &self.0;
        let fewer = |missing: u32| Some(missing + 1).filter(|missing| *missing < pool.size);
        if pool.missing.fetch_update(Ordering::AcqRel, Ordering::Acquire, fewer).is_err() {
            return;
        }
        tracing::warn!("the database allows no further connection: this server goes on with fewer for half a minute");
        let pool = self.clone();
        tokio::spawn(async move {
            let place = Arc::clone(&pool.0.places).acquire_owned().await;
            drop(pool.idle().pop());
            sleep(REGROWN).await;
            pool.0.missing.fetch_sub(1, Ordering::AcqRel);
            drop(place);
        });
    }

    /// One that lies idle and can be trusted.
    async fn usable(&self) -> Option<Guarded<DB>> {
        loop {
            let Idle { mut connection, since } = self.idle().pop()?;
            if !DB::RESENDS {
                return Some(connection);
            }
            if self.0.losses.since(since) || connection.age() > OLD {
                continue;
            }
            if since.elapsed() < IDLE || connection.answers(PATIENCE).await {
                return Some(connection);
            }
            self.0.losses.note();
        }
    }

    fn give_back(&self, Held { connection, place }: Held<DB>) {
        match connection.state() {
            State::Clean | State::Refused if self.is_closed() => {}
            State::Clean | State::Refused => self.idle().push(Idle { connection, since: Instant::now() }),
            // Its caller has gone, which says nothing about other connections.
            State::Running => {}
            State::Doubtful => self.0.losses.note(),
        }
        drop(place);
    }

    /// Rolls back what was begun on it. Until that is done nobody else gets the connection.
    fn give_back_rolled_back(&self, mut held: Held<DB>) {
        let Ok(runtime) = Handle::try_current() else { return };
        let pool = self.clone();
        runtime.spawn(async move {
            if held.connection.rollback().await {
                pool.give_back(held);
            }
        });
    }

    /// Takes no more callers, waits until what is in use has come back, and closes every connection.
    pub(super) async fn close(&self) {
        let pool = &self.0;
        pool.closed.store(true, Ordering::Release);
        let missing = pool.missing.load(Ordering::Acquire);
        let all = Arc::clone(&pool.places).acquire_many_owned(pool.size.saturating_sub(missing)).await;
        pool.places.close();
        let idle = std::mem::take(&mut *self.idle());
        for idle in idle {
            idle.connection.close().await;
        }
        drop(all);
    }

    fn is_closed(&self) -> bool {
        self.0.closed.load(Ordering::Acquire)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Idle<DB>>> {
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<DB: Backend> Clone for Pool<DB> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<DB: Backend> fmt::Debug for Pool<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("size", &self.0.size).field("idle", &self.idle().len()).finish_non_exhaustive()
    }
}

impl<DB: Backend> Deref for Taken<DB> {
    type Target = Guarded<DB>;

    fn deref(&self) -> &Guarded<DB> {
        match &self.held {
            Some(held) => &held.connection,
            None => unreachable!("it is held until it is dropped"),
        }
    }
}

impl<DB: Backend> DerefMut for Taken<DB> {
    fn deref_mut(&mut self) -> &mut Guarded<DB> {
        match &mut self.held {
            Some(held) => &mut held.connection,
            None => unreachable!("it is held until it is dropped"),
        }
    }
}

impl<DB: Backend> Drop for Taken<DB> {
    fn drop(&mut self) {
        let Some(held) = self.held.take() else { return };
        let usable = matches!(held.connection.state(), State::Clean | State::Refused);
        if held.connection.in_transaction() && usable {
            self.pool.give_back_rolled_back(held);
        } else {
            self.pool.give_back(held);
        }
    }
}

impl<DB: Backend> fmt::Debug for Taken<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Taken").field(&self.held.as_ref().map(|held| &held.connection)).finish()
    }
}
