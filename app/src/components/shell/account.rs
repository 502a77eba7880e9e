//! The account menu.

use leptos::prelude::*;

use crate::{
    admin::sign_in::SignOut,
    components::{Icon, Symbol},
    form::{Form, act},
    http::context::{CurrentAccount, visitor},
    text::roles::role_name,
};

/// Name, role, and the sign-out button.
#[component]
pub(super) fn Account() -> impl IntoView {
    visitor().account.map(corner)
}

fn corner(account: CurrentAccount) -> impl IntoView {
    let action = act::<SignOut>();
    view! {
        <div class="menu">
            <button class="account" type="button" popovertarget="account-menu">
                <span class="avatar" aria-hidden="true">
                    {initials(&account.name)}
                </span>
                <span>
                    <span class="cut">{account.name}</span>
                    <small>{role_name(account.role)}</small>
                </span>
                <Icon of=Symbol::ChevronsUpDown />
            </button>
            <div class="sheet beside" id="account-menu" popover="auto">
                <Form action id="sign-out" class="" whole_page=true>
                    <button type="submit">
                        <Icon of=Symbol::LogOut />
                        " Sign out"
                    </button>
                </Form>
            </div>
        </div>
    }
}

/// The first letters of the first and the last name.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next();
    let last = words.next_back();
    let letters = first.into_iter().chain(last).filter_map(|word| word.chars().next());
    letters.flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_of_the_first_and_the_last_name() {
        for (name, letters) in
            [("Ingrid Lund", "IL"), ("ada", "A"), ("Jean Luc de la Tour", "JT"), ("", ""), ("ßo", "SS")]
        {
            assert_eq!(initials(name), letters, "{name}");
        }
    }
}
