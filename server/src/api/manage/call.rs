//! Writing calls: the request, its `Idempotency-Key`, and what came of it.

use axum::{
    extract::{FromRequest, FromRequestParts as _, Request},
    http::{HeaderName, HeaderValue, request::Parts},
    response::Response,
};
use licensing::{
    FieldError, Invalid, text,
    wire::{Fields, without_nul},
};
use serde_json::{Value, json};
use service::{Actor, ApiCall, CallKey, Completed, Error, KEY_HEADER, Outcome};

use super::{
    located::{TermsAt, located, unlocated},
    patch::Patch,
    program::Program,
};
use crate::{
    AppState,
    api::{
        body::{self, Read},
        problem::{Code, Problem},
    },
};

/// Marks the response to a repeated call.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// Maximum size of a body with many items, in bytes.
const LARGEST_LIST: usize = 4 * 1024 * 1024;

/// A writing call as sent.
#[derive(Debug)]
pub(in crate::api) struct Call {
    pub(in crate::api) program: Program,
    key: Option<CallKey>,
    /// The request: an object, empty if the body is.
    body: Value,
}

/// A writing call with a list of many items, of at most 4 MiB.
#[derive(Debug)]
pub(in crate::api) struct LargeCall(pub(in crate::api) Call);

/// A call that has a body although it only reads, such as a search whose text must not be in an address. A key would have
/// no effect, and is ignored.
#[derive(Debug)]
pub(in crate::api) struct ReadingCall(pub(in crate::api) Call);

/// A writing call that patches an object.
#[derive(Debug)]
pub(in crate::api) struct PatchCall {
    pub(in crate::api) program: Program,
    pub(in crate::api) patch: Patch,
    key: Option<CallKey>,
    /// The patch as sent, which identifies the call.
    sent: Value,
}

/// A writing call whose act may begin.
#[derive(Debug)]
pub(in crate::api) struct Begun(ApiCall);

impl FromRequest<AppState> for Call {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        Self::read(request, state, body::LARGEST_BODY * 4).await
    }
}

impl FromRequest<AppState> for LargeCall {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        Call::read(request, state, LARGEST_LIST).await.map(Self)
    }
}

impl FromRequest<AppState> for ReadingCall {
    type Rejection = Problem;

    async fn from_request(mut request: Request, state: &AppState) -> Result<Self, Problem> {
        request.headers_mut().remove(KEY_HEADER);
        Call::read(request, state, body::LARGEST_BODY * 4).await.map(Self)
    }
}

impl Call {
    async fn read(request: Request, state: &AppState, largest: usize) -> Result<Self, Problem> {
        let (mut head, body) = request.into_parts();
        let program = Program::from_request_parts(&mut head, state).await?;
        let key = read_key(&head)?;
        let read = body::value(body, largest).await?;
        if read.is_some() && !body::is_json(&head.headers) {
            let detail = "Send an uncompressed JSON object in UTF-8, with the content type application/json.";
            return Err(Problem::new(Code::UnsupportedMediaType, detail));
        }
        let body = read.map(unrepeated).transpose()?.unwrap_or_else(|| json!({}));
        Ok(Self { program, key, body })
    }
}

impl FromRequest<AppState> for PatchCall {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let (mut head, body) = request.into_parts();
        let program = Program::from_request_parts(&mut head, state).await?;
        let key = read_key(&head)?;
        let (patch, sent) = Patch::read_request(&head, body).await?;
        Ok(Self { program, patch, key, sent })
    }
}

/// Reads the key, bound to the method and the path.
fn read_key(head: &Parts) -> Result<Option<CallKey>, Problem> {
    let mut keys = head.headers.get_all(KEY_HEADER).iter();
    let Some(key) = keys.next() else { return Ok(None) };
    if keys.next().is_some() {
        return Err(Invalid::one(KEY_HEADER, "was sent twice: send it once").into());
    }
    let endpoint = format!("{} {}", head.method, head.uri.path());
    Ok(Some(CallKey::read(endpoint, key.as_bytes())?))
}

/// Refuses a body with repeated names, or with U+0000.
pub(super) fn unrepeated(read: Read) -> Result<Value, Invalid> {
    let errors = read.repeated.into_iter().map(|name| FieldError::new(name.pointer, "is repeated"));
    Invalid(errors.collect()).or(read.value).and_then(without_nul)
}

impl Call {
    /// The members of the request.
    pub(in crate::api) fn fields(&self) -> Result<Fields, Problem> {
        unlocated(Fields::of(self.body.clone()))
    }

    /// Reads a request that has no members.
    pub(in crate::api) fn empty(&self) -> Result<(), Problem> {
        unlocated(self.fields()?.end())
    }

    /// Reads a request whose only member is the reason.
    pub(in crate::api) fn reason(&self) -> Result<String, Problem> {
        let mut fields = self.fields()?;
        let reason = read_reason(&mut fields);
        unlocated(fields.end())?;
        Ok(reason)
    }

    /// Returns what an earlier call with the same key did, if there was one.
    pub(in crate::api) async fn repeated(&self, state: &AppState) -> Result<Option<Completed>, Problem> {
        let Some(key) = &self.key else { return Ok(None) };
        let actor = self.program.to_look_up();
        Ok(state.service.calls().begin_api_call(Some(key), &self.body, actor).await?.completed())
    }

    /// Begins the call. Everything about the request must have been checked before.
    pub(in crate::api) async fn begin(&self, state: &AppState, actor: Actor) -> Result<Begun, Problem> {
        begin(state, self.key.as_ref(), &self.body, actor).await
    }
}

impl PatchCall {
    /// Begins the call, as for [`Call::begin`].
    pub(in crate::api) async fn begin(&self, state: &AppState, actor: Actor) -> Result<Begun, Problem> {
        begin(state, self.key.as_ref(), &self.sent, actor).await
    }
}

async fn begin(state: &AppState, key: Option<&CallKey>, sent: &Value, actor: Actor) -> Result<Begun, Problem> {
    Ok(Begun(state.service.calls().begin_api_call(key, sent, actor).await?))
}

/// Reads the reason of an act: 1 to 500 characters.
pub(in crate::api) fn read_reason(fields: &mut Fields) -> String {
    let reason = fields.parse("reason", |reason| text::name(reason, 500));
    fields.need("reason", reason).unwrap_or_default()
}

impl Begun {
    pub(in crate::api) fn actor(&self) -> &Actor {
        self.0.actor()
    }

    /// Does the act, unless an earlier call with the same key did it.
    pub(in crate::api) async fn run<T>(
        &self,
        act: impl Future<Output = Result<T, Error>>,
    ) -> Result<Outcome<T>, Problem> {
        self.run_located(TermsAt::Nowhere, act).await
    }

    /// Like [`run`](Self::run), for a request with terms.
    pub(in crate::api) async fn run_located<T>(
        &self,
        terms_at: TermsAt,
        act: impl Future<Output = Result<T, Error>>,
    ) -> Result<Outcome<T>, Problem> {
        self.0.run(act).await.map_err(|error| located(error, terms_at))
    }
}

/// Adds the header that marks the response to a repeated call.
pub(in crate::api) fn marked<T>(outcome: &Outcome<T>, mut response: Response) -> Response {
    if matches!(outcome, Outcome::Repeated(_)) {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}
