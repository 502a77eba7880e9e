//! The system under test: two instances of the service on one database, with one clock that a script controls.

use service::{Clock, SealingKey, Service, store::Store};
use testing::Database;

use crate::script::INSTANCES;

/// The instances of one run.
pub(crate) struct TestService<'a> {
    db: &'a Database,
    key: SealingKey,
    pub(crate) clock: Clock,
    pub(crate) instances: Vec<Service>,
    /// Number of products created.
    pub(crate) products: usize,
}

impl<'a> TestService<'a> {
    pub(crate) async fn open(db: &'a Database) -> Self {
        let clock = Clock::fixed("2026-03-01T12:00:00.250001Z".parse().unwrap());
        let mut fixture = Self { db, key: SealingKey::generate().unwrap(), clock, instances: vec![], products: 0 };
        for _ in 0..INSTANCES {
            let service = fixture.start().await;
            fixture.instances.push(service);
        }
        fixture
    }

    async fn start(&self) -> Service {
        let store = Store::open(self.db.url()).await.unwrap();
        Service::open(store, &self.key, self.clock.clone(), "https://licenses.example.com".to_owned()).await.unwrap()
    }

    pub(crate) async fn restart(&mut self, at: usize) {
        self.instances[at].close().await;
        self.instances[at] = self.start().await;
    }

    pub(crate) async fn close(self) {
        for instance in self.instances {
            instance.close().await;
        }
    }
}
