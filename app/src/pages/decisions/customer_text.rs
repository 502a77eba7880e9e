//! A text about a refusal for the customer, to be copied into a mail or a chat.

use licensing::sentence::day;

use crate::{
    admin::decisions::{
        detail::DecisionDetail,
        solution::{AnswerNow, SeatsInUse},
    },
    text::words::count,
};

/// The text for the customer; `None` for a grant.
pub(super) fn customer_text(of: &DecisionDetail) -> Option<String> {
    let solution = of.solution.as_ref()?;
    let product = of.line.product.as_deref().unwrap_or("the software");
    let device = of.line.device.as_deref().map_or_else(|| "your computer".to_owned(), |name| format!("“{name}”"));
    let (code, rule) = match &solution.now {
        Some(AnswerNow::Granted) => return Some(format!("You can activate {device} now. Please try again.")),
        Some(AnswerNow::Refused { code, rule, .. }) => (code.as_str(), rule.as_str()),
        None => (of.line.refusal.as_deref()?, of.line.rule.as_str()),
    };
    let text = match (code, rule) {
        ("seat_limit", _) => seat_limit(solution.seats.as_ref(), product),
        ("code_not_found", "not_ended") => format!("Your license for {product} has ended. Would you like to renew it?"),
        ("code_not_found", "trial_open") => format!("The trial of {product} on {device} has ended."),
        ("code_not_found", _) => match &of.line.code_tail {
            Some(tail) => format!(
                "We don’t know the activation code that you entered, which ends in {tail}. Please copy the code from the message in which you received it, and try again."
            ),
            None => "We don’t know the activation code that you entered. Please copy it from the message in which you received it, and try again.".to_owned(),
        },
        ("license_suspended", _) => {
            format!("Your license for {product} is suspended. As soon as we have reinstated it, you can activate {device} again.")
        }
        ("license_revoked", _) => format!("This license for {product} was revoked and no longer works."),
        ("product_unavailable", _) => format!("{product} can’t be activated at the moment."),
        ("email_required", _) => {
            format!("Please enter the e-mail address with which you bought {product}, and try again.")
        }
        ("email_mismatch", _) => format!(
            "The e-mail address that you entered is not the one of your license for {product}. Please enter the address with which you bought it, or tell us the address that we should use."
        ),
        ("authentication_required", "person_allowed") => {
            "The account with which you signed in may not use this license. Please sign in with another one.".to_owned()
        }
        ("authentication_required", _) => "Please sign in within the software, and try again.".to_owned(),
        ("version_not_covered", _) => match &of.version {
            Some(version) => format!(
                "Your license doesn’t cover version {version} of {product}. Please install an earlier version, or extend your license."
            ),
            None => format!("Your license doesn’t cover this version of {product}. Please install an earlier version, or extend your license."),
        },
        ("device_blocked", _) => format!("{} can’t be activated with this license.", capitalized(&device)),
        ("device_not_authorized", _) => format!(
            "Your license for {product} accepts only registered devices. Please send us the fingerprint that the software shows on {device}, and we will register it."
        ),
        ("transfer_limit", _) => {
            format!("The seats of your license for {product} have been moved too often recently. We can reset this for you.")
        }
        ("already_activated", _) => {
            format!("A device can use only one seat at a time, and {device} already has one for {product}. Shall we free it?")
        }
        ("session_not_found", _) => format!("Please activate {device} again with your activation code."),
        ("release_not_allowed", _) => {
            format!("Your license for {product} doesn’t let you release this seat yourself. Shall we free it for you?")
        }
        _ => of.detail.clone()?,
    };
    Some(text)
}

fn seat_limit(seats: Option<&SeatsInUse>, product: &str) -> String {
    let allowed = seats.and_then(|seats| seats.allowed);
    let full = match allowed {
        Some(1) => format!("The only seat of your license for {product} is in use."),
        Some(n) => format!("All {} of your license for {product} are in use.", count(n, "seat")),
        None => format!("All seats of your license for {product} are in use."),
    };
    let first = seats.and_then(|seats| seats.devices.first()).filter(|device| !device.is_over());
    let Some(first) = first else { return full };
    let device = first.name.as_ref().map_or_else(|| "a device without a name".to_owned(), |name| format!("“{name}”"));
    let seen = day(first.last_seen_at);
    match allowed {
        Some(1) => format!("{full} {} has it, last used on {seen}. Shall we free it?", capitalized(&device)),
        _ => format!("{full} One of them belongs to {device}, last used on {seen}. Shall we free that one?"),
    }
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
