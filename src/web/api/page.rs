//! The description of the API for people to read, made of the same document that programs get.

use askama::Template;
use serde_json::Value;

#[derive(Template)]
#[template(path = "page/api.html")]
struct Page<'a> {
    site: &'a str,
    base: &'a str,
    about: &'a str,
    parts: Vec<Part<'a>>,
}

/// What belongs together.
struct Part<'a> {
    name: &'a str,
    operations: Vec<Operation<'a>>,
}

struct Operation<'a> {
    id: &'a str,
    verb: String,
    path: &'a str,
    summary: &'a str,
    more: &'a str,
    scopes: String,
    parameters: Vec<Line<'a>>,
    bodies: Vec<Sent<'a>>,
    answers: Vec<Line<'a>>,
}

struct Sent<'a> {
    media: &'a str,
    fields: Vec<Line<'a>>,
}

/// A field, or an answer.
struct Line<'a> {
    name: &'a str,
    about: &'a str,
    kind: String,
}

/// The page of an OpenAPI document.
pub fn page(document: &Value, site: &str) -> String {
    let base = document["servers"][0]["url"].as_str().unwrap_or_default();
    let about = text(&document["info"]["description"]);
    let page = Page { site, base, about, parts: parts(document) }.render().unwrap_or_default();
    // The descriptions are Markdown; but for the marks of code they are plain.
    page.replace('`', "")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// In the order in which the document names them.
fn parts(document: &Value) -> Vec<Part<'_>> {
    let mut parts: Vec<Part> = Vec::new();
    for (path, verbs) in entries(&document["paths"]) {
        for (verb, operation) in entries(verbs) {
            let name = text(&operation["tags"][0]);
            let operation = read(document, verb, path, operation);
            match parts.iter_mut().find(|part| part.name == name) {
                Some(part) => part.operations.push(operation),
                None => parts.push(Part { name, operations: vec![operation] }),
            }
        }
    }
    parts
}

fn read<'a>(document: &'a Value, verb: &str, path: &'a str, operation: &'a Value) -> Operation<'a> {
    let scopes = items(&operation["security"]).flat_map(|way| items(&way["bearer"]).map(text));
    let bodies = entries(&operation["requestBody"]["content"])
        .map(|(media, content)| Sent { media, fields: fields(document, &content["schema"]) });
    let answers = entries(&operation["responses"]).map(|(name, answer)| Line {
        name,
        about: text(&answer["description"]),
        kind: entries(&answer["content"]).map(|(media, _)| media).collect::<Vec<_>>().join(", "),
    });
    Operation {
        id: text(&operation["operationId"]),
        verb: verb.to_uppercase(),
        path,
        summary: text(&operation["summary"]),
        more: text(&operation["description"]),
        scopes: scopes.collect::<Vec<_>>().join(", "),
        parameters: items(&operation["parameters"])
            .map(|parameter| Line {
                name: text(&parameter["name"]),
                about: text(&parameter["description"]),
                kind: kind(document, &parameter["schema"]),
            })
            .collect(),
        bodies: bodies.collect(),
        answers: answers.collect(),
    }
}

/// What a schema leads to.
fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str().and_then(|to| to.strip_prefix('#')).and_then(|to| document.pointer(to)) {
        Some(found) => found,
        None => schema,
    }
}

fn fields<'a>(document: &'a Value, schema: &'a Value) -> Vec<Line<'a>> {
    entries(&resolved(document, schema)["properties"])
        .map(|(name, field)| Line { name, about: text(&field["description"]), kind: kind(document, field) })
        .collect()
}

/// What a value has to be, in a few words.
fn kind(document: &Value, schema: &Value) -> String {
    let schema = resolved(document, schema);
    let choices: Vec<_> = items(&schema["enum"]).map(text).filter(|choice| !choice.is_empty()).collect();
    if !choices.is_empty() {
        return choices.join(", ");
    }
    let of = |kind: &str| match kind {
        "array" => format!("list of {}", kind_or_any(document, &schema["items"])),
        "integer" => "whole number".to_owned(),
        "boolean" => "true or false".to_owned(),
        "string" if schema["format"].is_string() => text(&schema["format"]).to_owned(),
        "string" => "text".to_owned(),
        other => other.to_owned(),
    };
    match &schema["type"] {
        Value::String(kind) => of(kind),
        Value::Array(kinds) => kinds.iter().map(|kind| of(text(kind))).collect::<Vec<_>>().join(" or "),
        _ => items(&schema["oneOf"])
            .map(|one| kind(document, one))
            .filter(|one| !one.is_empty())
            .collect::<Vec<_>>()
            .join(" or "),
    }
}

fn kind_or_any(document: &Value, schema: &Value) -> String {
    match kind(document, schema) {
        kind if kind.is_empty() => "anything".to_owned(),
        kind => kind,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_operation_stands_under_its_part_with_its_fields() {
        let document = json!({
            "servers": [{"url": "https://example.org/api/v1"}],
            "info": {"description": "<What> it is."},
            "paths": {"/events": {
                "get": {"tags": ["events"], "operationId": "list", "summary": "All of them.",
                        "security": [{"bearer": ["events:read"]}],
                        "parameters": [{"name": "kind", "description": "One of these.",
                                        "schema": {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}}}],
                        "responses": {"200": {"description": "Here.", "content": {"application/json": {}}}}},
                "post": {"tags": ["events"], "operationId": "add", "summary": "Adds one.",
                         "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/E"}}}},
                         "responses": {}}}},
            "components": {"schemas": {"E": {"properties": {
                "title": {"type": ["string", "null"], "description": "What it is called."}}}}},
        });
        let page = page(&document, "Cities & more");
        for part in [
            "Cities &#38; more",
            "&#60;What&#62; it is.",
            "<strong>GET</strong> /events",
            "events:read",
            "(list of a, b)",
            "<strong>POST</strong> /events",
            "<dt><code>title</code></dt><dd>What it is called.",
            "(text or null)",
            "https://example.org/api/v1/events",
        ] {
            assert!(page.contains(part), "{part} in {page}");
        }
    }
}
