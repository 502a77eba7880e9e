//! The model's offline files: requests and releases of devices without a network. Each is valid once and for 30 days.

use crate::{
    answer::{Answer, Granted},
    plain_terms::DAY,
    script::{INSTANCES, Pair, What},
    world::{SECOND, Token, World, later, second},
};

/// A file that a device has written.
#[derive(Clone, Debug)]
pub(crate) struct OfflineFile {
    device: usize,
    product: usize,
    says: Says,
    /// Creation time by the device's clock, in seconds.
    made: i64,
    used: bool,
}

#[derive(Clone, Debug)]
enum Says {
    /// A request for a token, with the code of this license or without one.
    Request { code: Option<usize>, lease: Option<u64>, granted: Option<Given> },
    /// Proof that this session is over and its token deleted, signed by the device or forged.
    Proof { license: usize, session: usize, forged: bool },
}

/// The grant for a request.
#[derive(Clone, Debug)]
struct Given {
    license: usize,
    granted: Granted,
    token: Token,
}

impl World {
    /// Writes a request, dated `age` seconds ago, with its code or without one, in which case staff choose the license.
    pub(crate) fn write_request(&mut self, of: Pair, lease: Option<u64>, has_code: bool, age: i64) -> usize {
        let (license, device) = self.key(of);
        let says = Says::Request { code: has_code.then_some(license), lease, granted: None };
        self.write(OfflineFile {
            device,
            product: self.product(license),
            says,
            made: second(self.now) - age,
            used: false,
        })
    }

    /// Writes the proof that the token of one of the last requests is deleted.
    pub(crate) fn write_proof(&mut self, back: usize, forged: bool, age: i64) -> Option<usize> {
        let (request, Given { license, granted, .. }) = self.granted_offline(back)?;
        let OfflineFile { device, product, .. } = self.files[request];
        let says = Says::Proof { license, session: granted.session, forged };
        Some(self.write(OfflineFile { device, product, says, made: second(self.now) - age, used: false }))
    }

    fn write(&mut self, file: OfflineFile) -> usize {
        self.files.push(file);
        self.files.len() - 1
    }

    /// The index and grant of one of the last granted requests, `back` from the end.
    fn granted_offline(&self, back: usize) -> Option<(usize, Given)> {
        let mut granted = self.files.iter().enumerate().rev().filter_map(|(at, file)| match &file.says {
            Says::Request { granted: Some(given), .. } => Some((at, given.clone())),
            Says::Request { .. } | Says::Proof { .. } => None,
        });
        granted.nth(back)
    }

    /// Submits the file to one instance, or to all at once, of which one accepts it.
    pub(crate) fn bring_there(&mut self, at: Option<usize>, file: usize, chosen: usize) -> Answer {
        match at {
            Some(_) => self.bring(file, chosen),
            None => Answer::of_a_crowd((0..INSTANCES).map(|_| self.bring(file, chosen)).collect()),
        }
    }

    /// Submits the file. `chosen` is the license that staff choose if it contains no code.
    fn bring(&mut self, at: usize, chosen: usize) -> Answer {
        let OfflineFile { device, product, says, made, used } = self.files[at].clone();
        let (made, now) = (made * SECOND, self.now);
        if later(made, 30 * DAY) <= now || made > later(now, DAY) {
            return Answer::Invalid;
        }
        match says {
            Says::Request { code, lease, .. } => {
                if !self.trusted {
                    return Answer::Unavailable;
                }
                let key = (code.unwrap_or(chosen), device);
                let judged = self.judge(key, What::Activate, None, lease);
                // An ended code must not reveal which product it was for.
                let is_hidden = matches!(&judged, Err(Answer::Refused(text)) if text.starts_with("code_not_found"));
                if used || (product != self.product(key.0) && !is_hidden) {
                    return Answer::Invalid;
                }
                let (answer, token) = match judged {
                    Ok(yes) => self.grant(key, What::Activate, yes, true),
                    Err(no) => return no,
                };
                if let (Answer::Granted(granted), Some(token)) = (&answer, token) {
                    let granted = Some(Given { license: key.0, granted: granted.clone(), token });
                    (self.files[at].used, self.files[at].says) = (true, Says::Request { code, lease, granted });
                }
                answer
            }
            Says::Proof { forged, .. } if forged || used => Answer::Invalid,
            Says::Proof { license, session, .. } => {
                let key = (license, device);
                if self.seats[&key].session != session {
                    return self.refuse("session_not_found", "session_alive");
                }
                match self.let_go(key, true) {
                    Answer::Left(..) => {
                        self.files[at].used = true;
                        Answer::Done(0)
                    }
                    no => no,
                }
            }
        }
    }

    /// Issues the answer to a request again: the same claims in another token. Not for a session that has ended.
    pub(crate) fn write_again(&mut self, back: usize) -> Answer {
        let Some((at, given)) = self.granted_offline(back) else { return Answer::Skipped };
        let Given { license, granted, token } = given;
        let key = (license, self.files[at].device);
        let lives = self.seats[&key].session == granted.session && self.seats[&key].over.is_none();
        if !lives || granted.token + self.began <= self.now {
            return Answer::Conflict;
        }
        let signed = Some(self.signed);
        self.signed += 1;
        self.tokens.entry(key).or_default().push(token);
        Answer::Granted(Granted { signed, ..granted })
    }
}
