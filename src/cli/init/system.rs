//! What this machine says of where it stands, to be offered.

use crate::domain::wording::Locale;
use crate::domain::zone::Zone;

/// The zone that the machine keeps its own clock by. Only its name is taken from there.
pub fn zone() -> Zone {
    let system = jiff::tz::TimeZone::try_system().ok();
    let name = system.as_ref().and_then(|zone| zone.iana_name());
    name.and_then(|name| name.parse().ok()).unwrap_or_else(Zone::utc)
}

/// The language that the machine speaks to its user, if readers can be told in it.
pub fn language() -> Locale {
    let said =
        ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|it| !it.is_empty()));
    // `zh_CN.UTF-8`
    let tag = said.as_deref().and_then(|said| said.split(['.', '@']).next()).unwrap_or_default().replace('_', "-");
    tag.parse().unwrap_or_default()
}
