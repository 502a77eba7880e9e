//! Settings of identity providers (OpenID Connect).

use std::{fmt, fs};

use http::{Uri, uri::Authority};
use licensing::{Role, text};

use super::{given::Fields, public_url::is_this_machine};

/// Maximum length of a provider's id, in characters; it is part of URLs.
const LONGEST_ID: usize = 40;

/// Settings of an identity provider.
#[derive(Clone, Debug)]
pub struct IdentityProvider {
    /// Name in URLs: a slug.
    pub id: String,
    /// Name on the button.
    pub name: String,
    /// Its `iss`, byte for byte.
    pub issuer: String,
    /// Client id of this server at the provider.
    pub client_id: String,
    /// Secret of that client; `None` for a public client.
    pub client_secret: Option<ClientSecret>,
    /// Scopes to request, `openid` first.
    pub scopes: Vec<String>,
    /// Hosts that requests may go to, the issuer's first, each with its port unless that is the scheme's default.
    pub hosts: Vec<String>,
    /// Accepted signature algorithms of its tokens.
    pub algorithms: Vec<&'static str>,
    /// Path of the roles in the claims.
    pub roles_claim: String,
    /// Roles here by the provider's role names.
    pub roles: Vec<(String, Role)>,
    /// Role of people without a mapped role; `None` refuses them.
    pub unknown: Option<Role>,
    /// The `aud` of access tokens for the activation API; without it none is accepted.
    pub audience: Option<String>,
    /// Scope that such a token must have.
    pub api_scope: Option<String>,
}

/// Secret of an OAuth client; never shown.
#[derive(Clone)]
pub struct ClientSecret(String);

impl ClientSecret {
    pub(super) fn read(text: &str) -> Result<Option<Self>, String> {
        let text = text.trim_end_matches(['\r', '\n']);
        if text.chars().any(char::is_control) {
            return Err("a client secret is one line".to_owned());
        }
        Ok((!text.is_empty()).then(|| Self(text.to_owned())))
    }

    /// Returns the secret itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecret(secret)")
    }
}

/// Algorithms that can be configured (RFC 7518 §3.1). Neither `none` nor those with a shared secret are allowed: anyone
/// who knows the client secret could sign tokens with them.
const ALGORITHMS: [&str; 9] = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"];

impl IdentityProvider {
    /// Returns the origins of all its hosts, as browsers write them.
    pub fn origins(&self) -> Vec<String> {
        let scheme = self.issuer.split(':').next().unwrap_or("https");
        self.hosts.iter().map(|host| format!("{scheme}://{host}")).collect()
    }

    /// Returns the role that these values of the claim map to: the highest, if several match.
    pub fn role_of(&self, values: &[String]) -> Option<Role> {
        self.roles.iter().filter(|(value, _)| values.contains(value)).map(|(_, role)| *role).max()
    }
}

/// Parses the settings of one provider. `secret` comes from the environment.
pub(super) fn provider(given: &mut Fields, secret: Option<ClientSecret>) -> Option<IdentityProvider> {
    let id = given.read("id", |text| text::slug(text, LONGEST_ID).map_err(|error| error.to_string()));
    let name = given.read("name", |text| text::line(text, text::LONGEST_NAME).map_err(|error| error.to_string()));
    let issuer = given.read("issuer", issuer);
    let client_id = given.read("client_id", |text| match text {
        "" => Err("give the client id of this server at the provider".to_owned()),
        text => Ok(text.to_owned()),
    });
    let filed = given.read("client_secret_file", secret_of);
    let scopes = given.read("scopes", scopes);
    let more = given.read("hosts", hosts);
    let algorithms = given.read("algorithms", algorithms);
    let roles_claim = given.read("roles_claim", |text| Ok(text.to_owned()));
    let roles = given.read("roles", roles);
    let unknown = given.read("unknown", |text| match text {
        "" | "nothing" => Ok(None),
        "viewer" => Ok(Some(Role::Viewer)),
        _ => Err("must be nothing or viewer".to_owned()),
    });
    let audience = given.read("audience", |text| Ok(some(text)));
    let api_scope = given.read("api_scope", |text| Ok(some(text)));
    let (id, issuer) = (id?, issuer?);
    let host = issuer.parse::<Uri>().ok().and_then(|uri| uri.authority().map(written))?;
    Some(IdentityProvider {
        name: name?.unwrap_or_else(|| "single sign-on".to_owned()),
        id,
        client_id: client_id?,
        client_secret: secret.or(filed?),
        scopes: scopes?,
        hosts: std::iter::once(host).chain(more?).collect(),
        algorithms: algorithms?,
        roles_claim: roles_claim?,
        roles: roles?,
        unknown: unknown?,
        audience: audience?,
        api_scope: api_scope?,
        issuer,
    })
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// Parses an issuer: a URL without query and fragment (OpenID Connect Discovery §3), kept byte for byte.
fn issuer(text: &str) -> Result<String, String> {
    let wrong = || "give the issuer’s URL as the provider writes it, such as https://id.example.com".to_owned();
    let uri: Uri = text.parse().map_err(|_| wrong())?;
    let authority = uri.authority().filter(|authority| !authority.as_str().contains('@')).ok_or_else(wrong)?;
    let bare = uri.query().is_none() && !text.contains('#');
    match uri.scheme_str() {
        Some("https") if bare => Ok(text.to_owned()),
        Some("http") if bare && is_this_machine(authority.host()) => Ok(text.to_owned()),
        Some("http") if bare => {
            Err("plain http is accepted only for a provider on this machine: use https://".to_owned())
        }
        _ => Err(wrong()),
    }
}

/// Returns the host in lowercase, with its port unless that is 443.
fn written(authority: &Authority) -> String {
    let host = authority.host().to_ascii_lowercase();
    match authority.port_u16() {
        None | Some(443) => host,
        Some(port) => format!("{host}:{port}"),
    }
}

fn hosts(text: &str) -> Result<Vec<String>, String> {
    let read = |host: &str| match host.parse::<Authority>() {
        Ok(authority) if !host.contains('@') => Ok(written(&authority)),
        _ => Err(format!("“{host}” is not a host such as keys.example.com")),
    };
    parts(text).map(read).collect()
}

fn secret_of(path: &str) -> Result<Option<ClientSecret>, String> {
    if path.is_empty() {
        return Ok(None);
    }
    let text = fs::read_to_string(path).map_err(|error| format!("it cannot be read ({error})"))?;
    ClientSecret::read(&text)?.ok_or_else(|| "it is empty".to_owned()).map(Some)
}

fn scopes(text: &str) -> Result<Vec<String>, String> {
    let mut scopes = vec!["openid".to_owned()];
    for scope in parts(text).flat_map(str::split_whitespace) {
        // RFC 6749 §3.3.
        if !scope.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\') {
            return Err(format!("“{scope}” is not a scope"));
        }
        if !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    Ok(scopes)
}

fn algorithms(text: &str) -> Result<Vec<&'static str>, String> {
    let known = |name: &str| {
        let found = ALGORITHMS.into_iter().find(|known| *known == name);
        found.ok_or_else(|| format!("“{name}” is not one of {}", ALGORITHMS.join(", ")))
    };
    let all: Vec<&'static str> = parts(text).map(known).collect::<Result<_, _>>()?;
    if all.is_empty() { Err("name at least one, such as RS256".to_owned()) } else { Ok(all) }
}

fn roles(text: &str) -> Result<Vec<(String, Role)>, String> {
    let read = |pair: &str| {
        let (value, role) = pair.rsplit_once('=').ok_or_else(|| format!("“{pair}” is not like value=admin"))?;
        let role = Role::from_name(role.trim())
            .ok_or_else(|| format!("“{}” is not one of viewer, support, admin, owner", role.trim()))?;
        match value.trim() {
            "" => Err(format!("“{pair}” is not like value=admin")),
            value => Ok((value.to_owned(), role)),
        }
    };
    parts(text).map(read).collect()
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}
