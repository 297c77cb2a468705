//! How large something is, in octets.

use std::fmt;
use std::str::FromStr;

use super::Invalid;

/// So many octets. Told in two digits or three, by powers of ten, as disks are sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Octets(pub u64);

const UNITS: [(&str, u64); 4] = [("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000)];

impl fmt::Display for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, size) = UNITS.iter().rev().find(|(_, size)| self.0 >= *size).unwrap_or(&UNITS[0]);
        let number = self.0 as f64 / *size as f64;
        let digits = usize::from(number < 9.95 && self.0 >= UNITS[1].1);
        write!(f, "{number:.digits$} {unit}")
    }
}

impl FromStr for Octets {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let bad = || Invalid(format!("`{text}` is no size: write one such as 500 MB, 2 GB or 1.5 TB"));
        let given = text.trim();
        let (number, unit) = given.split_at(given.find(|c: char| c.is_ascii_alphabetic()).ok_or_else(bad)?);
        let (_, size) = UNITS.iter().find(|(name, _)| unit.eq_ignore_ascii_case(name)).ok_or_else(bad)?;
        let number: f64 = number.trim().parse().map_err(|_| bad())?;
        let octets = number * *size as f64;
        // What is no number, negative or beyond any disk.
        if !(0.0..1e18).contains(&octets) {
            return Err(bad());
        }
        Ok(Self(octets as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_in_few_digits() {
        let sizes = [0, 4096, 999_000, 1_500_000, 9_960_000, 49_000_000, 12_345_000_000, 3_000_000_000_000].map(Octets);
        let told = ["0 kB", "4 kB", "999 kB", "1.5 MB", "10 MB", "49 MB", "12 GB", "3.0 TB"];
        assert_eq!(sizes.map(|size| size.to_string()), told);
    }

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, octets) in
            [("10GB", 10_000_000_000), (" 1.5 tb", 1_500_000_000_000), ("0 kB", 0), ("500 MB", 500_000_000)]
        {
            assert_eq!(text.parse(), Ok(Octets(octets)), "{text}");
        }
        for wrong in ["", "10", "GB", "-1 GB", "1 GiB", "1e30 TB", "nan GB", "ten GB", "é MB"] {
            assert!(wrong.parse::<Octets>().unwrap_err().0.contains("500 MB"), "{wrong}");
        }
    }
}
