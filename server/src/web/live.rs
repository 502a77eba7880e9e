//! Streams of changes (server-sent events). A stream only says that its page has changed; the page then fetches itself.

use std::{
    convert::Infallible,
    sync::{Arc, LazyLock},
    time::Duration,
};

use app::http::{
    address::sign_in_address,
    context::{CurrentAccount, Visitor},
};
use axum::{
    extract::{Query, Request, State},
    response::{
        IntoResponse as _, Redirect, Response,
        sse::{Event, Sse},
    },
    routing::get,
};
use futures_util::stream;
use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{ACCEPT, CACHE_CONTROL},
};
use licensing::Act;
use serde::Deserialize;
use service::{Live, Service, Topic, Version};
use tokio::{sync::watch::Receiver, time::sleep};
use tower_sessions::Session;

use super::{logins::secret, streams::Place};
use crate::{
    AppState,
    http::accept::accepted,
    routes::{Opens, Routes},
};

/// Interval at which a quiet stream is kept open, and its login checked. Proxies close connections that are silent for a
/// minute or more.
const KEPT_EVERY: Duration = Duration::from_secs(15);
/// Number of such intervals after which a page is fetched again although nothing has changed, so that its relative times
/// stay right.
const STALE_AFTER: u32 = 4;

/// Marks a request that no user made: it does not keep a login from ending when it is idle.
pub(crate) const UNATTENDED: HeaderName = HeaderName::from_static("latchkey-unattended");
const EVENT_STREAM: &str = "text/event-stream";
/// Keeps nginx from buffering the stream.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

pub(crate) const PATH: &str = "/live";

pub(crate) static ROUTES: LazyLock<Routes> =
    LazyLock::new(|| Routes::default().route("GET", PATH, Opens::Account(Act::HomeSee), get(follow)));

/// Query of a stream.
#[derive(Debug, Deserialize)]
struct Followed {
    /// The topic.
    of: String,
    /// State of the topic that the page shows.
    #[serde(default)]
    seen: String,
}

/// Opens a stream of the changes of a page.
async fn follow(State(state): State<AppState>, request: Request) -> Response {
    let visitor = request.extensions().get::<Visitor>().cloned().unwrap_or_default();
    let Some(account) = visitor.account else {
        return Redirect::to(&sign_in_address("/")).into_response();
    };
    if !accepted(request.headers(), ACCEPT).any(|kind| kind == EVENT_STREAM) {
        return StatusCode::NOT_ACCEPTABLE.into_response();
    }
    let query = Query::<Followed>::try_from_uri(request.uri()).ok();
    let followed = query.and_then(|Query(it)| Some((it.of.parse().ok()?, it.seen)));
    let Some((topic, seen)) = followed else { return StatusCode::BAD_REQUEST.into_response() };
    if !may_see(&account, topic) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let login = request.extensions().get::<Session>().and_then(Session::id).map(|id| secret(&id));
    let (Some(login), Some(place)) = (login, state.streams.take(account.id)) else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let live = state.service.live().clone();
    let following = Following {
        service: state.service.clone(),
        login,
        changes: live.follow(topic),
        live,
        seen: seen.into(),
        topic,
        quiet: 0,
        phase: Phase::Waits,
        _place: place,
    };
    let events = stream::unfold(following, |following| async move {
        let (event, following) = following.next().await?;
        Some((Ok::<_, Infallible>(event), following))
    });
    let mut response = Sse::new(events).into_response();
    response.headers_mut().insert(BUFFERING, HeaderValue::from_static("no"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Returns `true` if the account may see the pages of this topic.
fn may_see(account: &CurrentAccount, topic: Topic) -> bool {
    let act = match topic {
        Topic::Home => Act::HomeSee,
        Topic::Decisions => Act::DecisionsSee,
        Topic::License(_) => Act::LicensesSee,
        Topic::Job(_) => Act::JobsSee,
    };
    account.role.may(act.permission())
}

/// An open stream.
struct Following {
    service: Service,
    live: Live,
    login: [u8; 16],
    changes: Receiver<Option<Version>>,
    /// State that the browser knows.
    seen: Version,
    topic: Topic,
    /// Number of intervals since the last change.
    quiet: u32,
    phase: Phase,
    _place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Waits for a change.
    Waits,
    /// Has reported a change; the next one has to wait.
    Pauses,
    /// The login has ended.
    Ended,
}

impl Following {
    /// Waits for the next event. `None` once the stream is over.
    async fn next(mut self) -> Option<(Event, Self)> {
        if self.phase == Phase::Ended {
            return None;
        }
        let pause = if self.phase == Phase::Pauses { self.topic.pause() } else { Duration::ZERO };
        let (seen, changes) = (Arc::clone(&self.seen), &mut self.changes);
        let changed = async move {
            sleep(pause).await;
            let new = changes.wait_for(|version| version.as_ref().is_some_and(|new| *new != seen)).await;
            new.ok().and_then(|version| version.clone())
        };
        let change = tokio::select! {
            () = self.live.stopped() => return None,
            change = changed => Some(change?),
            () = sleep(KEPT_EVERY) => None,
        };
        // An error does not end the stream: the database may be away for a moment.
        if matches!(self.service.identity().login(&self.login).await, Ok(None)) {
            self.phase = Phase::Ended;
            return Some((Event::default().event("ended").data("1"), self));
        }
        self.quiet += 1;
        self.phase = Phase::Waits;
        let event = match change {
            None if self.quiet < STALE_AFTER => return Some((Event::default().comment("open"), self)),
            None => Event::default().event("changed").data("1"),
            Some(version) => {
                self.seen = version;
                self.phase = Phase::Pauses;
                Event::default().event("changed").data("1")
            }
        };
        self.quiet = 0;
        Some((event, self))
    }
}
