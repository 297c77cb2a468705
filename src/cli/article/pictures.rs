//! The pictures beside an article's file, and `kalends article image …`.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::{id, name};
use crate::cli::output::confirm;
use crate::cli::{BY, Context, Done, Failure};
use crate::domain::article::Manuscript;
use crate::domain::octets::Octets;
use crate::domain::picture::{ArticleImage, MOST_PICTURES, PictureFile, PictureFormat, Shown, hash_in};
use crate::intake::picture::{LARGEST, refusal};
use crate::shape::picture::{ImageRecord, TakenBackRecord};
use crate::store::TakenBack;

#[derive(Debug, Subcommand)]
pub enum ImageCommand {
    /// Take a picture out of an article: its address answers 410 from then on, unless another article has it
    Remove {
        #[arg(value_parser = id)]
        id: i64,
        /// As `article show` tells it; its beginning or its name will do
        hash: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

pub async fn run(context: &Context, command: &ImageCommand) -> Done {
    let ImageCommand::Remove { id, hash, yes } = command;
    confirm(
        &format!("Take the picture {hash} out of article {id}? It is deleted, and nobody can see it any more."),
        *yes,
    )?;
    let TakenBack { image, others, .. } = context.office.take_back_image(BY, *id, hash).await?;
    let record =
        TakenBackRecord { article: *id, image: ImageRecord::from(&image), gone: others.is_empty(), articles: &others };
    context.out.show(&record, || {
        let became = match others.as_slice() {
            [] => format!("{} answers 410 from now on", record.image.url),
            others => {
                let others: Vec<_> = others.iter().map(i64::to_string).collect();
                format!("{} stays as it is, since it is in article {}, too", record.image.url, others.join(", "))
            }
        };
        format!("{} was taken out of article {id}: {became}.\n", image.name)
    })
}

/// `seal.png, 640 × 480, 45 kB, /media/…`.
pub fn line(image: &ArticleImage) -> String {
    let ImageRecord { name, url, width, height, octets, .. } = ImageRecord::from(image);
    let waits = if image.is_shown { "" } else { " (not shown by the text)" };
    let name = if name == url { String::new() } else { format!("{name}, ") };
    format!("{name}{width} × {height}, {}, {url}{waits}", Octets(octets))
}

/// Reads the files beside an article that its text shows. Never one outside of its folder.
pub fn enclose(file: &str, manuscript: &mut Manuscript) -> Result<(), Failure> {
    let enclosures = &mut manuscript.enclosures;
    for shown in &enclosures.shown {
        let is_known = hash_in(&shown.name).is_some() || enclosures.files.iter().any(|known| known.name == shown.name);
        if is_known {
            continue;
        }
        let wrong = |reason: String| {
            Failure::failed(format!("{}, line {}: the picture {} {reason}", name(file), shown.line, shown.name))
        };
        if enclosures.files.len() == MOST_PICTURES {
            return Err(wrong(format!("is one too many: an article has {MOST_PICTURES} at most")));
        }
        enclosures.files.extend(beside(file, shown).map_err(wrong)?);
    }
    Ok(())
}

fn beside(file: &str, shown: &Shown) -> Result<Option<PictureFile>, String> {
    if shown.name.starts_with('/') {
        // A path of the site, unless it looks like one of this disk.
        return match Path::new(&shown.name).exists() {
            true => Err("is named by a path from the root: name it by its path from the folder of the text".into()),
            false => Ok(None),
        };
    }
    if file == "-" {
        return Err("lies beside a file, and this is none: name the file of the article".into());
    }
    let octets = octets(&within(file, &shown.name)?)?;
    let said = PictureFormat::of_file(&shown.name);
    if said.is_none() && refusal(&octets, None).is_none() {
        return Err("is a picture by its octets and none by its name: let that end in .png, .jpg, .gif or .webp".into());
    }
    let (name, alt) = (shown.name.clone(), shown.alt.clone());
    Ok(Some(PictureFile { name, alt, said, octets, line: Some(shown.line) }))
}

/// The file that is meant, which lies in the folder of the article whatever links lead to it.
fn within(file: &str, name: &str) -> Result<PathBuf, String> {
    let unread = |error: std::io::Error| format!("can't be read: {error}");
    let folder = match Path::new(file).parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let folder = folder.canonicalize().map_err(unread)?;
    let path = folder.join(name).canonicalize().map_err(unread)?;
    match path.starts_with(&folder) {
        true => Ok(path),
        false => Err("leads out of the folder of the text by a link: put the file itself there".into()),
    }
}

fn octets(path: &Path) -> Result<Vec<u8>, String> {
    let unread = |error: std::io::Error| format!("can't be read: {error}");
    // A pipe would wait for who writes to it.
    if !path.metadata().map_err(unread)?.is_file() {
        return Err("is no file".into());
    }
    let mut octets = Vec::new();
    let file = std::fs::File::open(path).map_err(unread)?;
    file.take(LARGEST as u64 + 1).read_to_end(&mut octets).map_err(unread)?;
    Ok(octets)
}
