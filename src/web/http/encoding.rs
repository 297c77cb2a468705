//! Whether an answer is sent packed: what `Accept-Encoding` asks for (RFC 9110 section 12.5.3). Pure.

use axum::http::{HeaderMap, header};

pub fn accepts_gzip(headers: &HeaderMap) -> bool {
    // A line that is no text asks for nothing.
    prefers_gzip(headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok()))
}

/// Whether gzip is what the header's lines prefer. Nothing that is not asked for is sent: where neither form is
/// acceptable, the plain one is, which everybody can read.
fn prefers_gzip<'a>(lines: impl Iterator<Item = &'a str>) -> bool {
    let (mut gzip, mut identity, mut any) = (None, None, None);
    for item in lines.flat_map(|line| line.split(',')) {
        let mut parts = item.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let named = match name.as_str() {
            "gzip" | "x-gzip" => &mut gzip,
            "identity" => &mut identity,
            "*" => &mut any,
            _ => continue,
        };
        let weight = weight(parts);
        // Who says no once, means it.
        *named = Some(named.map_or(weight, |known: u16| if known.min(weight) == 0 { 0 } else { known.max(weight) }));
    }
    let gzip = gzip.or(any).unwrap_or(0);
    // Not named, the plain form is welcome, but whoever names gzip would rather have that.
    gzip > 0 && gzip >= identity.unwrap_or(0)
}

/// In thousandths; what can't be read asks for nothing.
fn weight<'a>(parameters: impl Iterator<Item = &'a str>) -> u16 {
    let pairs = parameters.filter_map(|parameter| parameter.split_once('='));
    let q = pairs.map(|(name, value)| (name.trim(), value.trim())).find(|(name, _)| name.eq_ignore_ascii_case("q"));
    let Some((_, value)) = q else { return 1000 };
    let is_written_so = value.len() <= 5 && value.bytes().all(|octet| octet.is_ascii_digit() || octet == b'.');
    match value.parse::<f32>() {
        Ok(weight @ 0.0..=1.0) if is_written_so => (weight * 1000.0).round() as u16,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn gzip_is_sent_to_who_prefers_it() {
        for (asked, gzip) in [
            (&["gzip"][..], true),
            (&["x-gzip"], true),
            (&["GZIP"], true),
            (&["br, gzip;q=0.8"], true),
            (&["deflate, gzip;q=1.0, *;q=0.5"], true),
            (&["*"], true),
            (&["br", "gzip"], true),
            (&["identity;q=0, *"], true),
            (&["identity;q=0.5, gzip;q=0.5"], true),
            (&["gzip ; q=0.001"], true),
            (&[], false),
            (&[""], false),
            (&["br"], false),
            (&["identity"], false),
            (&["gzip;q=0"], false),
            (&["gzip;q=0.000"], false),
            (&["gzip;q=0, *"], false),
            (&["*, gzip;q=0"], false),
            (&["gzip;q=0", "*;q=1"], false),
            (&["x-gzip;q=0, *"], false),
            (&["gzip, x-gzip;q=0"], false),
            (&["*;q=0"], false),
            (&["gzip;q=0.5, identity"], false),
            (&["gzip;q=0.5, identity;q=0.6"], false),
            (&["gzip;q=0, identity;q=0"], false),
            (&["gzip;q=lots"], false),
            (&["gzip;q=2"], false),
            (&["gzip;q=1e-1"], false),
            (&["gzip;q="], false),
            (&["gzipped"], false),
        ] {
            assert_eq!(prefers_gzip(asked.iter().copied()), gzip, "{asked:?}");
        }
    }

    proptest! {
        #[test]
        fn who_says_no_gets_none(text in "((gzip|x-gzip|identity|br|\\*)(;q=[01](\\.[0-9]{1,3})?)?, ?){0,5}") {
            let line = format!("{text}gzip;q=0");
            prop_assert!(!prefers_gzip([line.as_str()].into_iter()));
            prop_assert!(!prefers_gzip(["gzip;q=0.0", text.as_str()].into_iter()));
        }

        #[test]
        fn any_line_is_read(octets in "\\PC{0,60}") {
            prefers_gzip([octets.as_str()].into_iter());
        }
    }
}
