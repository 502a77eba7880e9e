//! Terms in plain numbers: seconds and switches. The model knows nothing else of the terms.

use chrono::{DateTime, TimeDelta, Utc};
use licensing::{
    Overrides, Span, Terms,
    terms::{
        AfterEnd, Devices, Holding, Identity, Lease, Overage, Reactivation, Release, Seats, Strictness, Transfers,
        Trial, Validity, WhenFull,
    },
};

use crate::rng::SeededRng;

pub(crate) const MINUTE: u64 = 60;
pub(crate) const HOUR: u64 = 3600;
pub(crate) const DAY: u64 = 86_400;

/// The terms of a license that affect seats and time. Lengths are in seconds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PlainTerms {
    pub(crate) seats: Option<u32>,
    pub(crate) floating: bool,
    pub(crate) take_over: bool,
    pub(crate) over: Over,
    pub(crate) lease: Lengths,
    pub(crate) grace: u64,
    pub(crate) runs: Runs,
    pub(crate) keeps_running: bool,
    pub(crate) trial: Option<u64>,
    pub(crate) one_seat_in: Within,
    pub(crate) again: bool,
    pub(crate) gives_up: GivesUp,
    pub(crate) moves: Option<(u32, u64)>,
    pub(crate) strict: bool,
    /// `true` if only pre-registered devices are admitted.
    pub(crate) entered_only: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Lengths {
    pub(crate) least: u64,
    pub(crate) usual: u64,
    pub(crate) most: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Over {
    None,
    Seats(u32),
    Percent(u32),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Runs {
    Forever,
    /// This long after the episode began.
    Until(u64),
    FromIssue(u64),
    FromFirst(u64),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Within {
    License,
    Policy,
    Product,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum GivesUp {
    Yes,
    No,
    Times(u32, u64),
}

/// A new value for one term.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Change {
    Seats(Option<u32>),
    Floating(bool),
    TakeOver(bool),
    Over(Over),
    Lease(Lengths),
    Grace(u64),
    Runs(Runs),
    KeepsRunning(bool),
    Trial(Option<u64>),
    OneSeatIn(Within),
    Again(bool),
    GivesUp(GivesUp),
    Moves(Option<(u32, u64)>),
    Strict(bool),
    EnteredOnly(bool),
}

impl PlainTerms {
    /// Random terms for the start of an episode. They never contradict themselves.
    pub(crate) fn any(rng: &mut SeededRng) -> Self {
        let (floating, strict) = (rng.one_in(2), rng.one_in(2));
        let mut plain_terms = Self {
            seats: Some(2),
            floating,
            take_over: floating && !strict && rng.one_in(2),
            over: Over::None,
            lease: Lengths { least: MINUTE, usual: HOUR, most: DAY },
            grace: 10 * MINUTE,
            runs: Runs::Forever,
            keeps_running: false,
            trial: None,
            one_seat_in: Within::License,
            again: true,
            gives_up: GivesUp::Yes,
            moves: Some((5, 30 * DAY)),
            strict,
            entered_only: false,
        };
        for _ in 0..5 {
            let mut tried = plain_terms.clone();
            Change::any(rng).on(&mut tried);
            if !tried.contradicts_itself() {
                plain_terms = tried;
            }
        }
        plain_terms
    }

    /// Maximum number of seats in use, including the overage.
    pub(crate) fn allowed(&self) -> Option<u32> {
        let seats = self.seats?;
        Some(match self.over {
            Over::None => seats,
            Over::Seats(more) => seats + more,
            Over::Percent(percent) => seats + seats * percent / 100,
        })
    }

    /// Returns `true` for terms that cannot be saved: only floating seats under lenient terms can be taken over,
    /// unlimited seats have no overage, a perpetual license has no setting for its end, and a trial is no shorter than
    /// a lease.
    pub(crate) fn contradicts_itself(&self) -> bool {
        let Lengths { least, usual, most } = self.lease;
        let takes = self.take_over && (!self.floating || self.strict);
        let over = self.over != Over::None && self.seats.is_none();
        let lives_on = self.keeps_running && (self.runs == Runs::Forever || self.trial.is_some());
        takes || over || lives_on || least > usual || most < usual || self.trial.is_some_and(|lasts| lasts < least)
    }

    /// Converts the terms for the engine.
    pub(crate) fn terms(&self, began: DateTime<Utc>) -> Terms {
        let mut all = Overrides::default();
        let every = [
            Change::Seats(self.seats),
            Change::Floating(self.floating),
            Change::TakeOver(self.take_over),
            Change::Over(self.over),
            Change::Lease(self.lease),
            Change::Grace(self.grace),
            Change::Runs(self.runs),
            Change::KeepsRunning(self.keeps_running),
            Change::Trial(self.trial),
            Change::OneSeatIn(self.one_seat_in),
            Change::Again(self.again),
            Change::GivesUp(self.gives_up),
            Change::Moves(self.moves),
            Change::Strict(self.strict),
            Change::EnteredOnly(self.entered_only),
        ];
        every.iter().for_each(|change| change.set(&mut all, began));
        Terms::default().with(&all)
    }
}

impl Change {
    pub(crate) fn any(rng: &mut SeededRng) -> Self {
        let length = [MINUTE, 10 * MINUTE, HOUR, DAY, 10 * DAY, 90 * DAY];
        match rng.below(19) {
            0..3 => Self::Seats(rng.pick(&[Some(1), Some(1), Some(2), Some(3), Some(5), None])),
            3 | 4 => Self::Floating(!rng.one_in(3)),
            5 | 6 => Self::TakeOver(!rng.one_in(3)),
            7 => Self::Over(rng.pick(&[Over::None, Over::None, Over::Seats(1), Over::Percent(50), Over::Percent(100)])),
            8 => {
                let [least, usual, most] = rng.pick(&[
                    [MINUTE, 10 * MINUTE, HOUR],
                    [MINUTE, HOUR, DAY],
                    [HOUR, HOUR, HOUR],
                    [10 * MINUTE, DAY, 30 * DAY],
                    [HOUR, 10 * MINUTE, DAY],
                ]);
                Self::Lease(Lengths { least, usual, most })
            }
            9 => Self::Grace(rng.pick(&[0, 1, MINUTE, 10 * MINUTE, DAY])),
            10 => Self::Runs(rng.pick(&[
                Runs::Forever,
                Runs::Until(10 * DAY),
                Runs::FromIssue(DAY),
                Runs::FromFirst(10 * HOUR),
                Runs::FromFirst(10 * DAY),
            ])),
            11 => Self::KeepsRunning(rng.one_in(2)),
            12 => Self::Trial(if rng.one_in(2) { None } else { Some(rng.pick(&length)) }),
            13 => Self::OneSeatIn(rng.pick(&[Within::License, Within::Policy, Within::Product])),
            14 => Self::Again(!rng.one_in(3)),
            15 => Self::GivesUp(rng.pick(&[GivesUp::Yes, GivesUp::Yes, GivesUp::No, GivesUp::Times(2, DAY)])),
            16 => Self::Moves(rng.pick(&[None, Some((1, HOUR)), Some((2, DAY)), Some((5, 30 * DAY))])),
            17 => Self::Strict(rng.one_in(2)),
            _ => Self::EnteredOnly(rng.one_in(2)),
        }
    }

    pub(crate) fn on(&self, plain_terms: &mut PlainTerms) {
        match self.clone() {
            Self::Seats(seats) => plain_terms.seats = seats,
            Self::Floating(yes) => plain_terms.floating = yes,
            Self::TakeOver(yes) => plain_terms.take_over = yes,
            Self::Over(over) => plain_terms.over = over,
            Self::Lease(lease) => plain_terms.lease = lease,
            Self::Grace(grace) => plain_terms.grace = grace,
            Self::Runs(runs) => plain_terms.runs = runs,
            Self::KeepsRunning(yes) => plain_terms.keeps_running = yes,
            Self::Trial(trial) => plain_terms.trial = trial,
            Self::OneSeatIn(within) => plain_terms.one_seat_in = within,
            Self::Again(yes) => plain_terms.again = yes,
            Self::GivesUp(how) => plain_terms.gives_up = how,
            Self::Moves(moves) => plain_terms.moves = moves,
            Self::Strict(yes) => plain_terms.strict = yes,
            Self::EnteredOnly(yes) => plain_terms.entered_only = yes,
        }
    }

    pub(crate) fn is_of_the_term_of(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// Writes the change to the engine's overrides.
    pub(crate) fn set(&self, own: &mut Overrides, began: DateTime<Utc>) {
        let span = Span::seconds;
        match self.clone() {
            Self::Seats(seats) => own.seats = Some(seats.map_or(Seats::Unlimited, Seats::Limited)),
            Self::Floating(yes) => own.holding = Some(if yes { Holding::Floating } else { Holding::Fixed }),
            Self::TakeOver(yes) => own.when_full = Some(if yes { WhenFull::TakeOver } else { WhenFull::Refuse }),
            Self::Over(Over::None) => own.overage = Some(Overage::None),
            Self::Over(Over::Seats(more)) => own.overage = Some(Overage::Seats(more)),
            Self::Over(Over::Percent(percent)) => own.overage = Some(Overage::Percent(percent)),
            Self::Lease(Lengths { least, usual, most }) => {
                own.lease = Some(Lease { minimum: span(least), default: span(usual), maximum: span(most) });
            }
            Self::Grace(grace) => own.grace = Some(span(grace)),
            Self::Runs(Runs::Forever) => own.validity = Some(Validity::Perpetual),
            Self::Runs(Runs::Until(after)) => {
                own.validity = Some(Validity::Until(began + TimeDelta::seconds(i64::try_from(after).unwrap())));
            }
            Self::Runs(Runs::FromIssue(period)) => own.validity = Some(Validity::FromIssue(span(period).into())),
            Self::Runs(Runs::FromFirst(period)) => {
                own.validity = Some(Validity::FromFirstActivation(span(period).into()))
            }
            Self::KeepsRunning(yes) => {
                own.after_end = Some(if yes { AfterEnd::KeepRunning } else { AfterEnd::Stop });
            }
            Self::Trial(lasts) => {
                own.trial = Some(lasts.map(|lasts| Trial { lasts: span(lasts), features: Default::default() }));
            }
            Self::OneSeatIn(Within::License) => own.identity = Some(Identity::License),
            Self::OneSeatIn(Within::Policy) => own.identity = Some(Identity::Policy),
            Self::OneSeatIn(Within::Product) => own.identity = Some(Identity::Product),
            Self::Again(yes) => {
                own.reactivation = Some(if yes { Reactivation::SameSeat } else { Reactivation::Refuse });
            }
            Self::GivesUp(GivesUp::Yes) => own.release = Some(Release::ByDevice),
            Self::GivesUp(GivesUp::No) => own.release = Some(Release::BySupport),
            Self::GivesUp(GivesUp::Times(times, per)) => {
                own.release = Some(Release::Limited { times, per: span(per) });
            }
            Self::Moves(None) => own.transfers = Some(Transfers::Unlimited),
            Self::Moves(Some((moves, per))) => own.transfers = Some(Transfers::Limited { moves, per: span(per) }),
            Self::Strict(yes) => {
                own.strictness = Some(if yes { Strictness::Strict } else { Strictness::Lenient });
            }
            Self::EnteredOnly(yes) => own.devices = Some(if yes { Devices::Authorized } else { Devices::Any }),
        }
    }
}
