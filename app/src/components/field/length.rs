//! Lengths of time: a number and a unit.

use leptos::prelude::*;

use super::frame::Frame;
use crate::{form::FormState, terms_form::UNITS};

/// A field for a length of time. The number and the unit are two arguments of the server function.
#[component]
pub fn LengthField(
    /// The name of the number's argument.
    name: &'static str,
    /// The name of the unit's argument.
    unit_name: &'static str,
    /// The label.
    label: &'static str,
    /// The initial number.
    #[prop(optional, into)]
    value: String,
    /// The initial unit; days if empty.
    #[prop(optional, into)]
    unit: String,
    /// An explanation in one line, below the field.
    #[prop(optional, into)]
    hint: Option<String>,
    /// `true` if the field is required.
    #[prop(optional)]
    required: bool,
    /// The units to choose from.
    #[prop(default = UNITS)]
    units: [&'static str; 4],
) -> impl IntoView {
    let form = expect_context::<FormState>();
    let frame = Frame::new(form, name, label, hint);
    let chosen = match form.value(unit_name, unit) {
        unit if unit.is_empty() => "days".to_owned(),
        unit => unit,
    };
    // Keeps a stored unit that the list does not offer; it was set elsewhere.
    let odd = (!units.contains(&chosen.as_str())).then(|| chosen.clone());
    let units = odd.into_iter().chain(units.into_iter().map(str::to_owned));
    let units = units.map(|unit| {
        let selected = unit == chosen;
        view! {
            <option value=unit.clone() selected=selected>
                {unit.clone()}
            </option>
        }
    });
    let units = units.collect_view();
    view! {
        <div class="field">
            <label for=frame.id.clone()>{label} " " {(!required).then(|| view! { <span class="muted">"optional"</span> })}</label>
            <div class="with-unit">
                <input
                    class="input"
                    id=frame.id.clone()
                    name=name
                    value=form.value(name, value)
                    inputmode="numeric"
                    autocomplete="off"
                    required=required
                    aria-invalid=frame.invalid()
                    aria-describedby=frame.described_by()
                />
                <select class="input" name=unit_name aria-label=format!("Unit of {label}")>
                    {units}
                </select>
            </div>
            {frame.below()}
        </div>
    }
}
