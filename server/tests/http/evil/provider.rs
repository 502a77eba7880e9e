//! An identity provider that is honest until a test makes it lie.

use std::{
    collections::HashMap,
    convert::Infallible,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard},
    task::{Context, Poll, ready},
    time::Duration,
};

use aws_lc_rs::digest;
use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header::CONTENT_TYPE},
    response::{IntoResponse as _, Response},
    routing::any,
};
use hyper::body::Frame;
use serde_json::{Value, json};
use service::Clock;
use tokio::{
    net::TcpListener,
    time::{Sleep, sleep},
};

use super::keys::{Key, Members, b64, lay, members, unsigned};
use crate::fixture::START;

pub(crate) const CLIENT: &str = "latchkey";
pub(crate) const SECRET: &str = "clientsecret-7d1f0c55a9e24b";
pub(crate) const CODE: &str = "code-5b1e7a90c2d84f6688aa";
pub(crate) const ACCESS: &str = "accesstoken-91b7f2c04de35a";
pub(crate) const REFRESH: &str = "refreshtoken-0a6d3e88b15fc7";
/// Id of the published key, unless the provider lies.
pub(crate) const KID: &str = "key-1";

/// The answer of an endpoint.
#[derive(Clone)]
pub(crate) enum Reply {
    Honest,
    /// The honest answer with members replaced; `null` removes one.
    Over(Value),
    /// A different answer, as JSON.
    Json(Value),
    /// A body with this content type.
    Text(&'static str, String),
    Status(u16),
    /// An error with status 400 (RFC 6749 §5.2).
    Refusal(Value),
    /// A redirect with 307, which would repeat the body, to another path of the provider.
    Redirect,
    /// This many bytes of JSON.
    Large(usize),
    /// No answer for half a minute.
    Silence,
    /// A space at regular intervals, without end.
    Drip,
    /// The honest answer after this many seconds.
    After(u64),
}

/// Makes an ID token from a header and claims.
pub(crate) type Make = fn(&Evil, Members, Members) -> Value;

/// The provider's answers.
pub(crate) struct Says {
    pub(crate) discovery: Reply,
    pub(crate) keys: Reply,
    pub(crate) token: Reply,
    pub(crate) userinfo: Reply,
    /// Members that replace those of the ID token's claims and header; `null` removes one.
    pub(crate) claims: Value,
    pub(crate) header: Value,
    pub(crate) make: Make,
    /// The id of its key.
    pub(crate) kid: &'static str,
    /// Parameters of the last authorization request.
    asked: HashMap<String, String>,
    /// The paths that were called.
    pub(crate) calls: Vec<String>,
    /// Secrets in use: verifiers, tokens, states.
    pub(crate) secrets: Vec<String>,
}

#[derive(Clone)]
pub(crate) struct Evil {
    pub(crate) issuer: String,
    says: Arc<Mutex<Says>>,
    pub(crate) key: Arc<Key>,
    pub(crate) clock: Clock,
}

/// An honest token, signed with the published key and the algorithm in the header.
pub(crate) fn signed(evil: &Evil, header: Members, claims: Members) -> Value {
    signed_by(&evil.key, &header, &claims)
}

pub(crate) fn signed_by(key: &Key, header: &Members, claims: &Members) -> Value {
    let text = unsigned(header, claims);
    let algorithm = header.get("alg").and_then(Value::as_str).unwrap_or_default();
    json!(format!("{text}.{}", b64(&key.sign(algorithm, text.as_bytes()))))
}

impl Says {
    fn honest() -> Self {
        Self {
            discovery: Reply::Honest,
            keys: Reply::Honest,
            token: Reply::Honest,
            userinfo: Reply::Honest,
            claims: json!({}),
            header: json!({}),
            make: signed,
            kid: KID,
            asked: HashMap::new(),
            calls: Vec::new(),
            secrets: Vec::new(),
        }
    }
}

impl Evil {
    /// Starts a provider with this key. Its issuer ends with `end`: `""`, `"/"` or a path.
    pub(crate) async fn start(key: Key, end: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}{end}", listener.local_addr().unwrap());
        let clock = Clock::fixed(START.parse().unwrap());
        let evil = Self { issuer, says: Arc::new(Mutex::new(Says::honest())), key: Arc::new(key), clock };
        let router = Router::new().fallback(any(answer)).with_state(evil.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        evil
    }

    pub(crate) fn says(&self) -> MutexGuard<'_, Says> {
        self.says.lock().unwrap()
    }

    /// Makes the provider honest from now on.
    pub(crate) fn repents(&self) {
        *self.says() = Says::honest();
    }

    /// Number of calls of this path.
    pub(crate) fn calls(&self, path: &str) -> usize {
        self.says().calls.iter().filter(|called| *called == path).count()
    }

    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.issuer.trim_end_matches('/'))
    }

    /// The user agrees. Returns the query of the callback.
    pub(crate) fn agrees(&self, asked: HashMap<String, String>) -> String {
        let query = format!("code={CODE}&state={}&iss={}", asked["state"], app::http::address::escape(&self.issuer));
        let mut says = self.says();
        says.secrets.extend([asked["state"].clone(), asked["nonce"].clone()]);
        says.asked = asked;
        query
    }

    /// Header and claims of an honest ID token for the last request. They are an owner's, so that something is at
    /// stake.
    pub(crate) fn honest(&self) -> (Members, Members) {
        let now = self.clock.now().timestamp();
        let header = json!({ "alg": self.key.algorithm(), "kid": self.says().kid, "typ": "JWT" });
        let claims = json!({
            "iss": self.issuer, "aud": CLIENT, "sub": "person-1", "iat": now, "exp": now + 300, "sid": "session-1",
            "nonce": self.says().asked.get("nonce"), "auth_time": now, "name": "Eve Evans",
            "email": "eve@example.com", "email_verified": true, "realm": { "roles": ["boss"] },
        });
        (members(header), members(claims))
    }

    fn discovery(&self) -> Value {
        json!({
            "issuer": self.issuer, "authorization_endpoint": self.at("/auth"), "token_endpoint": self.at("/token"),
            "userinfo_endpoint": self.at("/me"), "jwks_uri": self.at("/keys"), "end_session_endpoint": self.at("/end"),
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [self.key.algorithm()],
            "authorization_response_iss_parameter_supported": true,
        })
    }

    fn tokens(&self, form: &HashMap<String, String>) -> Result<Value, &'static str> {
        let verifier = form.get("code_verifier").cloned().unwrap_or_default();
        let challenge = b64(digest::digest(&digest::SHA256, verifier.as_bytes()).as_ref());
        let fresh = form.get("grant_type").is_some_and(|grant| grant == "refresh_token");
        let right = self.says().asked.get("code_challenge") == Some(&challenge)
            && form.get("code").is_some_and(|code| code == CODE);
        if !fresh && !right {
            return Err("invalid_grant");
        }
        let (mut header, mut claims) = self.honest();
        if fresh {
            claims.remove("nonce");
        }
        let (make, over_header, over_claims) = {
            let says = self.says();
            (says.make, says.header.clone(), says.claims.clone())
        };
        lay(&mut header, &over_header);
        lay(&mut claims, &over_claims);
        let id_token = make(self, header, claims);
        let text = id_token.as_str().unwrap_or_default().to_owned();
        self.says().secrets.extend([verifier, text]);
        Ok(json!({
            "access_token": ACCESS, "token_type": "Bearer", "expires_in": 300, "refresh_token": REFRESH, "id_token": id_token,
        }))
    }
}

async fn answer(State(evil): State<Evil>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let path = uri.path().to_owned();
    evil.says().calls.push(path.clone());
    let own = Uri::try_from(evil.at("")).unwrap().path().trim_end_matches('/').to_owned();
    let (reply, honest) = match path.strip_prefix(own.as_str()).unwrap_or(&path) {
        "/.well-known/openid-configuration" => (evil.says().discovery.clone(), evil.discovery()),
        "/keys" => {
            // Releases the lock before it is taken again.
            let kid = evil.says().kid;
            (evil.says().keys.clone(), json!({ "keys": [evil.key.jwk(kid)] }))
        }
        "/me" => (evil.says().userinfo.clone(), json!({ "sub": "person-1" })),
        "/token" => {
            let basic = headers.get("authorization").is_some_and(|basic| basic.to_str().unwrap().starts_with("Basic "));
            let form: HashMap<String, String> = form_urlencoded::parse(&body).into_owned().collect();
            let in_body = form.get("client_secret").is_some_and(|secret| secret == SECRET);
            match evil.tokens(&form) {
                Ok(tokens) if basic != in_body => (evil.says().token.clone(), tokens),
                Ok(_) => return StatusCode::UNAUTHORIZED.into_response(),
                Err(error) => return (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response(),
            }
        }
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    respond(&evil, &reply, honest).await
}

async fn respond(evil: &Evil, reply: &Reply, mut honest: Value) -> Response {
    let text = |kind: &'static str, body: String| ([(CONTENT_TYPE, kind)], body).into_response();
    match reply {
        Reply::Honest => Json(honest).into_response(),
        Reply::Over(over) => {
            lay(honest.as_object_mut().unwrap(), over);
            Json(honest).into_response()
        }
        Reply::Json(other) => Json(other).into_response(),
        Reply::Text(kind, body) => text(kind, body.clone()),
        Reply::Status(status) => StatusCode::from_u16(*status).unwrap().into_response(),
        Reply::Refusal(error) => (StatusCode::BAD_REQUEST, Json(error)).into_response(),
        Reply::Redirect => (StatusCode::TEMPORARY_REDIRECT, [("location", evil.at("/trap"))]).into_response(),
        Reply::Large(size) => text("application/json", format!("\"{}\"", "x".repeat(*size))),
        Reply::Silence => {
            sleep(Duration::from_secs(30)).await;
            StatusCode::OK.into_response()
        }
        Reply::Drip => {
            ([(CONTENT_TYPE, "application/json")], Body::new(Drip(Box::pin(sleep(Duration::ZERO))))).into_response()
        }
        Reply::After(seconds) => {
            sleep(Duration::from_secs(*seconds)).await;
            Json(honest).into_response()
        }
    }
}

/// A body without end.
struct Drip(Pin<Box<Sleep>>);

impl hyper::body::Body for Drip {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        ready!(self.0.as_mut().poll(cx));
        self.0 = Box::pin(sleep(Duration::from_millis(200)));
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b" ")))))
    }
}
