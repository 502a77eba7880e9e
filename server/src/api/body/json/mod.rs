//! JSON bodies, read by the strict reader [`licensing::json`].

use licensing::{
    Invalid,
    json::{self, Read},
};
use serde_json::Value;

use super::Members;

/// Reads the members of a JSON object. Faults of single members are recorded in the result; an error means that the
/// body cannot be read at all.
pub(super) fn read(bytes: &[u8]) -> Result<Members, Invalid> {
    let Read { value, repeated } = json::read_with_hints(bytes).map_err(|fault| fault.under("body"))?;
    let Value::Object(object) = value else {
        let fault = "is not a JSON object: send {\"activationCode\": …, \"fingerprint\": …}";
        return Err(Invalid::one("body", fault));
    };
    let mut members = Members::from(object);
    for name in repeated {
        members.note(&name.member, name.fault());
    }
    Ok(members)
}

/// Reads a JSON value of any kind.
pub(super) fn read_value(bytes: &[u8]) -> Result<Read, Invalid> {
    json::read(bytes).map_err(|fault| fault.under("body"))
}

#[cfg(test)]
mod tests;
