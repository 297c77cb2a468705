//! Zones by their distance from Greenwich.

use super::Zone;

/// The zone of whole hours east of Greenwich.
pub fn offset(hours: i8) -> Zone {
    const EAST: [&str; 15] = [
        "UTC",
        "Etc/GMT-1",
        "Etc/GMT-2",
        "Etc/GMT-3",
        "Etc/GMT-4",
        "Etc/GMT-5",
        "Etc/GMT-6",
        "Etc/GMT-7",
        // In Chinese texts it is that of Beijing.
        "Asia/Shanghai",
        "Etc/GMT-9",
        "Etc/GMT-10",
        "Etc/GMT-11",
        "Etc/GMT-12",
        "Etc/GMT-13",
        "Etc/GMT-14",
    ];
    const WEST: [&str; 13] = [
        "UTC",
        "Etc/GMT+1",
        "Etc/GMT+2",
        "Etc/GMT+3",
        "Etc/GMT+4",
        "Etc/GMT+5",
        "Etc/GMT+6",
        "Etc/GMT+7",
        "Etc/GMT+8",
        "Etc/GMT+9",
        "Etc/GMT+10",
        "Etc/GMT+11",
        "Etc/GMT+12",
    ];
    let zones: &[&'static str] = if hours < 0 { &WEST } else { &EAST };
    zones.get(usize::from(hours.unsigned_abs())).map_or(Zone::Unknown, |zone| Zone::Told(zone))
}
