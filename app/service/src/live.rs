//! Changes of what pages show, for browsers that follow them.
//!
//! One reader per process compares the newest rows of each subject that somebody follows. A change of another instance is
//! seen the same way, and no browser holds a database connection.

use std::{
    collections::HashMap,
    fmt,
    str::FromStr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use store::{Connection, Store};
use tokio::sync::watch::{Receiver, Sender};
use uuid::Uuid;

use crate::{Result, base::Base};

/// Subject that a page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// The overview of the whole server.
    Home,
    /// The list of decisions.
    Decisions,
    /// A license with its devices.
    License(Uuid),
    /// A job.
    Job(Uuid),
}

/// State of a subject. Another text means that it has changed.
pub type Version = Arc<str>;

/// Subject of a page, and its state before the page was read. As text, a part of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageVersion {
    /// The subject.
    pub topic: Topic,
    /// The state.
    pub version: Version,
}

/// Subjects that browsers follow. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Live {
    store: Store,
    followed: Arc<Mutex<HashMap<Topic, Sender<Option<Version>>>>>,
    stopping: Arc<Sender<bool>>,
}

impl Topic {
    /// Minimum time between two changes that a browser is told of.
    pub const fn pause(self) -> Duration {
        match self {
            // Its overview covers everything, and changes all the time.
            Self::Home => Duration::from_secs(5),
            Self::Decisions | Self::License(_) | Self::Job(_) => Duration::from_secs(2),
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Home => f.write_str("home"),
            Self::Decisions => f.write_str("decisions"),
            Self::License(id) => write!(f, "license-{}", id.simple()),
            Self::Job(id) => write!(f, "job-{}", id.simple()),
        }
    }
}

impl FromStr for Topic {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let id = |text: &str| Uuid::parse_str(text).map_err(drop);
        match text.split_once('-') {
            None if text == "home" => Ok(Self::Home),
            None if text == "decisions" => Ok(Self::Decisions),
            Some(("license", text)) => id(text).map(Self::License),
            Some(("job", text)) => id(text).map(Self::Job),
            _ => Err(()),
        }
    }
}

impl Live {
    pub(crate) fn new(base: &Base) -> Self {
        Self { store: base.store.clone(), followed: Arc::default(), stopping: Arc::new(Sender::new(false)) }
    }

    /// Returns the state of a subject. A page reads it before its data, so that it misses no later change.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn seen(&self, topic: Topic) -> Result<PageVersion> {
        let version = version(&mut self.store.read().await?.on(), topic).await?;
        Ok(PageVersion { topic, version })
    }

    /// Follows a subject. The state is `None` until the next [`look`](Self::look).
    pub fn follow(&self, topic: Topic) -> Receiver<Option<Version>> {
        self.followed().entry(topic).or_insert_with(|| Sender::new(None)).subscribe()
    }

    /// Reads the states of all subjects that somebody follows, and reports those that have changed.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn look(&self) -> Result<()> {
        let topics: Vec<Topic> = {
            let mut followed = self.followed();
            followed.retain(|_, sender| sender.receiver_count() > 0);
            followed.keys().copied().collect()
        };
        if topics.is_empty() {
            return Ok(());
        }
        let mut reading = self.store.read().await?;
        let mut on = reading.on();
        for topic in topics {
            let now = version(&mut on, topic).await?;
            if let Some(sender) = self.followed().get(&topic) {
                sender.send_if_modified(|last| {
                    let is_new = last.as_ref() != Some(&now);
                    *last = Some(now);
                    is_new
                });
            }
        }
        Ok(())
    }

    /// Ends everything that waits for changes: the server stops.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Returns once the server stops.
    pub async fn stopped(&self) {
        // The sender lives as long as this handle, so there is no error.
        _ = self.stopping.subscribe().wait_for(|stops| *stops).await;
    }

    fn followed(&self) -> MutexGuard<'_, HashMap<Topic, Sender<Option<Version>>>> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn version(on: &mut Connection<'_>, topic: Topic) -> Result<Version> {
    let id = |id: Option<Uuid>| id.unwrap_or_default().simple();
    let text = match topic {
        Topic::Home => format!("{}{}", id(on.newest_event().await?), id(on.newest_decision().await?)),
        Topic::Decisions => id(on.newest_decision().await?).to_string(),
        Topic::License(of) => {
            let (event, refusal) = on.newest_of_license(of).await?;
            format!("{}{}", id(event), id(refusal))
        }
        Topic::Job(of) => match on.job(of).await? {
            Some(job) => format!("{}-{}-{}", job.state.name(), job.done, job.failed),
            None => String::new(),
        },
    };
    Ok(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_read_as_it_is_written() {
        let id = Uuid::from_u128(7);
        for topic in [Topic::Home, Topic::Decisions, Topic::License(id), Topic::Job(id)] {
            assert_eq!(topic.to_string().parse(), Ok(topic));
        }
        for wrong in ["", "home-1", "license", "license-", "job-x", "everything"] {
            assert_eq!(wrong.parse::<Topic>(), Err(()), "{wrong}");
        }
    }
}
