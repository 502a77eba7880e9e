//! Offline files: written by devices without a network, submitted by customers or staff.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::future::join_all;
use serde_json::{Value, json};
use service::{Activated, Error, OfflineResponse, Origin, Service, SignedOfflineFile};
use uuid::Uuid;

use super::Episode;
use crate::{answer::Answer, script::Op, test_service::TestService};

/// A file that a device has written.
#[derive(Clone, Debug)]
pub(super) struct OfflineFile {
    device: usize,
    text: String,
    /// The license whose code a request contains.
    code: Option<usize>,
    /// The grant: the license, the session, and the id under which the answer is issued again.
    granted: Option<(usize, Uuid, Uuid)>,
}

impl Episode {
    pub(super) async fn act_offline(&mut self, fixture: &TestService<'_>, op: &Op) -> Answer {
        let now = fixture.clock.now().timestamp();
        let (at, file, chosen) = match op {
            Op::Request { at, of, lease, has_code, age } => {
                let (license, device) = self.key(*of);
                let x = URL_SAFE_NO_PAD.encode(self.device_key(device).public_key());
                let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": x });
                let header = json!({ "alg": "EdDSA", "typ": "latchkey-request+jwt", "jwk": jwk });
                let mut claims = self.claims(license, now - age);
                claims["fingerprint"] = json!(self.fingerprint(device).as_str());
                if *has_code {
                    claims["activationCode"] = json!(self.licenses[license].1.written());
                }
                if let Some(lease) = lease {
                    claims["requestedLeaseDuration"] = json!(format!("PT{lease}S"));
                }
                let text = sign(&self.device_key(device), &header, &claims);
                self.files.push(OfflineFile { device, text, code: has_code.then_some(license), granted: None });
                (at, self.files.len() - 1, license)
            }
            Op::Prove { at, back, forged, age } => {
                let Some((device, (license, session, _))) = self.granted_offline(*back) else {
                    return Answer::Skipped;
                };
                let key = self.device_key(if *forged { device + 1 } else { device });
                let mut claims = self.claims(license, now - age);
                claims["sid"] = json!(session);
                claims["tokenDeleted"] = json!(true);
                let text = sign(&key, &json!({ "alg": "EdDSA", "typ": "latchkey-release+jwt" }), &claims);
                self.files.push(OfflineFile { device, text, code: None, granted: None });
                (at, self.files.len() - 1, license)
            }
            Op::BringAgain { at, back, license } => match self.files.len().checked_sub(1 + back) {
                Some(file) => (at, file, self.slots[*license]),
                None => return Answer::Skipped,
            },
            _ => unreachable!("not an offline operation"),
        };
        let to = match at {
            Some(at) => &fixture.instances[*at..=*at],
            None => &fixture.instances,
        };
        let mut brought = join_all(to.iter().map(|service| self.bring(service, file, chosen))).await;
        // Any one of the instances may have accepted it.
        brought.sort_by_key(Result::is_err);
        let mut reported: Vec<Answer> = brought.into_iter().map(|brought| self.take(file, chosen, brought)).collect();
        if at.is_some() { reported.remove(0) } else { Answer::of_a_crowd(reported) }
    }

    fn claims(&self, license: usize, made: i64) -> Value {
        let nonce = format!("{:022}", self.files.len());
        let mut products = self.products.iter();
        let (_, product) = products.find(|(id, _)| *id == self.licenses[license].0.product_id).unwrap();
        json!({ "aud": product, "jti": nonce, "iat": made })
    }

    fn granted_offline(&self, back: usize) -> Option<(usize, (usize, Uuid, Uuid))> {
        self.files.iter().rev().filter_map(|file| Some((file.device, file.granted?))).nth(back)
    }

    /// The device's own key, which differs between episodes.
    fn device_key(&self, device: usize) -> Ed25519KeyPair {
        let mut seed = [u8::try_from(device).unwrap(); 32];
        seed[..16].copy_from_slice(self.products[0].0.as_bytes());
        Ed25519KeyPair::from_seed_unchecked(&seed).unwrap()
    }

    /// Submits the file. Returns the response to a request, `None` for a release.
    async fn bring(&self, service: &Service, file: usize, chosen: usize) -> Result<Option<OfflineResponse>, Error> {
        let file = &self.files[file];
        match SignedOfflineFile::read(&file.text).unwrap() {
            SignedOfflineFile::Request(request) => {
                let chosen = file.code.is_none().then(|| self.license_id(chosen));
                service.offline().activate_offline(*request, chosen, None, Origin::default()).await.map(Some)
            }
            SignedOfflineFile::Release(proof) => {
                service.offline().release_offline(&proof, None, Origin::default()).await.map(|()| None)
            }
        }
    }

    fn take(&mut self, at: usize, chosen: usize, brought: Result<Option<OfflineResponse>, Error>) -> Answer {
        match brought {
            Ok(Some(response)) => {
                let OfflineFile { device, code, .. } = self.files[at];
                let license = code.unwrap_or(chosen);
                self.files[at].granted = Some((license, response.granted.session_id, response.id));
                self.tell((license, device), Ok(Ok(given(response))))
            }
            Ok(None) => Answer::Done(0),
            Err(error) => self.failed(&error),
        }
    }

    pub(super) async fn write_again(&mut self, service: &Service, back: usize) -> Answer {
        let Some((device, (license, _, id))) = self.granted_offline(back) else { return Answer::Skipped };
        match service.offline().offline_response(id).await {
            Ok(response) => self.tell((license, device), Ok(Ok(given(response)))),
            Err(error) => self.failed(&error),
        }
    }
}

fn given(response: OfflineResponse) -> (Activated, Option<String>) {
    let token = response.compact.split('~').next().map(str::to_owned);
    (response.granted, token)
}

/// Signs the claims with a device's key.
fn sign(key: &Ed25519KeyPair, header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes())))
}
