//! Slow providers: no request waits forever, and the user is told.

use std::time::{Duration, Instant};

use serde_json::json;
use testing::{Database, Engine, run};
use tokio::time::sleep;

use super::{
    provider::{Evil, Reply, Says},
    setup::{Setup, lie},
};
use crate::{
    admin::person::Person,
    oidc::visit::{BEGIN, begin, come_back, press},
};

async fn slow(name: &'static str, tell: fn(&mut Says, &Evil)) {
    let db = Database::new(Engine::Sqlite).await;
    let setup = Setup::set(&db).await;
    let began = Instant::now();
    setup.tells(&lie(name, 503, "5 seconds", tell)).await;
    assert!(began.elapsed() < Duration::from_secs(12), "{name}: {:?}", began.elapsed());
    setup.over(1);
}

/// The provider's key has changed, so tokens, keys and userinfo are all fetched, each just in time.
async fn slow_all_together() {
    let db = Database::new(Engine::Sqlite).await;
    let setup = Setup::set(&db).await;
    let server = setup.server(&[]).await;
    let person = Person::at(&server);
    let asked = begin(&person, "/").await;
    {
        let mut says = setup.evil.says();
        says.kid = "key-2";
        says.claims = json!({ "realm": null });
        (says.token, says.keys, says.userinfo) = (Reply::After(4), Reply::After(4), Reply::After(4));
    }
    let before = setup.before().await;
    let answer = come_back(&person, &setup.evil.agrees(asked)).await;
    setup.ends("each in time, and all together too late", (503, "8 seconds"), &person, &answer, before).await;
    setup.over(1);
}

/// The same for a signed-in user: the page is answered in time, and the user is checked again a minute later.
async fn slow_later() {
    let db = Database::new(Engine::Sqlite).await;
    let setup = Setup::set(&db).await;
    let server = setup.server(&[]).await;
    let person = Person::at(&server);
    assert_eq!(setup.walk(&person).await.status.as_u16(), 303);
    {
        let mut says = setup.evil.says();
        says.kid = "key-2";
        says.claims = json!({ "realm": null });
        (says.token, says.keys, says.userinfo) = (Reply::After(4), Reply::After(4), Reply::After(4));
    }
    server.clock.advance(600);
    setup.evil.clock.advance(600);
    assert_eq!(person.open("/").await.status.as_u16(), 200, "a slow provider ends no login");
    setup.evil.repents();
    setup.evil.says().token = Reply::Refusal(json!({ "error": "invalid_grant" }));
    server.clock.advance(60);
    setup.evil.clock.advance(60);
    assert_eq!(person.open("/").await.status.as_u16(), 303, "a slow provider does not avoid the check");
}

fn no_roles(says: &mut Says, userinfo: Reply) {
    says.claims = json!({ "realm": null });
    says.userinfo = userinfo;
}

#[test]
fn a_slow_provider_does_not_sign_in_and_keeps_no_request_waiting() {
    run(Engine::Sqlite, async |_| {
        tokio::join!(
            slow("discovery in silence", |says, _| says.discovery = Reply::Silence),
            slow("discovery by the drop", |says, _| says.discovery = Reply::Drip),
            slow("keys in silence", |says, _| says.keys = Reply::Silence),
            slow("keys by the drop", |says, _| says.keys = Reply::Drip),
            slow("tokens in silence", |says, _| says.token = Reply::Silence),
            slow("tokens by the drop", |says, _| says.token = Reply::Drip),
            slow("userinfo in silence", |says, _| no_roles(says, Reply::Silence)),
            slow("userinfo by the drop", |says, _| no_roles(says, Reply::Drip)),
            slow_all_together(),
            slow_later(),
        );
    });
}

/// This depends on the elapsed time and not on a clock, so the test waits. After the three seconds the provider
/// may be called again.
#[test]
fn an_unavailable_provider_is_not_called_for_three_seconds_and_then_retried() {
    run(Engine::Sqlite, async |db| {
        let setup = Setup::set(db).await;
        setup.evil.says().discovery = Reply::Status(503);
        let server = setup.server(&[]).await;
        let presses = async || press(&Person::at(&server), BEGIN).await.status.as_u16();
        let asked = || setup.evil.calls("/.well-known/openid-configuration");

        let before = asked();
        let began = Instant::now();
        assert_eq!(presses().await, 503);
        assert_eq!(asked(), before + 1, "the first request calls the provider");
        setup.evil.says().discovery = Reply::Honest;
        for _ in 0..3 {
            let answer = presses().await;
            // On a machine too slow for these few requests the assertion does not apply.
            if began.elapsed() < Duration::from_secs(3) {
                assert_eq!((answer, asked()), (503, before + 1), "the others get the same answer without a call");
            }
        }
        sleep(Duration::from_secs(3)).await;
        assert_eq!(presses().await, 303, "the provider is called again and is back");
        assert_eq!(asked(), before + 2);
    });
}
