//! Labels in two languages: `Date 日期：`, `地點 Venue:`.

use super::is_han;

words! {
    /// What labels are made of in English.
    LATIN =
        "date dates time venue place location topic title subject theme speaker speakers language fee fees organizer organiser host \
        deadline submission notification acceptance decision registration abstract paper papers version conference event period \
        duration enrolment enrollment application contact enquiry enquiries target format agenda"
}

/// The line with the Chinese one alone.
pub fn one_label(line: &str) -> Option<String> {
    let (label, value) = line.split_at(line.find(['：', ':'])?);
    let bare = label.trim();
    let is_latin =
        |c: char| c.is_ascii_alphabetic() || matches!(c, ' ' | '/' | '&' | '.' | '(' | ')' | '（' | '）' | '-');
    let han: String = bare.trim_matches(is_latin).to_owned();
    let is_label = (2..=8).contains(&han.chars().count()) && han.chars().all(is_han);
    let latin = bare.len() - han.len();
    // `标准 Workshop：` is a name.
    let is_known = |word: &str| LATIN.iter().any(|known| word.eq_ignore_ascii_case(known));
    let has_word = bare.split(|c: char| !c.is_ascii_alphabetic()).any(is_known);
    (is_label && has_word && latin <= 40).then(|| {
        let colon = if value.starts_with('：') { '：' } else { ':' };
        format!("{han}{colon}{}", value.trim_start_matches(colon).trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_told_once() {
        for (line, expected) in [
            ("Date 日期：   18 June 2024", Some("日期：18 June 2024")),
            ("地點 (Venue): 沙田大會堂", Some("地點:沙田大會堂")),
            ("時間/Time: 6:30 pm", Some("時間:6:30 pm")),
            ("ISO 9001標準：第一版", None),
            ("日期：6月8日", None),
            ("Date: 8 June", None),
            ("标准 Workshop：6月8日", None),
            ("PPT 模板下载地址在这里哦：https://example.org", None),
        ] {
            assert_eq!(one_label(line).as_deref(), expected, "{line}");
        }
    }
}
