//! The dialogs that extend a license, add seats, and change its tags.

use leptos::prelude::*;
use licensing::{
    extension::{Extension, extended},
    license::{State, has_ended},
    sentence::day,
};

use crate::{
    admin::licenses::{
        detail::LicenseDetail,
        extend::{AddSeats, ExtendLicense, PERIODS, TagLicense},
    },
    components::{Confirm, Day, Dialog, SelectField, TextField},
    form::act,
    text::words,
};

/// The dialogs that give a customer more, and the dialog for tags.
#[component]
pub(super) fn ExtendDialogs(
    /// The license.
    of: StoredValue<LicenseDetail>,
) -> impl IntoView {
    let (changes, ends, seats) = of.with_value(|it| {
        let limit = it.terms.with(&it.overrides).seats.limit();
        (it.state != State::Revoked, it.ends_at, limit.filter(|_| it.may_get_seats()))
    });
    view! {
        <Dialog name="extend" title="Extend this license" applies={changes && ends.is_some()}>
            {move || extend(of)}
        </Dialog>
        <Dialog name="seats" title="Add seats" applies={changes && seats.is_some()}>
            {move || add_seats(of, seats.unwrap_or_default())}
        </Dialog>
        <Dialog name="tags" title="Tags" applies=changes>
            {move || tags(of)}
        </Dialog>
    }
}

fn extend(of: StoredValue<LicenseDetail>) -> impl IntoView {
    let action = act::<ExtendLicense>();
    let (end, now) = of.with_value(|it| (it.ends_at.unwrap_or(it.now), it.now));
    let ended = has_ended(Some(end), now);
    let choice = |(value, label, months): (&str, &str, u32)| {
        let text = match extended(Some(end), Extension::Months(months), now) {
            Ok(new) => format!("{label}, until {}", day(new)),
            Err(_) => label.to_owned(),
        };
        (value.to_owned(), text)
    };
    let date = ("date".to_owned(), "Until the date below".to_owned());
    let choices = PERIODS.into_iter().map(choice).chain([date]).collect();
    view! {
        <p>
            {if ended { "It ended on " } else { "It ends on " }} <Day at=end />
            {if ended { ". Periods count from today. " } else { ". " }}
            "Devices pick up the new end at their next renewal; the code stays the same."
        </p>
        <Confirm
            action
            id="extend"
            of=id(of)
            reason="For example: renewed for a year, order NW-20418"
            does="Extend license"
        >
            <SelectField name="by" label="Extend by" choices value=PERIODS[0].0.to_owned() />
            <TextField name="until" label="Last day" kind="date" hint="Only for “Until the date below”. The day is included, in UTC." />
        </Confirm>
    }
}

fn add_seats(of: StoredValue<LicenseDetail>, seats: u64) -> impl IntoView {
    let action = act::<AddSeats>();
    let used = of.with_value(|it| it.used);
    view! {
        <p>
            {format!("This license has {}; {used} in use. ", words::count(seats, "seat"))}
            "More devices can activate at once, with the same code."
        </p>
        <Confirm
            action
            id="seats"
            of=id(of)
            reason="For example: two more desks, order NW-20418"
            does="Add seats"
        >
            <TextField
                name="seats"
                label="Total seats"
                value=(seats + 1).to_string()
                hint="Not the number to add. To reduce it, edit the license."
                required=true
            />
        </Confirm>
    }
}

fn tags(of: StoredValue<LicenseDetail>) -> impl IntoView {
    let action = act::<TagLicense>();
    let tags = of.with_value(|it| it.tags.join(", "));
    view! {
        <p>"Tags group licenses in lists. Customers and devices never see them."</p>
        <Confirm action id="tags" of=id(of) does="Save tags">
            <TextField name="tags" label="Tags" value=tags hint="Separated by commas, such as reseller, nfr." />
        </Confirm>
    }
}

fn id(of: StoredValue<LicenseDetail>) -> [(&'static str, String); 1] {
    [("id", of.with_value(|it| it.id.to_string()))]
}
