//! Code that verifies a product's tokens, in eight languages.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use licensing::product::Algorithm;

use crate::admin::products::ProductKey;

/// A language: its key in the address, its name, and its code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Language {
    pub(super) key: &'static str,
    pub(super) name: &'static str,
    template: fn(Algorithm) -> &'static str,
}

/// The languages, in the order of the tabs.
pub(super) const LANGUAGES: [Language; 8] = [
    Language { key: "rust", name: "Rust", template: |_| include_str!("verify.rs.txt") },
    Language { key: "go", name: "Go", template: |_| include_str!("verify.go.txt") },
    Language { key: "csharp", name: "C#", template: csharp },
    Language { key: "java", name: "Java", template: |_| include_str!("Verify.java.txt") },
    Language { key: "python", name: "Python", template: |_| include_str!("verify.py.txt") },
    Language { key: "javascript", name: "JavaScript", template: |_| include_str!("verify.mjs.txt") },
    Language { key: "swift", name: "Swift", template: |_| include_str!("verify.swift.txt") },
    Language { key: "cpp", name: "C++", template: |_| include_str!("verify.cpp.txt") },
];

fn csharp(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::EdDSA => include_str!("verify_eddsa.cs.txt"),
        Algorithm::ES256 | Algorithm::RS256 => include_str!("verify.cs.txt"),
    }
}

impl Language {
    /// The language with this key in the address; the first one for any other text.
    pub(super) fn of(key: &str) -> Self {
        let [first, ..] = LANGUAGES;
        LANGUAGES.into_iter().find(|language| language.key == key).unwrap_or(first)
    }

    /// The code, filled in with the product's key, issuer and audience.
    pub(super) fn code(self, algorithm: Algorithm, key: &ProductKey, issuer: &str, audience: &str) -> String {
        let pem = key.pem.trim_end();
        let member = |name: &str| key.jwk.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
        let calls = Calls::of(algorithm);
        let swift = match algorithm {
            Algorithm::ES256 => format!("await keys.add(ecdsa: try ES256PublicKey(pem: \"\"\"\n{pem}\n\"\"\"))"),
            Algorithm::RS256 => {
                format!(
                    "await keys.add(rsa: try Insecure.RSA.PublicKey(pem: \"\"\"\n{pem}\n\"\"\"), digestAlgorithm: .sha256)"
                )
            }
            Algorithm::EdDSA => {
                format!("await keys.add(eddsa: try EdDSA.PublicKey(x: \"{}\", curve: .ed25519))", member("x"))
            }
        };
        let swift = swift.replace('\n', "\n    ");
        let der: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let indented = pem.lines().map(|line| format!("        {line}")).collect::<Vec<_>>().join("\n");
        [
            ("swift_add", swift.as_str()),
            ("pem_indented", &indented),
            ("pem", pem),
            ("der", &der),
            ("alg", algorithm.name()),
            ("issuer", issuer),
            ("audience", audience),
            ("rust_key", calls.rust_key),
            ("go_key", calls.go_key),
            ("java_key", calls.java_key),
            ("cpp_alg", calls.cpp_alg),
            ("cs_create", calls.cs_create),
            ("cs_key", calls.cs_key),
        ]
        .into_iter()
        .fold((self.template)(algorithm).trim_end().to_owned(), |code, (name, value)| {
            code.replace(&format!("{{{{{name}}}}}"), value)
        })
    }
}

/// Names in the libraries that differ between the algorithms.
struct Calls {
    rust_key: &'static str,
    go_key: &'static str,
    java_key: &'static str,
    cpp_alg: &'static str,
    cs_create: &'static str,
    cs_key: &'static str,
}

impl Calls {
    const fn of(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::ES256 => Self {
                rust_key: "from_ec_pem",
                go_key: "ParseECPublicKeyFromPEM",
                java_key: "EC",
                cpp_alg: "es256",
                cs_create: "ECDsa.Create()",
                cs_key: "ECDsaSecurityKey",
            },
            Algorithm::EdDSA => Self {
                rust_key: "from_ed_pem",
                go_key: "ParseEdPublicKeyFromPEM",
                java_key: "Ed25519",
                cpp_alg: "ed25519",
                cs_create: "",
                cs_key: "",
            },
            Algorithm::RS256 => Self {
                rust_key: "from_rsa_pem",
                go_key: "ParseRSAPublicKeyFromPEM",
                java_key: "RSA",
                cpp_alg: "rs256",
                cs_create: "RSA.Create()",
                cs_key: "RsaSecurityKey",
            },
        }
    }
}

/// The address of a file that the browser saves without asking the server.
pub(super) fn download(text: &str) -> String {
    format!("data:application/octet-stream;base64,{}", STANDARD.encode(text))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_code_is_filled_in_completely() {
        let pem = "-----BEGIN PUBLIC KEY-----\nMFkw\nEwYH\n-----END PUBLIC KEY-----\n".to_owned();
        let key = ProductKey { pem, jwk: json!({ "kty": "OKP", "x": "11qYAYKx" }) };
        for algorithm in [Algorithm::ES256, Algorithm::EdDSA, Algorithm::RS256] {
            for language in LANGUAGES {
                let code = language.code(algorithm, &key, "https://licenses.example", "drift-pro");
                assert!(!code.contains("{{") && !code.contains("}}"), "{}: {code}", language.name);
                for part in ["https://licenses.example", "drift-pro", "license+jwt", "fingerprint"] {
                    assert!(code.contains(part), "{} lacks {part}", language.name);
                }
                assert!(code.contains("MFkw") || code.contains("11qYAYKx"), "{} lacks the key", language.name);
            }
        }
    }
}
