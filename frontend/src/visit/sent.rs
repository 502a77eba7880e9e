//! A form on its way to the server.

use web_sys::{Element, HtmlFormElement, UrlSearchParams};

/// A form that was submitted and not answered yet.
pub(super) struct Sent {
    form: HtmlFormElement,
    button: Option<Element>,
    fields: UrlSearchParams,
}

impl Sent {
    /// Marks the form as busy, and the button that submitted it.
    pub(super) fn new(form: HtmlFormElement, button: Option<Element>, fields: UrlSearchParams) -> Self {
        let sent = Self { form, button, fields };
        sent.mark_busy();
        sent
    }

    pub(super) fn form(&self) -> &HtmlFormElement {
        &self.form
    }

    pub(super) fn fields(&self) -> &UrlSearchParams {
        &self.fields
    }

    fn mark_busy(&self) {
        _ = self.form.set_attribute("aria-busy", "true");
        if let Some(button) = &self.button {
            _ = button.set_attribute("aria-busy", "true");
            _ = button.set_attribute("aria-disabled", "true");
        }
    }

    /// Lets the form be submitted again.
    pub(super) fn arrived(&self) {
        _ = self.form.remove_attribute("aria-busy");
        if let Some(button) = &self.button {
            _ = button.remove_attribute("aria-busy");
            _ = button.remove_attribute("aria-disabled");
        }
    }
}
