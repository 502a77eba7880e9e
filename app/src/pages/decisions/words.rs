//! Decisions in words.

use crate::admin::decisions::DecisionLine;

/// The codes of refusals, and why a device was refused, in as few words as a table has room for.
pub(super) const REFUSALS: [(&str, &str); 15] = [
    ("seat_limit", "No seat was free"),
    ("code_not_found", "Code is unknown"),
    ("license_suspended", "License is suspended"),
    ("license_revoked", "License is revoked"),
    ("product_unavailable", "Product was withdrawn"),
    ("email_required", "No e-mail address came"),
    ("email_mismatch", "Another e-mail address"),
    ("authentication_required", "Nobody was signed in"),
    ("version_not_covered", "Version is not covered"),
    ("device_blocked", "Device is blocked"),
    ("device_not_authorized", "Device was not entered"),
    ("already_activated", "Device was activated already"),
    ("session_not_found", "Session is over"),
    ("release_not_allowed", "Release is not allowed"),
    ("transfer_limit", "Seats moved too often"),
];

/// Why it was refused.
pub(super) fn refusal(code: &str, rule: &str) -> String {
    let words = match (code, rule) {
        ("code_not_found", "not_ended") => Some("License has ended"),
        ("code_not_found", "trial_open") => Some("Trial is over"),
        ("authentication_required", "person_allowed") => Some("Person lacks the role"),
        _ => REFUSALS.iter().find(|(known, _)| *known == code).map(|(_, words)| *words),
    };
    words.unwrap_or(code).to_owned()
}

/// What the device wanted, as in “… asked to …”.
pub(super) fn purpose(purpose: &str) -> &'static str {
    match purpose {
        "activate" => "activate",
        "renew" => "renew its lease",
        "check_in" => "check in",
        "check_out" => "check out",
        "release" => "give its seat up",
        _ => "know where its session stands",
    }
}

/// What became of it.
pub(super) fn outcome(line: &DecisionLine) -> String {
    match &line.refusal {
        None => "Granted".to_owned(),
        Some(code) => format!("Refused: {}", lowered(&refusal(code, &line.rule))),
    }
}

fn lowered(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
