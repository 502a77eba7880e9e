//! Names that are not settings: variables that other programs put into the environment, and misspelled settings.

use super::sources::PREFIX;

/// Names that people try, with the setting that they mean.
const ALIASES: [(&str, &str); 14] = [
    ("address", "listen"),
    ("base_url", "public_url"),
    ("bind", "listen"),
    ("data", "data_dir"),
    ("data_folder", "data_dir"),
    ("db_url", "database_url"),
    ("host", "listen"),
    ("keepalive_timeout", "idle_timeout_seconds"),
    ("log_level", "log"),
    ("port", "listen"),
    ("proxies", "trusted_proxies"),
    ("sealingkey", "sealing_key"),
    ("secret_key", "sealing_key"),
    ("url", "public_url"),
];
/// Minimum length of a prefix; shorter ones are not evidence of what was meant.
const SHORTEST_PREFIX: usize = 3;

/// Returns `true` if Kubernetes sets this variable in every container next to a Service (`enableServiceLinks`), as
/// Docker's links did earlier. For a Service named `latchkey`, the names begin with our prefix.
pub(super) fn is_service_link(name: &str, value: &str) -> bool {
    if name.ends_with("_SERVICE_HOST") || name.ends_with("_SERVICE_PORT") || name.contains("_SERVICE_PORT_") {
        return true;
    }
    let has_scheme = ["tcp://", "udp://", "sctp://"].iter().any(|scheme| value.starts_with(scheme));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    name.match_indices("_PORT").filter_map(|(at, port)| name.get(at + port.len()..)).any(|after| {
        match after.split('_').collect::<Vec<_>>().as_slice() {
            // `tcp://10.96.4.7:80`. Without the scheme, an operator wants to set a port.
            [""] => has_scheme,
            ["", number, "TCP" | "UDP" | "SCTP"] => is_number(number),
            ["", number, "TCP" | "UDP" | "SCTP", "PROTO" | "PORT" | "ADDR"] => is_number(number),
            _ => false,
        }
    })
}

/// Returns the setting that `name` is probably meant to be. Both are written as in the file, without the variables'
/// prefix.
pub(super) fn meant<'a>(name: &str, settings: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    let settings: Vec<&str> = settings.collect();
    let known = |alias: &str| settings.iter().copied().find(|setting| *setting == alias);
    let names = settings.iter().map(|setting| (*setting, *setting));
    let aliases = ALIASES.into_iter().filter_map(|(alias, setting)| Some((alias, known(setting)?)));
    let close = names.chain(aliases).filter_map(|(written, setting)| Some((distance(&name, written)?, setting)));
    close.min_by_key(|(distance, _)| *distance).map(|(_, setting)| setting)
}

/// Returns the edit distance of two names, or `None` if they differ too much for a misspelling.
fn distance(name: &str, setting: &str) -> Option<usize> {
    let slips = strsim::damerau_levenshtein(name, setting);
    let few = slips <= (setting.len() / 4).max(1);
    let shorter = name.len().min(setting.len());
    let begins = shorter >= SHORTEST_PREFIX && {
        let longer = if name.len() > setting.len() { name } else { setting };
        let (begin, end) = longer.split_at_checked(shorter).unwrap_or_default();
        end.starts_with('_') && [name, setting].contains(&begin)
    };
    (few || begins).then_some(slips)
}

/// Returns the variable of a setting.
pub(super) fn variable(setting: &str) -> String {
    format!("{PREFIX}{}", setting.to_uppercase())
}
