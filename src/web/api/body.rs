//! What the body of a request says of a thing, field by field, and how such a body is described.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type};

use super::problem::{Answer, Problem};
use crate::domain::FieldError;
use crate::domain::event::Said;
use crate::domain::meant::aside;
use crate::domain::text::quoted;

/// An object of JSON, or why it is none.
pub type Body = Result<Json<Map<String, Value>>, JsonRejection>;

/// The day, or what else is known of a date, as `domain::when::Point` reads it.
pub const DATE: &str = "^[12][0-9]{3}(-Q[1-4]|-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2})?)?)?$";

/// The same, or no text.
pub const DATE_OR_NONE: &str = "^([12][0-9]{3}(-Q[1-4]|-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2})?)?)?)?$";

/// The fields of a thing that people may say something in.
pub trait Fields: Copy + 'static {
    /// What has them: `an event`.
    const OF: &'static str;
    const ALL: &'static [Self];

    fn name(self) -> &'static str;

    fn form(self) -> Form;
}

/// How something is said in a field.
#[derive(Debug, Clone, Default)]
pub struct Form {
    pub says: &'static str,
    pub is_list: bool,
    /// A number that is the id of something is as good as text.
    pub takes_ids: bool,
    /// Null takes away what there was.
    pub takes_null: bool,
    /// None: any text.
    pub words: Vec<&'static str>,
    pub pattern: Option<&'static str>,
    /// In characters, of each text.
    pub most: Option<usize>,
    pub is_never_empty: bool,
}

/// What an object says. To serde a list would do, too, where no field has to be there.
pub fn read<T: DeserializeOwned>(body: Body) -> Answer<T> {
    let Json(object) = body?;
    serde_path_to_error::deserialize(Value::Object(object)).map_err(|error| Problem::from(&error))
}

/// Hands on what `body` says, field by field. All that is wrong is not told at once, but the first of it with its field.
pub fn say_each<F: Fields>(
    body: Map<String, Value>,
    mut say: impl FnMut(F, Said<'_>) -> Result<(), FieldError>,
) -> Answer<()> {
    for (name, value) in body {
        let Some(field) = F::ALL.iter().copied().find(|field| field.name() == name) else {
            let known: Vec<_> = F::ALL.iter().map(|field| field.name()).collect();
            let meant = aside(&name, known.iter().copied());
            let said = format!("there is no field `{}`{meant}: {} has {}", quoted(&name), F::OF, known.join(", "));
            return Err(Problem::of_field(&name, said));
        };
        match (value, field.form()) {
            (Value::Null, Form { takes_null: false, .. }) => {
                return Err(Problem::of_field(&name, format!("`{name}` can't be null: leave it out, and it stays")));
            }
            (Value::Null, Form { is_list: true, .. }) => say(field, Said::List(Vec::new()))?,
            (Value::Null, _) => say(field, Said::Text(""))?,
            (value, Form { is_list: true, takes_ids, .. }) => say(field, Said::List(texts(&name, value, takes_ids)?))?,
            (Value::String(text), _) => say(field, Said::Text(&text))?,
            _ => return Err(Problem::of_field(&name, format!("`{name}` has to be text"))),
        }
    }
    Ok(())
}

/// The list of texts that `name` has to be.
pub fn texts(name: &str, value: Value, takes_ids: bool) -> Answer<Vec<String>> {
    let wrong = || match takes_ids {
        true => Problem::of_field(name, format!("`{name}` has to be a list of ids or UIDs")),
        false => Problem::of_field(name, format!("`{name}` has to be a list of texts")),
    };
    let Value::Array(items) = value else { return Err(wrong()) };
    let items = items.into_iter().map(|item| match item {
        Value::String(text) => Ok(text),
        Value::Number(id) if takes_ids && id.is_i64() => Ok(id.to_string()),
        _ => Err(wrong()),
    });
    items.collect()
}

/// What such a body may say, and what it has to. There is no room in it for anything else.
pub fn described<F: Fields>(required: &[F]) -> ObjectBuilder {
    let object = ObjectBuilder::new().schema_type(Type::Object);
    let object = object.additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)));
    let object = F::ALL.iter().fold(object, |object, field| object.property(field.name(), property(&field.form())));
    required.iter().fold(object, |object, field| object.required(field.name()))
}

fn property(form: &Form) -> Schema {
    let or_null = |is: Type| match form.takes_null {
        true => SchemaType::from_iter([is, Type::Null]),
        false => SchemaType::new(is),
    };
    if !form.is_list {
        return text(form, or_null(Type::String)).description(Some(form.says)).build().into();
    }
    let item = match form.takes_ids {
        true => text(form, SchemaType::from_iter([Type::String, Type::Integer])),
        false => text(form, SchemaType::new(Type::String)),
    };
    ArrayBuilder::new().schema_type(or_null(Type::Array)).items(item).description(Some(form.says)).build().into()
}

fn text(form: &Form, schema_type: SchemaType) -> ObjectBuilder {
    let may_be_null = form.takes_null && !form.is_list;
    let words = form.words.iter().map(|word| Value::from(*word)).chain(may_be_null.then_some(Value::Null));
    ObjectBuilder::new()
        .schema_type(schema_type)
        .enum_values((!form.words.is_empty()).then(|| words.collect::<Vec<_>>()))
        .pattern(form.pattern)
        .max_length(form.most)
        .min_length(form.is_never_empty.then_some(1))
}
