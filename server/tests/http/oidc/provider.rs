//! An honest identity provider on loopback, whose answers a test can change.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
};

use aws_lc_rs::{
    digest,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use axum::{
    Form, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};
use service::Clock;
use tokio::net::TcpListener;

pub(crate) const CLIENT: &str = "latchkey";
pub(crate) const SECRET: &str = "a secret between the two";
pub(crate) const AUDIENCE: &str = "https://licenses.example.com/api";

/// The provider's answers, which a test may change.
pub(crate) struct Says {
    /// Members that replace those of the ID token; `null` removes one.
    pub(crate) id_token: Map<String, Value>,
    /// Members that replace those of the ID token's header.
    pub(crate) header: Map<String, Value>,
    /// Members that replace those of the token endpoint's answer.
    pub(crate) tokens: Map<String, Value>,
    /// Members of the userinfo in addition to the subject.
    pub(crate) userinfo: Map<String, Value>,
    /// Members that replace those of the discovery document.
    pub(crate) discovery: Map<String, Value>,
    /// The error code with which a refresh is answered.
    pub(crate) refresh_error: Option<&'static str>,
    /// `true` if refresh tokens are issued.
    pub(crate) refreshes: bool,
    /// `true` if every request is answered with 503.
    pub(crate) down: bool,
    /// Parameters of the last authorization request, with its nonce and its PKCE challenge.
    asked: HashMap<String, String>,
    refreshed: usize,
}

/// An identity provider.
#[derive(Clone)]
pub(crate) struct Provider {
    pub(crate) issuer: String,
    says: Arc<Mutex<Says>>,
    key: Arc<EcdsaKeyPair>,
    clock: Clock,
}

impl Provider {
    /// Starts a provider whose clock is stopped at the same time as the server's.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let says = Says {
            id_token: Map::new(),
            header: Map::new(),
            tokens: Map::new(),
            userinfo: Map::new(),
            discovery: Map::new(),
            refresh_error: None,
            refreshes: true,
            down: false,
            asked: HashMap::new(),
            refreshed: 0,
        };
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let provider = Self {
            issuer,
            says: Arc::new(Mutex::new(says)),
            key: Arc::new(key),
            clock: Clock::fixed(crate::fixture::START.parse().unwrap()),
        };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/me", get(userinfo))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        provider
    }

    /// Settings of a server whose users sign in here.
    pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("LATCHKEY_RATE_LIMITS", "off".to_owned()),
            ("LATCHKEY_OIDC_ISSUER", self.issuer.clone()),
            ("LATCHKEY_OIDC_ID", "acme".to_owned()),
            ("LATCHKEY_OIDC_NAME", "Acme ID".to_owned()),
            ("LATCHKEY_OIDC_CLIENT_ID", CLIENT.to_owned()),
            ("LATCHKEY_OIDC_CLIENT_SECRET", SECRET.to_owned()),
            ("LATCHKEY_OIDC_ROLES_CLAIM", "realm.roles".to_owned()),
            ("LATCHKEY_OIDC_ROLES", "desk=support, boss=owner, staff=viewer, chief=admin".to_owned()),
            ("LATCHKEY_OIDC_AUDIENCE", AUDIENCE.to_owned()),
        ]
    }

    /// The answers, to be changed.
    pub(crate) fn says(&self) -> MutexGuard<'_, Says> {
        self.says.lock().unwrap()
    }

    /// Gives the user these roles in the ID token.
    pub(crate) fn give_roles(&self, roles: &[&str]) {
        self.says().id_token.insert("realm".to_owned(), json!({ "roles": roles }));
    }

    /// Number of times that tokens were refreshed.
    pub(crate) fn refreshed(&self) -> usize {
        self.says().refreshed
    }

    /// Advances the provider's clock.
    pub(crate) fn advance(&self, seconds: i64) {
        self.clock.advance(seconds);
    }

    /// The user agrees. Returns the query of the callback.
    pub(crate) fn agrees(&self, asked: HashMap<String, String>) -> String {
        let state = asked["state"].clone();
        self.says().asked = asked;
        format!("code=a-code&state={state}&iss={}", self.issuer)
    }

    /// Claims of an ID token issued now.
    pub(crate) fn claims(&self) -> Map<String, Value> {
        let now = self.clock.now().timestamp();
        let claims = json!({
            "iss": self.issuer, "aud": CLIENT, "sub": "person-1", "iat": now, "exp": now + 300, "sid": "session-1",
            "name": "Ingrid Lund", "email": "ingrid@example.com", "email_verified": true, "auth_time": now,
        });
        claims.as_object().cloned().unwrap()
    }

    /// Signs a token with these claims with the provider's key.
    pub(crate) fn sign(&self, header: &Map<String, Value>, claims: &Map<String, Value>) -> String {
        let mut all = json!({ "alg": "ES256", "kid": "key-1", "typ": "JWT" }).as_object().cloned().unwrap();
        lay(&mut all, header);
        let part = |value: &Map<String, Value>| URL_SAFE_NO_PAD.encode(serde_json::to_vec(value).unwrap());
        let signed = format!("{}.{}", part(&all), part(claims));
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }

    fn answer(&self, body: Value) -> Response {
        if self.says().down { StatusCode::SERVICE_UNAVAILABLE.into_response() } else { Json(body).into_response() }
    }

    /// The public key.
    pub(crate) fn jwk(&self) -> Value {
        let point = self.key.public_key().as_ref();
        let part = |range: std::ops::Range<usize>| URL_SAFE_NO_PAD.encode(&point[range]);
        json!({ "kty": "EC", "crv": "P-256", "kid": "key-1", "use": "sig", "alg": "ES256", "x": part(1..33), "y": part(33..65) })
    }
}

/// Replaces members; `null` removes one.
pub(crate) fn lay(all: &mut Map<String, Value>, over: &Map<String, Value>) {
    for (name, value) in over {
        if value.is_null() {
            all.remove(name);
        } else {
            all.insert(name.clone(), value.clone());
        }
    }
}

async fn discovery(State(provider): State<Provider>) -> Response {
    let at = |path: &str| format!("{}{path}", provider.issuer);
    let document = json!({
        "issuer": provider.issuer, "authorization_endpoint": at("/auth"), "token_endpoint": at("/token"),
        "userinfo_endpoint": at("/me"), "jwks_uri": at("/keys"), "end_session_endpoint": at("/end"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"], "authorization_response_iss_parameter_supported": true,
    });
    let mut document = document.as_object().cloned().unwrap();
    lay(&mut document, &provider.says().discovery);
    provider.answer(Value::Object(document))
}

async fn keys(State(provider): State<Provider>) -> Response {
    provider.answer(json!({ "keys": [provider.jwk()] }))
}

async fn token(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let refused = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response();
    if !headers.get("authorization").is_some_and(|basic| basic.to_str().unwrap().starts_with("Basic ")) {
        return refused("invalid_client");
    }
    let mut claims = provider.claims();
    let asked = provider.says().asked.clone();
    match form["grant_type"].as_str() {
        "authorization_code" => {
            let verifier = form.get("code_verifier").cloned().unwrap_or_default();
            let digest = digest::digest(&digest::SHA256, verifier.as_bytes());
            if URL_SAFE_NO_PAD.encode(digest.as_ref()) != asked["code_challenge"] || form["code"] != "a-code" {
                return refused("invalid_grant");
            }
            claims.insert("nonce".to_owned(), json!(asked["nonce"]));
        }
        "refresh_token" => {
            let mut says = provider.says();
            if says.down {
                return StatusCode::SERVICE_UNAVAILABLE.into_response();
            }
            if let Some(error) = says.refresh_error {
                return refused(error);
            }
            // Refresh tokens are single-use, as at strict providers.
            if form["refresh_token"] != format!("refresh-{}", says.refreshed) {
                return refused("invalid_grant");
            }
            says.refreshed += 1;
        }
        _ => return refused("unsupported_grant_type"),
    }
    let header = provider.says().header.clone();
    let over = provider.says().id_token.clone();
    lay(&mut claims, &over);
    let mut tokens = json!({
        "access_token": "an-access-token", "token_type": "Bearer", "expires_in": 300,
        "id_token": provider.sign(&header, &claims),
    });
    let members = tokens.as_object_mut().unwrap();
    if provider.says().refreshes {
        members.insert("refresh_token".to_owned(), json!(format!("refresh-{}", provider.refreshed())));
    }
    lay(members, &provider.says().tokens);
    provider.answer(tokens)
}

async fn userinfo(State(provider): State<Provider>, headers: HeaderMap) -> Response {
    if headers.get("authorization").is_none_or(|bearer| bearer != "Bearer an-access-token") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let mut text = json!({ "sub": "person-1" }).as_object().cloned().unwrap();
    lay(&mut text, &provider.says().userinfo);
    provider.answer(Value::Object(text))
}
