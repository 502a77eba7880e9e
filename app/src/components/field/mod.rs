//! Fields: a label, a control, a hint, an error. Each reads its value and its error from the form around it.

mod cards;
mod check;
mod frame;
mod length;
mod select;
mod text;
mod text_area;
mod username;

pub use cards::{Choice, ChoiceCards};
pub use check::CheckField;
pub use length::LengthField;
pub use select::SelectField;
pub use text::TextField;
pub use text_area::TextArea;
pub use username::UsernameField;
