//! What the provider is asked for behind the browser's back: tokens for a code, fresh tokens, and the userinfo.

use std::{iter::successors, sync::Arc};

use chrono::{DateTime, Utc};
use licensing::Span;
use openidconnect::{
    AccessTokenHash, AsyncHttpClient, AuthType, AuthorizationCode, ClientId, ClientSecret, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeVerifier, RedirectUrl,
    RefreshToken, RequestTokenError, TokenResponse as _,
    core::{
        CoreClient, CoreClientAuthMethod, CoreIdToken, CoreIdTokenClaims, CoreIdTokenVerifier, CoreJwsSigningAlgorithm,
        CoreTokenResponse, CoreTokenType,
    },
};
use service::ProviderTokens;

use super::{
    attempt::Attempt,
    claims::{self, Claims, id, part},
    outbound::{CallError, plain},
    provider::{Known, Provider},
};

/// How old an ID token may be when it comes.
const OLDEST: Span = Span::minutes(10);
/// How far a provider's clock may be ahead of ours.
const AHEAD: Span = Span::seconds(60);
/// The largest token that is looked at, in bytes.
const LARGEST: usize = 64 * 1024;

/// The provider's client, once its documents are read.
pub(crate) type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// Why there are no tokens, or none that can be trusted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExchangeError {
    /// The call.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The provider says no: its `error` (RFC 6749 §5.2).
    #[error("the provider says {0}")]
    Refused(String),
    /// What it gave is not to be trusted.
    #[error("{0}")]
    Untrusted(String),
}

impl ExchangeError {
    fn untrusted(what: impl std::fmt::Display) -> Self {
        Self::Untrusted(plain(what))
    }

    /// The same, with what is behind an error: the first one alone says that a signature is wrong, and not what is wrong with it.
    fn unverified(error: &dyn std::error::Error) -> Self {
        let all: Vec<String> = successors(Some(error), |error| error.source()).map(ToString::to_string).collect();
        Self::untrusted(all.join(": "))
    }

    /// Whether the provider is away, rather than wrong or of another opinion: the same question may be answered later.
    pub(crate) fn is_away(&self) -> bool {
        match self {
            Self::Call(error) => error.is_away(),
            // Names of RFC 6749 §4.1.2.1 that some use at the token endpoint too.
            Self::Refused(code) => matches!(code.as_str(), "temporarily_unavailable" | "server_error"),
            Self::Untrusted(_) => false,
        }
    }
}

/// What a provider says of a person, verified.
pub(crate) struct Verified {
    pub(crate) subject: String,
    pub(crate) claims: Claims,
    pub(crate) tokens: ProviderTokens,
    /// Whether an ID token is behind it: what that leaves out is not so. A userinfo may just not tell.
    pub(crate) whole: bool,
}

/// What an ID token is compared with.
enum Expected<'a> {
    /// The one of a sign-in (OpenID Connect Core §3.1.3.7).
    First(&'a Attempt),
    /// A later one, with the same subject (§12.2), and with the first one's nonce if it has any.
    Later { subject: &'a str, first: &'a str },
}

impl Provider {
    /// The client of this server at the provider.
    pub(crate) fn client(&self, known: &Known, redirect: String) -> Result<Client, ExchangeError> {
        let secret = self.settings.client_secret.as_ref().map(|secret| ClientSecret::new(secret.reveal().to_owned()));
        let methods = known.metadata.token_endpoint_auth_methods_supported();
        let takes = |method| methods.is_some_and(|methods| methods.contains(&method));
        // Basic is what every provider must take that says nothing (Discovery §3).
        let in_body = takes(CoreClientAuthMethod::ClientSecretPost) && !takes(CoreClientAuthMethod::ClientSecretBasic);
        let client_id = ClientId::new(self.settings.client_id.clone());
        Ok(CoreClient::from_provider_metadata(known.metadata.clone(), client_id, secret)
            .set_redirect_uri(RedirectUrl::new(redirect).map_err(ExchangeError::untrusted)?)
            .set_auth_type(if in_body { AuthType::RequestBody } else { AuthType::BasicAuth }))
    }

    /// Takes the code of an attempt to the provider, and gives what it says of the person.
    pub(crate) async fn exchange(
        self: &Arc<Self>,
        client: &Client,
        code: String,
        attempt: &Attempt,
        now: DateTime<Utc>,
    ) -> Result<Verified, ExchangeError> {
        let request = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(ExchangeError::untrusted)?
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier.clone()));
        let answer = request.request_async(&Http(self.outbound.clone())).await.map_err(refused)?;
        let id_token = answer.id_token().ok_or_else(|| ExchangeError::untrusted("there is no ID token"))?;
        usable(&answer)?;
        let claims = self.verify(&answer, id_token, Expected::First(attempt), now).await?;
        let subject = id(&claims, "sub").ok_or_else(|| ExchangeError::untrusted("the subject is no subject"))?;
        Ok(Verified {
            subject: subject.to_owned(),
            tokens: tokens(&answer, id_token.to_string(), None, now),
            claims,
            whole: true,
        })
    }

    /// Has the tokens of a sign-on renewed, and gives what the provider says now. The claims are empty where it sends no
    /// ID token along.
    pub(crate) async fn refresh(
        self: &Arc<Self>,
        client: &Client,
        (subject, old): (&str, &ProviderTokens),
        refresh: &str,
        now: DateTime<Utc>,
    ) -> Result<Verified, ExchangeError> {
        let refresh = RefreshToken::new(refresh.to_owned());
        let request = client.exchange_refresh_token(&refresh).map_err(ExchangeError::untrusted)?;
        let answer = request.request_async(&Http(self.outbound.clone())).await.map_err(refused)?;
        usable(&answer)?;
        let claims = match answer.id_token() {
            Some(id_token) => {
                let expected = Expected::Later { subject, first: &old.id_token };
                self.verify(&answer, id_token, expected, now).await?
            }
            None => Claims::new(),
        };
        let whole = answer.id_token().is_some();
        let id_token = answer.id_token().map_or_else(|| old.id_token.clone(), ToString::to_string);
        let kept = old.refresh_token.clone();
        Ok(Verified { subject: subject.to_owned(), claims, tokens: tokens(&answer, id_token, kept, now), whole })
    }

    /// What the userinfo says of this subject (OpenID Connect Core §5.3); nothing where the provider has none.
    pub(crate) async fn userinfo(
        &self,
        known: &Known,
        subject: &str,
        tokens: &ProviderTokens,
    ) -> Result<Claims, ExchangeError> {
        let (Some(url), Some(token)) = (known.metadata.userinfo_endpoint(), &tokens.access_token) else {
            return Ok(Claims::new());
        };
        let said = self.outbound.json(url.as_str(), Some(token)).await?;
        match said {
            // §5.3.2: the subject must be the same, exactly.
            serde_json::Value::Object(said) if id(&said, "sub") == Some(subject) => Ok(said),
            _ => Err(ExchangeError::untrusted("the userinfo is somebody else’s")),
        }
    }

    /// The verified claims, with what the userinfo says where they lack something.
    pub(crate) async fn completed(&self, known: &Known, verified: &mut Verified) -> Result<(), ExchangeError> {
        if claims::lack(&verified.claims, &self.settings) {
            let more = self.userinfo(known, &verified.subject, &verified.tokens).await?;
            verified.claims = claims::joined(std::mem::take(&mut verified.claims), more);
        }
        Ok(())
    }

    /// Verifies an ID token, and gives all its claims. `openidconnect` checks signature, algorithm, issuer, audience, expiry
    /// and nonce; the rest is checked here.
    async fn verify(
        self: &Arc<Self>,
        answer: &CoreTokenResponse,
        id_token: &CoreIdToken,
        expected: Expected<'_>,
        now: DateTime<Utc>,
    ) -> Result<Claims, ExchangeError> {
        let text = id_token.to_string();
        if text.len() > LARGEST {
            return Err(ExchangeError::untrusted("the ID token is larger than 64 KiB"));
        }
        let unread = || ExchangeError::untrusted("the ID token cannot be read");
        let header = part(&text, 0).ok_or_else(unread)?;
        let known = self.knowing(header.get("kid").and_then(|kid| kid.as_str())).await?;
        let issuer = IssuerUrl::new(self.settings.issuer.clone()).map_err(ExchangeError::untrusted)?;
        // A public client's verifier knows no shared secret, so that no algorithm with one is ever good.
        let verifier = CoreIdTokenVerifier::new_public_client(
            ClientId::new(self.settings.client_id.clone()),
            issuer,
            known.metadata.jwks().clone(),
        )
        .set_allowed_algs(self.settings.algorithms.iter().filter_map(|name| algorithm(name)))
        .set_time_fn(move || now)
        .set_issue_time_verifier_fn(move |at| {
            if at > AHEAD.after(now) {
                Err("it was issued in the future".to_owned())
            } else if at < OLDEST.before(now) {
                Err("it was issued more than ten minutes ago".to_owned())
            } else {
                Ok(())
            }
        });
        let nonce = match &expected {
            Expected::First(attempt) => Some(attempt.nonce.clone()),
            Expected::Later { first, .. } => {
                part(first, 1).and_then(|claims| Some(claims.get("nonce")?.as_str()?.to_owned()))
            }
        };
        let first = matches!(expected, Expected::First(_));
        let verify_nonce = |given: Option<&Nonce>| match (given, nonce) {
            (Some(given), Some(nonce)) if *given.secret() == nonce => Ok(()),
            (None, _) if !first => Ok(()),
            _ => Err("the nonce is another one".to_owned()),
        };
        let verified = id_token.claims(&verifier, verify_nonce).map_err(|error| ExchangeError::unverified(&error))?;
        self.parties(verified, &expected)?;
        if let Some(hash) = verified.access_token_hash() {
            let algorithm = id_token.signing_alg().map_err(ExchangeError::untrusted)?;
            let key = id_token.signing_key(&verifier).map_err(ExchangeError::untrusted)?;
            let own = AccessTokenHash::from_token(answer.access_token(), algorithm, key);
            if own.map_err(ExchangeError::untrusted)? != *hash {
                return Err(ExchangeError::untrusted("the access token is not the one that the ID token names"));
            }
        }
        let claims = part(&text, 1).ok_or_else(unread)?;
        let nbf = claims.get("nbf").map(|nbf| nbf.as_i64().unwrap_or(i64::MAX));
        if nbf.is_some_and(|nbf| nbf > AHEAD.after(now).timestamp()) {
            return Err(ExchangeError::untrusted("the ID token is not good yet"));
        }
        Ok(claims)
    }

    /// Issuer, byte for byte; the client, where the token names the party it was issued to; and the subject of old.
    fn parties(&self, claims: &CoreIdTokenClaims, expected: &Expected<'_>) -> Result<(), ExchangeError> {
        if claims.issuer().as_str() != self.settings.issuer {
            return Err(ExchangeError::untrusted("the ID token’s issuer is another one"));
        }
        if claims.authorized_party().is_some_and(|party| party.as_str() != self.settings.client_id) {
            return Err(ExchangeError::untrusted("the ID token was issued to another client"));
        }
        match expected {
            Expected::Later { subject, .. } if claims.subject().as_str() != *subject => {
                Err(ExchangeError::untrusted("the ID token is somebody else’s"))
            }
            Expected::First(_) | Expected::Later { .. } => Ok(()),
        }
    }
}

/// Our way out, as `openidconnect` calls it.
struct Http(super::outbound::Outbound);

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

fn refused<R: openidconnect::ErrorResponse + 'static>(error: RequestTokenError<CallError, R>) -> ExchangeError {
    match error {
        RequestTokenError::Request(error) => error.into(),
        RequestTokenError::ServerResponse(said) => {
            let said = serde_json::to_value(&said).unwrap_or_default();
            let code = said.get("error").and_then(|code| code.as_str()).unwrap_or("no");
            ExchangeError::Refused(code.chars().filter(|c| c.is_ascii_graphic()).take(60).collect())
        }
        RequestTokenError::Parse(error, _) => CallError::nonsense(error).into(),
        RequestTokenError::Other(what) => CallError::nonsense(what).into(),
    }
}

/// Whether the tokens can be used and kept: they are bearer tokens (OpenID Connect Core §3.1.3.3), of a size to be expected.
fn usable(answer: &CoreTokenResponse) -> Result<(), ExchangeError> {
    if *answer.token_type() != CoreTokenType::Bearer {
        return Err(ExchangeError::untrusted("the access token is of another type than Bearer"));
    }
    let refresh = answer.refresh_token().map_or(0, |token| token.secret().len());
    if answer.access_token().secret().len().max(refresh) > LARGEST {
        return Err(ExchangeError::untrusted("a token is larger than 64 KiB"));
    }
    Ok(())
}

fn tokens(answer: &CoreTokenResponse, id_token: String, kept: Option<String>, now: DateTime<Utc>) -> ProviderTokens {
    let lasting = answer.expires_in().map(|lasting| Span::seconds(lasting.as_secs()));
    ProviderTokens {
        id_token,
        access_token: Some(answer.access_token().secret().clone()),
        access_ends_at: lasting.map(|lasting| lasting.after(now)),
        refresh_token: answer.refresh_token().map(|token| token.secret().clone()).or(kept),
    }
}

fn algorithm(name: &str) -> Option<CoreJwsSigningAlgorithm> {
    Some(match name {
        "RS256" => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        "RS384" => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
        "RS512" => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
        "PS256" => CoreJwsSigningAlgorithm::RsaSsaPssSha256,
        "PS384" => CoreJwsSigningAlgorithm::RsaSsaPssSha384,
        "PS512" => CoreJwsSigningAlgorithm::RsaSsaPssSha512,
        "ES256" => CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        "ES384" => CoreJwsSigningAlgorithm::EcdsaP384Sha384,
        "EdDSA" => CoreJwsSigningAlgorithm::EdDsa,
        _ => return None,
    })
}
