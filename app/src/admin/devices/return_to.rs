//! The page that the browser returns to after an act on a device.

use uuid::Uuid;

/// The page that the browser returns to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReturnTo {
    /// The page of the device's license.
    #[default]
    License,
    /// The page of this device.
    Device(Uuid),
    /// The page of this decision.
    Decision(Uuid),
}

/// Precedes the id of a decision in the form's field; a device's id stands alone.
const DECISION: &str = "decision-";

impl ReturnTo {
    /// The value of the form's field `from`.
    pub fn field(self) -> String {
        match self {
            Self::License => String::new(),
            Self::Device(id) => id.to_string(),
            Self::Decision(id) => format!("{DECISION}{id}"),
        }
    }

    /// The page at this path, if it can be returned to; otherwise the license.
    pub fn of_path(path: &str) -> Self {
        let id = |before: &str| path.strip_prefix(before)?.parse().ok();
        id("/decisions/").map(Self::Decision).or_else(|| id("/devices/").map(Self::Device)).unwrap_or_default()
    }

    /// Reads the form's field. Any other text means the license.
    pub(super) fn read(field: &str) -> Self {
        let decision = field.strip_prefix(DECISION).and_then(|id| id.parse().ok()).map(Self::Decision);
        decision.or_else(|| field.parse().ok().map(Self::Device)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_from_its_field_and_nothing_else_is() {
        let id = Uuid::from_u128(7);
        for page in [ReturnTo::License, ReturnTo::Device(id), ReturnTo::Decision(id)] {
            assert_eq!(ReturnTo::read(&page.field()), page);
        }
        assert_eq!(ReturnTo::of_path(&format!("/decisions/{id}")), ReturnTo::Decision(id));
        assert_eq!(ReturnTo::of_path(&format!("/devices/{id}")), ReturnTo::Device(id));
        assert_eq!(ReturnTo::of_path("/devices/blocked"), ReturnTo::License);
        for other in ["/licenses", "decision-", "//evil.example", "decision-../x"] {
            assert_eq!(ReturnTo::read(other), ReturnTo::License, "{other}");
        }
    }
}
