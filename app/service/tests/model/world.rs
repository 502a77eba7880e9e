//! The plain model: a list of seats that handles one license and one request at a time. It is written from the rules as
//! documented, independently of the engine, and shares no code with it. Times are in microseconds.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    answer::Answer,
    blocks::Block,
    calls::{Call, Done},
    offline::OfflineFile,
    plain_terms::{Change, PlainTerms, Within},
    script::Pair,
    tickets::Ticket,
};

pub(crate) const SECOND: i64 = 1_000_000;
/// Allowed clock skew of five minutes: tokens begin this much earlier, and seats are held this much longer.
pub(crate) const SKEW: i64 = 300 * SECOND;

/// The time `seconds` later.
pub(crate) fn later(at: i64, seconds: u64) -> i64 {
    at + i64::try_from(seconds).unwrap() * SECOND
}

/// The time in whole seconds, as in tokens.
pub(crate) fn second(at: i64) -> i64 {
    at.div_euclid(SECOND)
}

pub(crate) struct World {
    pub(crate) began: i64,
    /// The time for decisions: the clock's, or its last one if it was set back by at most five minutes.
    pub(crate) now: i64,
    /// `true` if the clock is trusted. Otherwise nothing is issued.
    pub(crate) trusted: bool,
    wall: i64,
    pub(crate) furthest: i64,
    /// The latest trusted time plus the time that has passed since.
    expected: i64,
    pub(crate) policies: Vec<Policy>,
    pub(crate) licenses: Vec<License>,
    /// The license of each code.
    pub(crate) slots: Vec<usize>,
    /// By license and device.
    pub(crate) seats: BTreeMap<(usize, usize), Seat>,
    /// By product and device.
    pub(crate) trials: BTreeMap<(usize, usize), i64>,
    pub(crate) tokens: BTreeMap<(usize, usize), Vec<Token>>,
    pub(crate) blocks: Vec<Block>,
    /// Pre-registered devices, by license.
    pub(crate) entered: BTreeSet<(usize, usize)>,
    pub(crate) tickets: Vec<Ticket>,
    pub(crate) files: Vec<OfflineFile>,
    pub(crate) calls: BTreeMap<Call, Done>,
    pub(crate) sessions: usize,
    pub(crate) decisions: usize,
    /// Number of tokens issued, without repeats.
    pub(crate) signed: usize,
}

pub(crate) struct Policy {
    pub(crate) product: usize,
    pub(crate) plain_terms: PlainTerms,
}

pub(crate) struct License {
    pub(crate) policy: usize,
    pub(crate) own: Vec<Change>,
    pub(crate) state: State,
    pub(crate) issued: i64,
    pub(crate) first: Option<i64>,
    /// Releases by devices: the time, and `true` if a token was still valid.
    pub(crate) releases: Vec<(i64, bool)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum State {
    Active,
    Suspended,
    Revoked,
}

/// The seat that a device has, or once had, on a license.
#[derive(Clone, Debug)]
pub(crate) struct Seat {
    pub(crate) session: usize,
    /// Start of the session, and its sequence number.
    pub(crate) born: (i64, usize),
    pub(crate) decision: usize,
    /// When it was last recorded.
    pub(crate) seen: i64,
    pub(crate) lease: i64,
    pub(crate) token: i64,
    /// End of the last token that this device ever got here, in any session.
    pub(crate) tokens_end: i64,
    pub(crate) hold: i64,
    pub(crate) over: Option<Over>,
    /// Checked out or taken over: not valid until it returns.
    pub(crate) out: bool,
    pub(crate) taken: bool,
    /// The grace, and whether it was a trial, as granted.
    pub(crate) under: (u64, bool),
    /// The seat before support took it.
    pub(crate) before: Option<Before>,
}

/// A seat before support took it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before {
    pub(crate) taken: i64,
    pub(crate) hold: i64,
    pub(crate) token: i64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Over {
    Revoked,
    Released,
}

/// An issued token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) session: usize,
    /// In seconds.
    pub(crate) issued: i64,
    pub(crate) ends: i64,
}

/// The status that a verifier should find in the status list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Status {
    Valid,
    Invalid,
    Suspended,
}

impl Seat {
    pub(crate) fn is_held(&self, now: i64) -> bool {
        self.hold > now
    }

    pub(crate) fn is_in(&self, now: i64) -> bool {
        self.is_held(now) && self.over.is_none() && !self.out
    }
}

impl World {
    pub(crate) fn new(began: i64, policies: Vec<Policy>) -> Self {
        Self {
            began,
            now: began,
            trusted: true,
            wall: began,
            furthest: began,
            expected: began,
            policies,
            licenses: vec![],
            slots: vec![],
            seats: BTreeMap::new(),
            trials: BTreeMap::new(),
            tokens: BTreeMap::new(),
            blocks: vec![],
            entered: BTreeSet::new(),
            tickets: vec![],
            files: vec![],
            calls: BTreeMap::new(),
            sessions: 0,
            decisions: 0,
            signed: 0,
        }
    }

    /// Time passes, and the clock with it.
    pub(crate) fn pass(&mut self, seconds: u64) {
        self.expected = later(self.expected, seconds);
        self.set(later(self.wall, seconds));
    }

    /// Moves the clock by this many seconds without time passing.
    pub(crate) fn set_by(&mut self, seconds: i64) {
        self.set(self.wall + seconds * SECOND);
    }

    /// Number of seconds by which the clock is off.
    pub(crate) fn off_by(&self) -> i64 {
        (self.expected - self.wall) / SECOND
    }

    fn set(&mut self, wall: i64) {
        self.wall = wall;
        let (ahead, behind) = (wall - self.expected, self.furthest - wall);
        self.trusted = ahead <= 86_400 * SECOND && behind <= SKEW;
        self.now = if self.trusted { wall.max(self.furthest) } else { wall };
        if self.trusted && wall >= self.furthest {
            (self.furthest, self.expected) = (wall, wall);
        }
    }

    /// Confirms a clock that leapt. The model never confirms one that was set back: seats that had ended by the later
    /// time would be held again.
    pub(crate) fn confirm(&mut self) -> bool {
        let leapt = !self.trusted && self.wall > self.furthest;
        if leapt {
            self.expected = self.wall;
            self.set(self.wall);
        }
        leapt
    }

    pub(crate) fn issue(&mut self, policy: usize) -> usize {
        let blank =
            License { policy, own: vec![], state: State::Active, issued: self.now, first: None, releases: vec![] };
        self.licenses.push(blank);
        self.licenses.len() - 1
    }

    /// The policy's terms with the license's own in their place.
    pub(crate) fn plain_terms(&self, license: usize) -> PlainTerms {
        let License { policy, own, .. } = &self.licenses[license];
        let mut plain_terms = self.policies[*policy].plain_terms.clone();
        own.iter().for_each(|change| change.on(&mut plain_terms));
        plain_terms
    }

    pub(crate) fn product(&self, license: usize) -> usize {
        self.policies[self.licenses[license].policy].product
    }

    pub(crate) fn key(&self, of: Pair) -> (usize, usize) {
        (self.slots[of.license], of.device)
    }

    pub(crate) fn token(&self, of: Pair, old: bool) -> Option<Token> {
        let tokens = self.tokens.get(&self.key(of))?;
        if old { tokens.first() } else { tokens.last() }.copied()
    }

    /// Seats of the license that are held now.
    pub(crate) fn held(&self, license: usize) -> impl Iterator<Item = (&(usize, usize), &Seat)> {
        let now = self.now;
        self.seats.range((license, 0)..=(license, usize::MAX)).filter(move |(_, seat)| seat.is_held(now))
    }

    /// Returns `true` if the device holds a seat on another license within the scope of the terms.
    pub(crate) fn is_elsewhere(&self, license: usize, device: usize, within: Within) -> bool {
        self.seats.iter().any(|((other, owner), seat)| {
            let near = match within {
                Within::License => false,
                Within::Policy => self.licenses[*other].policy == self.licenses[license].policy,
                Within::Product => self.product(*other) == self.product(license),
            };
            near && *other != license && *owner == device && seat.is_held(self.now)
        })
    }

    /// The status that must be published for a token of this session.
    pub(crate) fn status(&self, license: usize, device: usize, session: usize) -> Status {
        let seat = self.seats.get(&(license, device)).filter(|seat| seat.session == session);
        match (self.licenses[license].state, seat) {
            (State::Revoked, _) | (_, None) => Status::Invalid,
            (_, Some(seat)) if seat.over.is_some() => Status::Invalid,
            (State::Suspended, _) => Status::Suspended,
            (State::Active, Some(seat)) if seat.out || seat.taken => Status::Suspended,
            (State::Active, Some(_)) => Status::Valid,
        }
    }

    /// The time as answers state it.
    pub(crate) fn tell(&self, at: i64) -> i64 {
        at - self.began
    }

    pub(crate) fn refuse(&self, code: &str, rule: &str) -> Answer {
        Answer::Refused(format!("{code}: {rule}"))
    }
}
