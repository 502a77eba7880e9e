//! Columns of the list of licenses, which each browser chooses for itself.

/// A column that can be hidden. The customer is always shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LicenseColumn {
    /// The product and the policy.
    Product,
    /// The vendor's own reference.
    Reference,
    /// Seats used and allowed.
    Seats,
    /// The state.
    State,
    /// The time of creation.
    Issued,
    /// The end.
    Ends,
    /// The last request of a device.
    LastSeen,
    /// The end of the code.
    Code,
}

impl LicenseColumn {
    /// Every column, in the order of the list.
    pub const ALL: [Self; 8] = [
        Self::Product,
        Self::Reference,
        Self::Seats,
        Self::State,
        Self::Issued,
        Self::Ends,
        Self::LastSeen,
        Self::Code,
    ];

    /// The name in the cookie and the form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Reference => "reference",
            Self::Seats => "seats",
            Self::State => "state",
            Self::Issued => "issued",
            Self::Ends => "ends",
            Self::LastSeen => "seen",
            Self::Code => "code",
        }
    }

    /// The heading.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Product => "Product, policy",
            Self::Reference => "Reference",
            Self::Seats => "Seats",
            Self::State => "State",
            Self::Issued => "Issued",
            Self::Ends => "Ends",
            Self::LastSeen => "Last seen",
            Self::Code => "Code",
        }
    }

    const fn is_shown_at_first(self) -> bool {
        !matches!(self, Self::Reference | Self::Issued)
    }
}

/// The columns that a browser shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenseColumns(Vec<LicenseColumn>);

impl LicenseColumns {
    /// Name of the cookie that stores the choice.
    pub const COOKIE: &str = "license_columns";

    /// These columns.
    pub fn of(chosen: impl Fn(LicenseColumn) -> bool) -> Self {
        Self(LicenseColumn::ALL.into_iter().filter(|column| chosen(*column)).collect())
    }

    /// Reads the value of the cookie. Unknown names are ignored.
    pub fn read(value: &str) -> Self {
        Self::of(|column| value.split('.').any(|name| name == column.name()))
    }

    /// The value of the cookie.
    pub fn written(&self) -> String {
        self.0.iter().map(|column| column.name()).collect::<Vec<_>>().join(".")
    }

    /// Returns `true` if the column is shown.
    pub fn has(&self, column: LicenseColumn) -> bool {
        self.0.contains(&column)
    }

    /// The columns in their order.
    pub fn iter(&self) -> impl Iterator<Item = LicenseColumn> {
        self.0.iter().copied()
    }
}

impl Default for LicenseColumns {
    fn default() -> Self {
        Self::of(LicenseColumn::is_shown_at_first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_read_as_it_was_written() {
        for columns in [LicenseColumns::default(), LicenseColumns::of(|_| false), LicenseColumns::of(|_| true)] {
            assert_eq!(LicenseColumns::read(&columns.written()), columns);
        }
        assert_eq!(LicenseColumns::read("code.<script>.seats").written(), "seats.code");
    }
}
