//! Direct requests to a provider: tokens for a code, new tokens, and the userinfo.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use licensing::Span;
use openidconnect::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, EmptyAdditionalClaims,
    EndpointNotSet, EndpointSet, IssuerUrl, JsonWebKeySet, OAuth2TokenResponse as _, PkceCodeVerifier, RedirectUrl,
    RefreshToken, RequestTokenError, TokenUrl,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
        CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
    },
};
use serde_json::Value;
use service::{ExpectedToken, ProviderTokens, Service, audiences, numeric_date};

use super::{
    authorization_attempt::Attempt,
    claims::{self, Claims, id, part},
    provider::{Provider, ProviderMetadata},
    token_answer::{ErrorAnswer, TokenAnswer},
};
use crate::outbound::{CallError, Outbound, plain};

/// Maximum age of an ID token when it arrives.
const OLDEST: Span = Span::minutes(10);
/// Tolerance for a provider's clock that is ahead of ours.
const AHEAD: Span = Span::seconds(60);
/// Maximum size of a token, in bytes.
const LARGEST: usize = 64 * 1024;

/// OpenID Connect client of a provider whose documents are known. Token responses are parsed by our own types, since
/// those of the library refuse a whole response because of members that are not used.
pub(crate) type Client = openidconnect::Client<
    EmptyAdditionalClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    ErrorAnswer,
    TokenAnswer,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
    EndpointNotSet,
>;

/// Error of an exchange with the provider.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExchangeError {
    /// The call failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The provider refused, with this `error` code (RFC 6749 §5.2).
    #[error("the provider reports {0}")]
    Refused(String),
    /// The provider's answer cannot be trusted.
    #[error("{0}")]
    Untrusted(String),
}

impl ExchangeError {
    fn untrusted(what: impl std::fmt::Display) -> Self {
        Self::Untrusted(plain(what))
    }

    /// Returns `true` if the provider is unavailable, so that the same request may succeed later.
    pub(crate) fn is_away(&self) -> bool {
        match self {
            Self::Call(error) => error.is_away(),
            // Codes of RFC 6749 §4.1.2.1 that some providers use at the token endpoint too.
            Self::Refused(code) => matches!(code.as_str(), "temporarily_unavailable" | "server_error"),
            Self::Untrusted(_) => false,
        }
    }
}

/// Verified claims of a person, with their tokens.
pub(crate) struct Verified {
    pub(crate) subject: String,
    pub(crate) claims: Claims,
    pub(crate) tokens: ProviderTokens,
    /// `true` if they come from an ID token, where a missing claim means that it does not apply. A userinfo response
    /// may just omit it.
    pub(crate) whole: bool,
}

/// Expectation for an ID token.
enum Expected<'a> {
    /// The first one of a sign-in (OpenID Connect Core §3.1.3.7).
    First(&'a Attempt),
    /// A later one, with the same subject (§12.2), and with the first one's nonce if it has any.
    Later { subject: &'a str, first: &'a str },
}

impl Provider {
    /// Returns the OpenID Connect client for this provider.
    pub(crate) fn client(&self, known: &ProviderMetadata, redirect: String) -> Result<Client, ExchangeError> {
        let document = &known.document;
        let issuer = IssuerUrl::new(self.settings.issuer.clone()).map_err(ExchangeError::untrusted)?;
        // Without keys: ID tokens are verified below, by the same code as access and logout tokens.
        let keys = JsonWebKeySet::new(Vec::new());
        let client = openidconnect::Client::new(ClientId::new(self.settings.client_id.clone()), issuer, keys);
        let client = match &self.settings.client_secret {
            Some(secret) => client.set_client_secret(ClientSecret::new(secret.reveal().to_owned())),
            None => client,
        };
        Ok(client
            .set_auth_uri(AuthUrl::new(document.authorization_endpoint.clone()).map_err(ExchangeError::untrusted)?)
            .set_token_uri(TokenUrl::new(document.token_endpoint.clone()).map_err(ExchangeError::untrusted)?)
            .set_redirect_uri(RedirectUrl::new(redirect).map_err(ExchangeError::untrusted)?)
            .set_auth_type(if document.secret_in_body { AuthType::RequestBody } else { AuthType::BasicAuth }))
    }

    /// Exchanges the code of an attempt for tokens, and returns the verified claims.
    pub(crate) async fn exchange(
        self: &Arc<Self>,
        service: &Service,
        client: &Client,
        code: String,
        attempt: &Attempt,
    ) -> Result<Verified, ExchangeError> {
        let request = client
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier.clone()));
        let answer = request.request_async(&Http(self.outbound.clone())).await.map_err(refused)?;
        let id_token = answer.id_token.clone().ok_or_else(|| ExchangeError::untrusted("there is no ID token"))?;
        usable(&answer)?;
        let claims = self.verify(service, &answer, &id_token, Expected::First(attempt)).await?;
        let subject = id(&claims, "sub").ok_or_else(|| ExchangeError::untrusted("the subject is not valid"))?;
        Ok(Verified {
            subject: subject.to_owned(),
            tokens: tokens(&answer, id_token, None, service.clock().now()),
            claims,
            whole: true,
        })
    }

    /// Renews the tokens of an upstream session, and returns the provider's current claims. They are empty if the
    /// answer has no ID token.
    pub(crate) async fn refresh(
        self: &Arc<Self>,
        service: &Service,
        client: &Client,
        (subject, old): (&str, &ProviderTokens),
        refresh: &str,
    ) -> Result<Verified, ExchangeError> {
        let refresh = RefreshToken::new(refresh.to_owned());
        let request = client.exchange_refresh_token(&refresh);
        let answer = request.request_async(&Http(self.outbound.clone())).await.map_err(refused)?;
        usable(&answer)?;
        let claims = match &answer.id_token {
            Some(id_token) => {
                let expected = Expected::Later { subject, first: &old.id_token };
                self.verify(service, &answer, id_token, expected).await?
            }
            None => Claims::new(),
        };
        let whole = answer.id_token.is_some();
        let id_token = answer.id_token.clone().unwrap_or_else(|| old.id_token.clone());
        let tokens = tokens(&answer, id_token, old.refresh_token.clone(), service.clock().now());
        Ok(Verified { subject: subject.to_owned(), claims, tokens, whole })
    }

    /// Returns the userinfo of this subject (OpenID Connect Core §5.3); empty if the provider has no userinfo endpoint.
    pub(crate) async fn userinfo(
        &self,
        known: &ProviderMetadata,
        subject: &str,
        tokens: &ProviderTokens,
    ) -> Result<Claims, ExchangeError> {
        let (Some(url), Some(token)) = (&known.document.userinfo_endpoint, &tokens.access_token) else {
            return Ok(Claims::new());
        };
        let userinfo = self.outbound.json(url, Some(token)).await?;
        match userinfo {
            // §5.3.2: the subject must be the same, exactly.
            serde_json::Value::Object(userinfo) if id(&userinfo, "sub") == Some(subject) => Ok(userinfo),
            _ => Err(ExchangeError::untrusted("the userinfo is for another subject")),
        }
    }

    /// Completes the verified claims with the userinfo, if needed.
    pub(crate) async fn completed(
        &self,
        known: &ProviderMetadata,
        verified: &mut Verified,
    ) -> Result<(), ExchangeError> {
        if claims::lack(&verified.claims, &self.settings) {
            let more = self.userinfo(known, &verified.subject, &verified.tokens).await?;
            verified.claims = claims::joined(std::mem::take(&mut verified.claims), more);
        }
        Ok(())
    }

    /// Verifies an ID token (OpenID Connect Core §3.1.3.7) and returns its claims.
    async fn verify(
        self: &Arc<Self>,
        service: &Service,
        answer: &TokenAnswer,
        id_token: &str,
        expected: Expected<'_>,
    ) -> Result<Claims, ExchangeError> {
        if id_token.len() > LARGEST {
            return Err(ExchangeError::untrusted("the ID token is larger than 64 KiB"));
        }
        let header = part(id_token, 0).ok_or_else(|| ExchangeError::untrusted("the ID token cannot be read"))?;
        let known = self.knowing(header.get("kid").and_then(Value::as_str)).await?;
        let token = ExpectedToken {
            keys: &known.keys,
            algorithms: &self.settings.algorithms,
            types: &["jwt", ""],
            issuer: &self.settings.issuer,
            audience: &self.settings.client_id,
            access_token: Some(answer.access_token().secret()),
            refuses_keys: false,
            largest: LARGEST,
            leeway: (0, AHEAD.as_seconds().cast_signed()),
        };
        let unverified = |why: &str| ExchangeError::untrusted(format!("the ID token is not valid: {why}"));
        let claims = service.identity().read_provider_token(id_token, &token).map_err(unverified)?;
        let now = service.clock().now();
        self.check(&claims, &expected, now).map_err(unverified)?;
        Ok(claims)
    }

    /// Checks the claims specific to an ID token.
    fn check(&self, claims: &Claims, expected: &Expected<'_>, now: DateTime<Utc>) -> Result<(), &'static str> {
        // Some libraries write `null` for an absent claim.
        let given = |name: &str| claims.get(name).filter(|value| !value.is_null());
        let client = self.settings.client_id.as_str();
        match given("azp") {
            Some(party) if party.as_str() != Some(client) => return Err("it was issued to another client"),
            Some(_) => {}
            None if audiences(claims).is_some_and(|all| all.iter().all(|audience| *audience == client)) => {}
            None => return Err("it has several audiences, but does not name the client it was issued to"),
        }
        given("exp").ok_or("it has no expiry (exp)")?;
        let at = given("iat").and_then(numeric_date).ok_or("it has no time of issue (iat)")?;
        if at > AHEAD.after(now) {
            return Err("it was issued in the future");
        }
        if at < OLDEST.before(now) {
            return Err("it was issued more than ten minutes ago");
        }
        let nonce = given("nonce");
        let fits = match expected {
            Expected::First(attempt) => nonce.and_then(Value::as_str) == Some(&attempt.nonce),
            Expected::Later { first, .. } => {
                let first = part(first, 1);
                nonce.is_none_or(|nonce| {
                    nonce.is_string() && first.is_some_and(|first| first.get("nonce") == Some(nonce))
                })
            }
        };
        if !fits {
            return Err("its nonce does not match");
        }
        match expected {
            Expected::Later { subject, .. } if id(claims, "sub") != Some(*subject) => Err("it is for another subject"),
            Expected::First(_) | Expected::Later { .. } => Ok(()),
        }
    }
}

/// Adapter of our outbound client for `openidconnect`.
struct Http(Outbound);

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = CallError;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<openidconnect::HttpResponse, CallError>> + Send + 'c>>;

    fn call(&'c self, request: openidconnect::HttpRequest) -> Self::Future {
        Box::pin(async move {
            let answer = self.0.call(request).await?;
            let status = CallError::Status(answer.status());
            if status.is_away() { Err(status) } else { Ok(answer) }
        })
    }
}

fn refused(error: RequestTokenError<CallError, ErrorAnswer>) -> ExchangeError {
    match error {
        RequestTokenError::Request(error) => error.into(),
        RequestTokenError::ServerResponse(answer) => ExchangeError::Refused(answer.code),
        RequestTokenError::Parse(error, _) => CallError::nonsense(error).into(),
        RequestTokenError::Other(what) => CallError::nonsense(what).into(),
    }
}

/// Checks that the tokens are usable: bearer tokens (OpenID Connect Core §3.1.3.3), and not too large to store.
fn usable(answer: &TokenAnswer) -> Result<(), ExchangeError> {
    if *answer.token_type() != CoreTokenType::Bearer {
        return Err(ExchangeError::untrusted("the access token does not have the type Bearer"));
    }
    let refresh = answer.refresh_token().map_or(0, |token| token.secret().len());
    if answer.access_token().secret().len().max(refresh) > LARGEST {
        return Err(ExchangeError::untrusted("a token is larger than 64 KiB"));
    }
    Ok(())
}

fn tokens(answer: &TokenAnswer, id_token: String, kept: Option<String>, now: DateTime<Utc>) -> ProviderTokens {
    let lasting = answer.expires_in().map(|lasting| Span::seconds(lasting.as_secs()));
    ProviderTokens {
        id_token,
        access_token: Some(answer.access_token().secret().clone()),
        access_ends_at: lasting.map(|lasting| lasting.after(now)),
        refresh_token: answer.refresh_token().map(|token| token.secret().clone()).or(kept),
    }
}
