//! From the fields to the terms: sign-in, releases and transfers.

use licensing::{
    Invalid,
    terms::{Release, SignIn, Transfers},
};

use super::{LIMITED, TermsFields, UNLIMITED, choices::NOT_ON_THE_LIST, read_end::period};
use crate::number;

impl TermsFields {
    pub(super) fn sign_in(&self, wrong: &mut Invalid) -> Option<SignIn> {
        match self.sign_in.trim() {
            "" => None,
            "not-asked" => Some(SignIn::NotAsked),
            "required" => Some(SignIn::Required),
            "verified-email" => Some(SignIn::VerifiedEmail),
            "domain" => given("sign_in_domain", &self.sign_in_domain, wrong).map(SignIn::Domain),
            "role" => given("sign_in_role", &self.sign_in_role, wrong).map(SignIn::Role),
            _ => wrong.keep("sign_in", Err(NOT_ON_THE_LIST)),
        }
    }

    pub(super) fn release(&self, wrong: &mut Invalid) -> Option<Release> {
        match self.release.trim() {
            "" => None,
            "by-device" => Some(Release::ByDevice),
            "by-support" => Some(Release::BySupport),
            LIMITED => {
                let times = often("release_times", &self.release_times, wrong);
                let per = period("release_per", &self.release_per, &self.release_per_unit, wrong);
                Some(Release::Limited { times: times?, per: per? })
            }
            _ => wrong.keep("release", Err(NOT_ON_THE_LIST)),
        }
    }

    pub(super) fn transfers(&self, wrong: &mut Invalid) -> Option<Transfers> {
        match self.transfers.trim() {
            "" => None,
            UNLIMITED => Some(Transfers::Unlimited),
            LIMITED => {
                let moves = often("transfers_moves", &self.transfers_moves, wrong);
                let per = period("transfers_per", &self.transfers_per, &self.transfers_per_unit, wrong);
                Some(Transfers::Limited { moves: moves?, per: per? })
            }
            _ => wrong.keep("transfers", Err(NOT_ON_THE_LIST)),
        }
    }
}

/// A required text.
fn given(field: &str, text: &str, wrong: &mut Invalid) -> Option<String> {
    let text = text.trim();
    wrong.keep(field, if text.is_empty() { Err("must not be empty") } else { Ok(text.to_owned()) })
}

fn often(field: &str, text: &str, wrong: &mut Invalid) -> Option<u32> {
    wrong.keep(field, number::read(text).ok_or("must be a whole number, such as 3"))
}
