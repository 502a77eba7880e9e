//! The wording of decisions.

use crate::admin::decisions::DecisionLine;

/// Refusal codes, each with a reason that fits into a table.
pub(super) const REFUSALS: [(&str, &str); 15] = [
    ("seat_limit", "No free seat"),
    ("code_not_found", "Unknown code"),
    ("license_suspended", "License is suspended"),
    ("license_revoked", "License is revoked"),
    ("product_unavailable", "Product is withdrawn"),
    ("email_required", "E-mail missing"),
    ("email_mismatch", "E-mail doesn’t match"),
    ("authentication_required", "Not signed in"),
    ("version_not_covered", "Version is not covered"),
    ("device_blocked", "Device is blocked"),
    ("device_not_authorized", "Device not registered"),
    ("already_activated", "Device is already activated"),
    ("session_not_found", "Session has ended"),
    ("release_not_allowed", "Release is not allowed"),
    ("transfer_limit", "Transfer limit reached"),
];

/// Returns the reason of a refusal.
pub(super) fn refusal(code: &str, rule: &str) -> String {
    let words = match (code, rule) {
        ("code_not_found", "not_ended") => Some("License has ended"),
        ("code_not_found", "trial_open") => Some("Trial has ended"),
        ("authentication_required", "person_allowed") => Some("Person lacks the role"),
        _ => REFUSALS.iter().find(|(known, _)| *known == code).map(|(_, words)| *words),
    };
    words.unwrap_or(code).to_owned()
}

/// The kind of a request, as in “… requested …”.
pub(in crate::pages) fn purpose(purpose: &str) -> &'static str {
    match purpose {
        "activate" => "activation",
        "renew" => "lease renewal",
        "check_in" => "check-in",
        "check_out" => "check-out",
        "release" => "release",
        _ => "session status",
    }
}

/// Returns the outcome, with the reason of a refusal.
pub(crate) fn outcome(line: &DecisionLine) -> String {
    match &line.refusal {
        None => "Granted".to_owned(),
        Some(code) => format!("Refused: {}", reason(code, &line.rule)),
    }
}

/// Returns the reason of a refusal for the middle of a sentence.
pub(in crate::pages) fn reason(code: &str, rule: &str) -> String {
    lowered(&refusal(code, rule))
}

fn lowered(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
