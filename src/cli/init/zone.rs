//! What this machine says of where it stands, and the zone that somebody may have meant.

use crate::domain::Invalid;
use crate::domain::wording::Locale;
use crate::domain::zone::Zone;

/// The zone that the machine keeps its own clock by. Only its name is taken from there.
pub fn of_system() -> Zone {
    let system = jiff::tz::TimeZone::try_system().ok();
    let name = system.as_ref().and_then(|zone| zone.iana_name());
    name.and_then(|name| name.parse().ok()).unwrap_or_else(Zone::utc)
}

/// The language that the machine speaks to its user, if readers can be told in it.
pub fn language_of_system() -> Locale {
    let said =
        ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|it| !it.is_empty()));
    // `zh_CN.UTF-8`
    let tag = said.as_deref().and_then(|said| said.split(['.', '@']).next()).unwrap_or_default().replace('_', "-");
    tag.parse().unwrap_or_default()
}

/// A zone by its name; what is none, with the one that may be meant.
pub fn read(typed: &str) -> Result<Zone, Invalid> {
    typed.parse().map_err(|wrong: Invalid| match like(typed) {
        Some(name) => Invalid(format!("`{typed}` is not a known time zone: did you mean {name}?")),
        None => wrong,
    })
}

/// The zone whose name, or whose city, is nearest.
fn like(typed: &str) -> Option<String> {
    let wanted = squeezed(typed);
    let nearness = |name: &String| {
        let city = name.rsplit('/').next().unwrap_or(name);
        [name.as_str(), city].map(|name| strsim::osa_distance(&wanted, &squeezed(name))).into_iter().min()
    };
    let names = Zone::names();
    let nearest = names.into_iter().filter_map(|name| Some((nearness(&name)?, name))).min()?;
    // A quarter of the letters may be wrong: more is another word.
    (nearest.0 * 4 <= wanted.chars().count().min(60)).then_some(nearest.1)
}

fn squeezed(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_zone_is_told_with_the_one_that_is_meant() {
        for (typed, meant) in [
            ("Asia/Shangai", Some("Asia/Shanghai")),
            ("Asia Shanghai", Some("Asia/Shanghai")),
            ("brussels", Some("Europe/Brussels")),
            ("New York", Some("America/New_York")),
            ("Europe/Olso", Some("Europe/Oslo")),
            ("Mordor/Barad-dur", None),
            ("", None),
        ] {
            let said = read(typed).unwrap_err().0;
            match meant {
                Some(meant) => assert!(said.ends_with(&format!("did you mean {meant}?")), "{said}"),
                None => assert!(said.contains("use an IANA name"), "{said}"),
            }
        }
        assert_eq!(read("Asia/Shanghai").unwrap().name(), "Asia/Shanghai");
    }
}
