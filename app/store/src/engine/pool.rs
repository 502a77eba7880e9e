//! Connection pool.
//!
//! The pool of sqlx 0.9 cannot replace this one. It pings every returned connection without a deadline, so a silent
//! network uses up its places one by one; and if PostgreSQL has no connection left, it dials until the caller's time is
//! up, even though others are idle. Its hooks change neither: `after_release` runs before that ping and does not
//! replace it, and `before_acquire` sees idle connections only.

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

/// Time that a caller waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(3);
/// Pause between two attempts to connect.
const PAUSE: Duration = Duration::from_millis(50);
/// Idle time after which a connection is pinged before use. Firewalls drop idle connections without notice.
/// [`PATIENCE`] is the time limit of that ping.
const IDLE: Duration = Duration::from_secs(30);
const PATIENCE: Duration = Duration::from_secs(1);
/// Age at which a connection to PostgreSQL is replaced, so that its server process releases its memory.
const OLD: Duration = Duration::from_secs(1800);
/// Time after which a server that had too many connections is asked for more again.
const REGROWN: Duration = Duration::from_secs(30);
/// Time that a connection of pages rests after work beside the desk, in multiples of that work and of the pool's size:
/// with 2, all of them together keep half a processor busy.
const REST: u32 = 2;
const LONGEST_REST: Duration = Duration::from_secs(1);

/// A pool. Clones share it.
pub(super) struct Pool<DB: Backend>(Arc<Inner<DB>>);

struct Inner<DB: Backend> {
    dialer: Arc<DB::Dialer>,
    idle: Mutex<Vec<Idle<DB>>>,
    places: Arc<Semaphore>,
    size: u32,
    /// Places that are not used, since the server allows fewer connections.
    missing: AtomicU32,
    losses: Arc<Losses>,
    closed: AtomicBool,
    role: Role<DB>,
}

/// Relation of a pool to the other pools of the same database.
pub(super) enum Role<DB: Backend> {
    /// Pool of the desk.
    Desk { in_use: InUse, gives_way: Option<Pool<DB>> },
    /// Pool of the API.
    Api { gives_way: Option<Pool<DB>> },
    /// Pool of pages. Its connections rest while the desk works: the database server runs their queries with the
    /// priority of all others, and two threads often share one core.
    Pages { desk: InUse },
}

/// Number of connections in use.
pub(super) type InUse = Arc<AtomicU32>;

struct Idle<DB: Backend> {
    connection: Guarded<DB>,
    since: Instant,
}

/// A connection in use. When dropped, it returns to the pool; a transaction on it is rolled back first, and a doubtful
/// connection is closed.
pub(super) struct Taken<DB: Backend> {
    /// `None` once it is dropped.
    held: Option<Held<DB>>,
    pool: Pool<DB>,
}

struct Held<DB: Backend> {
    connection: Guarded<DB>,
    place: OwnedSemaphorePermit,
    since: Instant,
}

impl<DB: Backend> Pool<DB> {
    pub(super) fn new(dialer: DB::Dialer, size: u32, losses: &Arc<Losses>, role: Role<DB>) -> Self {
        Self(Arc::new(Inner {
            dialer: Arc::new(dialer),
            idle: Mutex::default(),
            places: Arc::new(Semaphore::new(size as usize)),
            size,
            missing: AtomicU32::new(0),
            losses: Arc::clone(losses),
            closed: AtomicBool::new(false),
            role,
        }))
    }

    /// Takes a connection, waiting for a free one.
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
            let taken = |connection| {
                if let Role::Desk { in_use, .. } = &pool.role {
                    in_use.fetch_add(1, Ordering::Relaxed);
                }
                let since = Instant::now();
                Taken { held: Some(Held { connection, place, since }), pool: self.clone() }
            };
            if let Some(connection) = self.usable().await {
                return Ok(taken(connection.taken()));
            }
            let dialed = timeout_at(deadline, Guarded::dial(&pool.dialer)).await.unwrap_or_else(|_| Err(late()));
            match dialed {
                Ok(connection) => return Ok(taken(connection)),
                Err(error) => {
                    drop(taken);
                    self.wait_after(error, deadline).await?;
                }
            }
        }
    }

    /// Handles a failed attempt to connect. The attempt is repeated while the server starts; if the server has no room
    /// for another connection, the existing ones must suffice.
    async fn wait_after(&self, error: Error, deadline: tokio::time::Instant) -> Result<(), Error> {
        let full = code(&error).as_deref() == Some("53300");
        let starts = code(&error).as_deref() == Some("57P03")
            || matches!(&error, Error::Io(e) if e.kind() == std::io::ErrorKind::ConnectionRefused);
        if full {
            self.shrink();
            if let Role::Desk { gives_way: Some(pages), .. } | Role::Api { gives_way: Some(pages) } = &self.0.role {
                pages.shrink();
            }
        }
        if !(full || starts) || tokio::time::Instant::now() + PAUSE >= deadline {
            return Err(error);
        }
        sleep(PAUSE).await;
        Ok(())
    }

    /// Gives up one place for a while, with the idle connection in it. The last place is kept.
    fn shrink(&self) {
        let pool = &self.0;
        let fewer = |missing: u32| Some(missing + 1).filter(|missing| *missing < pool.size);
        if pool.missing.fetch_update(Ordering::AcqRel, Ordering::Acquire, fewer).is_err() {
            return;
        }
        tracing::warn!("the database allows no more connections: this server uses fewer for 30 seconds");
        let pool = self.clone();
        tokio::spawn(async move {
            let place = Arc::clone(&pool.0.places).acquire_owned().await;
            drop(pool.idle().pop());
            sleep(REGROWN).await;
            pool.0.missing.fetch_sub(1, Ordering::AcqRel);
            drop(place);
        });
    }

    /// Returns an idle connection that can be trusted.
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

    fn put_back(&self, held: Held<DB>) {
        let rest = self.rest(held.since.elapsed());
        match Handle::try_current() {
            Ok(runtime) if !rest.is_zero() => {
                let pool = self.clone();
                runtime.spawn(async move {
                    sleep(rest).await;
                    pool.put_back_now(held);
                });
            }
            _ => self.put_back_now(held),
        }
    }

    /// Returns the time that a connection rests after it worked for `worked`.
    fn rest(&self, worked: Duration) -> Duration {
        match &self.0.role {
            Role::Pages { desk } if desk.load(Ordering::Relaxed) > 0 && !self.is_closed() => {
                worked.saturating_mul(REST * self.0.size).min(LONGEST_REST)
            }
            _ => Duration::ZERO,
        }
    }

    fn put_back_now(&self, Held { connection, place, .. }: Held<DB>) {
        match connection.state() {
            State::Clean | State::Refused if self.is_closed() => {}
            State::Clean | State::Refused => self.idle().push(Idle { connection, since: Instant::now() }),
            // The caller was cancelled, which says nothing about other connections.
            State::Running => {}
            State::Doubtful => self.0.losses.note(),
        }
        drop(place);
    }

    /// Rolls back the transaction on the connection before others may use it.
    fn put_back_rolled_back(&self, mut held: Held<DB>) {
        let Ok(runtime) = Handle::try_current() else { return };
        let pool = self.clone();
        runtime.spawn(async move {
            if held.connection.rollback().await {
                pool.put_back(held);
            }
        });
    }

    /// Rejects further callers, waits until all connections are returned, and closes them.
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
        if let Role::Desk { in_use, .. } = &self.pool.0.role {
            in_use.fetch_sub(1, Ordering::Relaxed);
        }
        let usable = matches!(held.connection.state(), State::Clean | State::Refused);
        if held.connection.in_transaction() && usable {
            self.pool.put_back_rolled_back(held);
        } else {
            self.pool.put_back(held);
        }
    }
}

impl<DB: Backend> fmt::Debug for Taken<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Taken").field(&self.held.as_ref().map(|held| &held.connection)).finish()
    }
}
