//! The steps that the devices of a license, two instances, support and the clock can take, in every order.

use std::sync::Arc;

use stateright::{Model, Property};

use crate::{
    rules::{Law, Outcome, held},
    state::{DEVICES, Job, LONGEST, Op, Row, SKEW, State, Task},
};

/// A planted defect, which the checker must find.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Defect {
    DecideBeforeLock,
    ClockBeforeLock,
    UndoWithoutSeats,
    /// Only for checked-out devices.
    UndoWithoutSeatsOfAway,
    SignBeforeCommit,
}

impl Defect {
    /// The defects that are found without a change of terms.
    pub(crate) const ALL: [Self; 4] =
        [Self::DecideBeforeLock, Self::ClockBeforeLock, Self::UndoWithoutSeats, Self::SignBeforeCommit];
}

/// One license.
#[derive(Clone, Debug)]
pub(crate) struct Seats {
    pub(crate) seats: u32,
    /// Maximum number of concurrent operations.
    pub(crate) instances: usize,
    pub(crate) strict: bool,
    pub(crate) floating: bool,
    pub(crate) take_over: bool,
    /// `true` if support frees seats and undoes that.
    pub(crate) support: bool,
    /// `true` if the terms change from strict to lenient and back.
    pub(crate) terms_change: bool,
    /// `true` if leases last two ticks and devices may request one tick.
    pub(crate) two_lengths: bool,
    pub(crate) defect: Option<Defect>,
    /// `true` if states that differ only in the order of devices are one state. Must be `false` for readable traces.
    pub(crate) any_order: bool,
}

/// The license with its rules, built once.
#[derive(Clone, Debug)]
pub(crate) struct Protocol(Seats, Arc<Law>);

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    Tick,
    TermsChange,
    Read(Task),
    /// The read desk answers or passes the request on; the instance's clock is off by this many ticks.
    Answer(usize, i8),
    Begin(Task),
    /// The transaction gets the lock and reads the clock.
    Lock(usize),
    DecideAndCommit(usize, bool),
    Sign(usize),
    SignTooEarly(usize),
    Crash(usize),
}

impl Seats {
    pub(crate) fn protocol(self) -> Protocol {
        let law = Arc::new(Law::of(&self));
        Protocol(self, law)
    }

    /// The default lease, in ticks.
    pub(crate) fn usual(&self) -> u64 {
        if self.two_lengths { 2 } else { 1 }
    }

    /// Returns `true` if a planted defect makes undo ignore the seats in use.
    pub(crate) fn undoes_blindly(&self, away: bool) -> bool {
        self.defect == Some(Defect::UndoWithoutSeats) || (away && self.defect == Some(Defect::UndoWithoutSeatsOfAway))
    }
}

impl Protocol {
    fn limit(&self) -> usize {
        self.0.seats as usize
    }

    /// Begins a transaction. With a planted defect it already reads here what it should read after taking the lock.
    fn begun(&self, task: Task, rows: &[Row; DEVICES]) -> Job {
        let rows = (self.0.defect == Some(Defect::DecideBeforeLock)).then_some(*rows);
        Job::Waits(task, rows, (self.0.defect == Some(Defect::ClockBeforeLock)).then_some(0))
    }

    fn tick(state: &mut State) {
        state.rows.iter_mut().for_each(Row::age);
        state.received.iter_mut().for_each(|token| *token = (*token - 1).max(-SKEW));
        let age = |rows: &mut Option<[Row; DEVICES]>| rows.iter_mut().flatten().for_each(Row::age);
        for job in &mut state.jobs {
            match job {
                Job::Idle => {}
                Job::Read(_, row) => row.age(),
                Job::Waits(_, rows, now) => {
                    age(rows);
                    *now = now.map(|now| now - 1);
                }
                Job::Locked(_, since, now, _, rows) => {
                    age(rows);
                    (*since, *now) = (*since - 1, *now - 1);
                }
                Job::Signs(_, token) => *token = (*token - 1).max(-SKEW),
            }
        }
    }

    fn decide(&self, state: &mut State, at: usize, tie: bool) -> Option<()> {
        let Job::Locked(task, since, now, strict, early) = state.jobs[at] else { return None };
        let before = early.unwrap_or(state.rows);
        let mut rows = before;
        state.jobs[at] = Job::Idle;
        match self.1.act(&mut rows, task, strict, (now, tie), &self.0) {
            Outcome::Written { token, new_session } => {
                // Row by row: rows that the decision did not change stay as they are.
                for n in (0..DEVICES).filter(|n| rows[*n] != before[*n]) {
                    state.rows[n] = rows[n];
                }
                if let Some(until) = token {
                    state.jobs[at] = Job::Signs(task.device, until);
                }
                for job in state.jobs.iter_mut().filter(|_| new_session) {
                    if let Job::Read(other, _) | Job::Waits(other, ..) = job
                        && other.device == task.device
                    {
                        other.current = matches!(other.op, Op::Activate | Op::ActivateShort);
                    }
                }
                state.undo_oversold |= task.op == Op::Undo && held(&state.rows, now) > self.limit();
            }
            Outcome::Repeated(until) => state.jobs[at] = Job::Signs(task.device, until),
            // Judged by the time at which it got the lock: since then nothing can have taken a seat.
            Outcome::Full => state.refused_a_free_seat |= held(&state.rows, since) < self.limit(),
            Outcome::Refused => {}
        }
        Some(())
    }

    /// Normalizes differences that do not matter.
    fn settle(&self, state: &mut State) {
        state.rows.iter_mut().for_each(Row::forget);
        for n in 0..state.jobs.len() {
            if let Job::Read(task, mut row) = state.jobs[n] {
                row.taken = None;
                // A request that is not a repeat goes on to the write desk at any time.
                let may_answer = [0, -1].iter().any(|off| self.1.repeats(&row, task.op, *off));
                state.jobs[n] = if may_answer { Job::Read(task, row) } else { self.begun(task, &state.rows) };
            }
            // An ended session is refused in any order.
            if let Job::Waits(task, ..) = state.jobs[n]
                && !task.current
            {
                state.jobs[n] = Job::Idle;
            }
        }
        state.jobs.sort();
    }
}

impl Model for Protocol {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            rows: [Row::default(); DEVICES],
            received: [-SKEW; DEVICES],
            jobs: vec![Job::Idle; self.0.instances],
            strict: self.0.strict,
            refused_a_free_seat: false,
            undo_oversold: false,
        }]
    }

    fn actions(&self, state: &State, steps: &mut Vec<Step>) {
        let young = |job: &Job| match job {
            Job::Locked(_, since, now, ..) => (*since).min(*now) > -LONGEST,
            Job::Waits(_, _, Some(now)) => *now > -LONGEST,
            _ => true,
        };
        if state.jobs.iter().all(young) {
            steps.push(Step::Tick);
        }
        if self.0.terms_change {
            steps.push(Step::TermsChange);
        }
        for device in (0..3_u8).filter(|_| state.jobs.contains(&Job::Idle)) {
            let row = state.rows[usize::from(device)];
            let task = |op| Task { op, device, current: true };
            steps.push(Step::Read(task(Op::Activate)));
            if self.0.two_lengths {
                steps.push(Step::Read(task(Op::ActivateShort)));
            }
            if row.exists && !row.over {
                steps.push(Step::Read(task(Op::CheckIn)));
                steps.push(Step::Begin(task(Op::Release)));
                steps.extend(self.0.support.then(|| Step::Begin(task(Op::Free))));
                steps.extend(self.0.floating.then(|| Step::Begin(task(Op::CheckOut))));
            }
            if row.taken.is_some() {
                steps.push(Step::Begin(task(Op::Undo)));
            }
        }
        let locked = state.jobs.iter().any(|job| matches!(job, Job::Locked(..)));
        for (n, job) in state.jobs.iter().enumerate() {
            match job {
                Job::Idle => {}
                Job::Read(..) => steps.extend([Step::Answer(n, 0), Step::Answer(n, -1)]),
                Job::Waits(..) if locked => {}
                Job::Waits(..) => steps.push(Step::Lock(n)),
                Job::Locked(..) => {
                    steps.extend([Step::DecideAndCommit(n, false), Step::Crash(n)]);
                    steps.extend(self.0.take_over.then_some(Step::DecideAndCommit(n, true)));
                    steps.extend((self.0.defect == Some(Defect::SignBeforeCommit)).then_some(Step::SignTooEarly(n)));
                }
                Job::Signs(..) => steps.extend([Step::Sign(n), Step::Crash(n)]),
            }
        }
    }

    fn next_state(&self, last: &State, step: Step) -> Option<State> {
        let mut state = last.clone();
        let idle = state.jobs.iter().position(|job| *job == Job::Idle);
        match step {
            Step::Tick => Self::tick(&mut state),
            Step::TermsChange => state.strict = !state.strict,
            Step::Read(task) => state.jobs[idle?] = Job::Read(task, state.rows[usize::from(task.device)]),
            Step::Begin(task) => state.jobs[idle?] = self.begun(task, &last.rows),
            Step::Answer(n, off) => {
                let Job::Read(task, row) = state.jobs[n] else { return None };
                let repeats = self.1.repeats(&row, task.op, off);
                state.jobs[n] = if repeats { Job::Signs(task.device, row.token) } else { self.begun(task, &last.rows) };
            }
            Step::Lock(n) => {
                let Job::Waits(task, rows, now) = state.jobs[n] else { return None };
                state.jobs[n] = Job::Locked(task, 0, now.unwrap_or(0), state.strict, rows);
            }
            Step::DecideAndCommit(n, tie) => self.decide(&mut state, n, tie)?,
            Step::SignTooEarly(n) => {
                let Job::Locked(task, _, now, strict, _) = state.jobs[n] else { return None };
                let outcome = self.1.act(&mut { state.rows }, task, strict, (now, false), &self.0);
                let Outcome::Written { token: Some(until), .. } = outcome else { return None };
                let received = &mut state.received[usize::from(task.device)];
                *received = until.max(*received);
            }
            Step::Sign(n) => {
                let Job::Signs(device, until) = state.jobs[n] else { return None };
                let received = &mut state.received[usize::from(device)];
                *received = until.max(*received);
                state.jobs[n] = Job::Idle;
            }
            Step::Crash(n) => state.jobs[n] = Job::Idle,
        }
        self.settle(&mut state);
        Some(if self.0.any_order { state.in_order() } else { state })
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("no more seats are held than there are", |model: &Self, state: &State| {
                held(&state.rows, 0) <= model.limit()
            }),
            Property::always("a free seat is refused to nobody", |_: &Self, state: &State| !state.refused_a_free_seat),
            Property::always("undo oversells nothing", |_: &Self, state: &State| !state.undo_oversold),
            Property::always(
                "under strict terms no more devices run than there are seats, even with a slow clock",
                |model: &Self, state: &State| {
                    let running = state.received.iter().filter(|token| **token + SKEW > 0).count();
                    model.0.terms_change || !model.0.strict || running <= model.limit()
                },
            ),
            Property::always(
                "no more devices run than there are seats and freed ones whose tokens end later",
                |model: &Self, state: &State| {
                    let released = |row: &&Row| row.exists && row.hold <= 0 && row.token > 0;
                    let running = state.received.iter().filter(|token| **token > 0).count();
                    running <= model.limit() + state.rows.iter().filter(released).count()
                },
            ),
            Property::always("the database knows every token that was received", |_: &Self, state: &State| {
                let known = |n: usize| state.rows[n].exists && state.rows[n].tokens_end() >= state.received[n];
                (0..DEVICES).all(|n| state.received[n] <= 0 || known(n))
            }),
            Property::sometimes("all seats are held", |model: &Self, state: &State| {
                held(&state.rows, 0) == model.limit()
            }),
            Property::sometimes("as many devices run as there are seats", |model: &Self, state: &State| {
                state.received.iter().filter(|token| **token > 0).count() >= model.limit()
            }),
        ]
    }
}
