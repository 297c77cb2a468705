//! One field of a form, as it stands on a page (`templates/desk/fields.html`).

use super::chrome::Choice;
use super::trouble::told_refusal;
use crate::domain::FieldError;
use crate::domain::refused::{Code, Refused};
use crate::domain::wording::Locale;

pub struct FieldView {
    pub name: &'static str,
    pub label: String,
    pub value: String,
    pub help: String,
    /// What is wrong with it; empty if nothing is.
    pub wrong: String,
    /// Of a field in which one of these is chosen.
    pub choices: Vec<Choice>,
    pub is_long: bool,
    /// The id of a list of suggestions; empty if there is none.
    pub list: &'static str,
}

/// All of them.
pub struct FormView {
    pub fields: Vec<FieldView>,
    /// What is wrong with all of it; empty if nothing is.
    pub wrong: String,
    /// Of a thing that is not there yet: one begins to type at once.
    pub is_new: bool,
}

impl FormView {
    pub fn of(fields: Vec<FieldView>, wrong: &[FieldError], is_new: bool, locale: Locale) -> Self {
        let of_all = wrong.iter().find(|wrong| fields.iter().all(|field| field.name != wrong.field));
        Self { wrong: of_all.map(|wrong| told(wrong, locale)).unwrap_or_default(), fields, is_new }
    }
}

/// A refusal beside the field that it names; without one it is of all of the form.
pub fn beside(refused: Refused) -> FieldError {
    FieldError::of(refused.field.unwrap_or(""))(refused.into())
}

/// What is wrong with a field, in words.
pub fn told(wrong: &FieldError, locale: Locale) -> String {
    told_refusal(locale, Code::Invalid, &wrong.reason.to_string())
}

/// What is wrong with one of them, in one text.
pub fn wrong_with(name: &str, wrong: &[FieldError], locale: Locale) -> String {
    let reasons = wrong.iter().filter(|wrong| wrong.field == name).map(|wrong| told(wrong, locale));
    reasons.collect::<Vec<_>>().join(" ")
}
