//! The pictures of an article: what its text shows of them, and those that an export brings along.

use std::collections::HashSet;

use data_encoding::BASE64;
use serde_json::{Map, Value};

use crate::domain::Invalid;
use crate::domain::picture::{Enclosures, MOST_PICTURES, PictureFile, PictureFormat, Shown, alternative, hash_in};
use crate::intake::Rejected;
use crate::intake::picture::LARGEST;
use crate::markdown::pictures::{Place, Reference, references};

/// What a text shows that begins on a line of its file.
pub fn shown(text: &str, first_line: u64) -> Result<Vec<Shown>, Rejected> {
    references(text)
        .into_iter()
        .filter_map(|reference| {
            let line = first_line + reference.line - 1;
            judge(Reference { line, ..reference }).map_err(|reason| Rejected::whole(line, reason.0)).transpose()
        })
        .collect()
}

/// The same of a text that is changed. What is wrong with it already is not wrong anew.
pub fn shown_anew(text: &str, before: Option<&str>) -> Result<Vec<Shown>, Invalid> {
    let stood: HashSet<_> = before.map(references).unwrap_or_default().into_iter().map(|old| old.place).collect();
    references(text)
        .into_iter()
        .filter_map(|reference| {
            let (place, line) = (reference.place.clone(), reference.line);
            match (judge(reference), stood.contains(&place)) {
                (Ok(shown), may_lack) => shown.map(|shown| Ok(Shown { may_lack: may_lack || shown.may_lack, ..shown })),
                (Err(_), true) => None,
                (Err(reason), false) => Some(Err(Invalid(format!("line {line}: {reason}")))),
            }
        })
        .collect()
}

/// What is to be shown, where that is ours.
fn judge(Reference { place, alt, line }: Reference) -> Result<Option<Shown>, Invalid> {
    let shown = |name, may_lack| Some(Shown { name, alt: alt.clone(), line, may_lack });
    Ok(match place {
        Place::Beside(name) => {
            let shown = Shown { name, alt, line, may_lack: false };
            shown.described()?;
            Some(shown)
        }
        Place::Kept(address) => shown(address, false),
        Place::Root(path) => shown(path, true),
        Place::Elsewhere(address) if hash_in(&address).is_some() => shown(address, true),
        Place::Elsewhere(_) => None,
        Place::Outside(path) => {
            let said = "a picture lies beside the text, or in a folder there, and is named by its path from there, without `..`";
            return Err(Invalid(format!("the picture {path} is not read: {said}")));
        }
    })
}

/// The pictures that an export tells with an article: each with its name, its `alt`, its `type` and its octets in base64. What
/// follows from these is let by.
pub fn of_export(images: Option<Value>, body: &str) -> Result<Enclosures, Invalid> {
    // What its text shows and does not bring is not there, as it was not where it comes from.
    let shown = shown_anew(body, Some(body))?;
    let images = match images {
        None => Vec::new(),
        Some(Value::Array(images)) if images.len() <= MOST_PICTURES => images,
        Some(Value::Array(_)) => return Err(Invalid(format!("an article has {MOST_PICTURES} pictures at most"))),
        Some(_) => return Err(Invalid::new("the images are no list")),
    };
    let mut files = Vec::new();
    for (index, image) in images.into_iter().enumerate() {
        let Value::Object(image) = image else {
            return Err(Invalid(format!("image {} is no object", index + 1)));
        };
        files.extend(file(image).map_err(|reason| Invalid(format!("image {}: {reason}", index + 1)))?);
    }
    Ok(Enclosures { shown, files, pictures: Vec::new() })
}

/// None where it comes without its octets, as a list of articles tells it.
fn file(mut image: Map<String, Value>) -> Result<Option<PictureFile>, Invalid> {
    let mut text = |key: &str| match image.remove(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Invalid(format!("`{key}` is no text"))),
    };
    let (name, alt, kind, data) = (text("name")?.unwrap_or_default(), text("alt")?, text("type")?, text("data")?);
    let Some(data) = data else { return Ok(None) };
    let alt = alternative(&alt.unwrap_or_default()).map_err(|reason| Invalid(format!("it {reason}")))?;
    let said = kind.map(|kind| {
        let known = PictureFormat::ALL.iter().find(|format| kind.eq_ignore_ascii_case(format.media_type()));
        known.copied().ok_or_else(|| Invalid(format!("`{kind}` is no type of a picture: image/jpeg or image/png")))
    });
    if data.len() > LARGEST / 3 * 4 + 4 {
        return Err(Invalid::new("it is larger than a picture may be"));
    }
    let octets = BASE64.decode(data.as_bytes()).map_err(|_| Invalid::new("its data is not whole, or no base64"))?;
    Ok(Some(PictureFile { name: checked_name(&name)?, alt, said: said.transpose()?, octets, line: None }))
}

/// As a text names one: its address, or a path beside the text.
fn checked_name(name: &str) -> Result<String, Invalid> {
    match Place::of(name) {
        None if name.trim().is_empty() => Ok(String::new()),
        Some(Place::Kept(name) | Place::Beside(name)) if name.len() <= LONGEST_NAME => Ok(name),
        _ => Err(Invalid::new("its name is no path of a file beside the text")),
    }
}

/// In octets.
const LONGEST_NAME: usize = 1000;
