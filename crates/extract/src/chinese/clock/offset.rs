//! Zones by their distance from Greenwich.

use super::Zone;
use crate::zones;

/// The zone of whole hours east of Greenwich; in Chinese texts eight hours are those of Beijing.
pub fn offset(hours: i8) -> Zone {
    match (hours, zones::offset(i32::from(hours) * 60)) {
        (8, _) => Zone::Told("Asia/Shanghai"),
        (_, zones::Zone::Known(name)) => Zone::Told(name),
        (_, zones::Zone::Unknown) => Zone::Unknown,
    }
}
