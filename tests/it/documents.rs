//! Dated events out of documents: .docx and PDF.

pub mod docx;
mod pdf;

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{Office, Ran};
use docx::{Docx, cell, footnote, paragraph, row, run, styled, table};
use pdf::{at, chinese, pdf, raw, set};

fn proposals(ran: &Ran) -> Value {
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    serde_json::from_str(&ran.stdout).unwrap()
}

fn extracted(document: &[u8]) -> Value {
    proposals(&Office::empty().run_with_input(&["extract", "-", "--json"], document))
}

/// Start, end, kind and title of each.
fn told(events: &Value) -> Vec<(String, String, String, String)> {
    let word = |event: &Value, field: &str| event[field].as_str().unwrap_or_default().to_owned();
    let event = |event| (word(event, "start"), word(event, "end"), word(event, "kind"), word(event, "title"));
    events.as_array().unwrap().iter().map(event).collect()
}

fn assert_told(events: &Value, expected: &[(&str, &str, &str, &str)]) {
    let told = told(events);
    let told: Vec<_> = told.iter().map(|(start, end, kind, title)| (&**start, &**end, &**kind, &**title)).collect();
    assert_eq!(told, expected, "{events:#}");
}

#[test]
fn an_announcement_of_word_is_read_with_its_headings_its_table_and_its_list() {
    let document = Docx::of(&[
        styled("Überschrift1", "Call for Papers: Conference on Harbour Safety"),
        paragraph("The Harbour Safety Council invites papers for its conference &amp; fair."),
        paragraph("The Forum on Quay Walls will be held in Bergen, Norway, from 14 to 16 June 2027."),
        table(&[
            row(&[cell("Milestone"), cell("Date")]),
            row(&[cell("Submission of abstracts"), cell("15 January 2027")]),
            row(&[cell("Notification of acceptance"), cell("1 March 2027")]),
        ]),
        styled("ListBullet", "Final papers due: 30 April 2027"),
    ])
    .with_styles(
        "<w:style w:styleId='Überschrift1'><w:name w:val='heading 1'/></w:style>
         <w:style w:styleId='ListBullet'><w:name w:val='List Bullet'/></w:style>",
    );
    let events = extracted(&document.packed());
    assert_told(
        &events,
        &[
            ("2027-06-14", "2027-06-16", "forum", "Forum on Quay Walls"),
            ("2027-01-15", "", "deadline", "Conference on Harbour Safety: submission of abstracts"),
            ("2027-03-01", "", "other", "Conference on Harbour Safety: notification of acceptance"),
            ("2027-04-30", "", "deadline", "Conference on Harbour Safety: final papers due"),
        ],
    );
    assert_eq!(events[0]["location"], "Bergen, Norway");
    assert_eq!(events[1]["source_text"], "Submission of abstracts | 15 January 2027");
}

#[test]
fn a_chinese_notice_of_word_is_read_with_its_table() {
    let document = Docx::of(&[
        "<w:p><w:pPr><w:jc w:val='center'/></w:pPr>".to_owned() + &run("", "关于召开标准周会议的通知") + "</w:p>",
        paragraph("各有关单位："),
        paragraph("全国信息安全标准化技术委员会定于2027年1月12日至14日在北京召开标准周会议。"),
        table(&[
            row(&[cell("标准编号"), cell("标准名称"), cell("实施日期")]),
            row(&[cell("GB/T 35273-2020"), cell("信息安全技术 个人信息安全规范"), cell("2027-03-01")]),
        ]),
        paragraph("2026年11月10日"),
    ]);
    let events = extracted(&document.packed());
    assert_told(
        &events,
        &[
            ("2027-01-12", "2027-01-14", "meeting", "标准周会议"),
            ("2027-03-01", "", "effective-date", "GB/T 35273-2020《信息安全技术个人信息安全规范》实施"),
        ],
    );
    assert_eq!(events[1]["standards"][0], "GB/T 35273-2020");
}

#[test]
fn what_a_tracked_change_took_away_is_not_read_and_what_it_put_in_is() {
    let kept = |day: &str| run("", &format!("The Lock Keepers Forum will be held on {day} 2027 in Oslo."));
    let deleted_row = row(&[cell("Submission of posters"), cell("2 February 2027")])
        .replace("<w:tr>", "<w:tr><w:trPr><w:del w:id='4' w:author='A'/></w:trPr>");
    let document = Docx::of(&[
        format!(
            "<w:p><w:del w:id='1'><w:r><w:delText>The Weir Forum will be held on 3 May 2027.</w:delText></w:r></w:del>\
             <w:ins w:id='2'>{}</w:ins><w:moveFrom>{}</w:moveFrom></w:p>",
            kept("10 May"),
            kept("11 May"),
        ),
        format!("<w:p>{}</w:p>", run("<w:vanish/>", "The Hidden Forum will be held on 12 May 2027.")),
        table(&[
            row(&[cell("What"), cell("When")]),
            deleted_row,
            row(&[cell("Submission of abstracts"), cell("15 January 2027")]),
        ]),
    ]);
    assert_told(
        &extracted(&document.packed()),
        &[("2027-05-10", "", "forum", "Lock Keepers Forum"), ("2027-01-15", "", "deadline", "Submission of abstracts")],
    );
}

#[test]
fn what_is_crossed_out_is_told_as_the_date_before() {
    let document = Docx::of(&[format!(
        "<w:p>{}{}{}</w:p>",
        run("", "Registration closes: "),
        run("<w:strike/>", "3 May 2027"),
        run("", " 10 May 2027"),
    )]);
    let events = extracted(&document.packed());
    assert_eq!(told(&events)[0].0, "2027-05-10", "{events:#}");
    assert_eq!(events.as_array().unwrap().len(), 1, "{events:#}");
    assert_eq!(events[0]["was"], "2027-05-03", "{events:#}");
}

#[test]
fn cells_that_reach_down_footnotes_and_text_boxes_are_read() {
    let merged = |pr: &str, text: &str| cell(text).replace("<w:tc>", &format!("<w:tc><w:tcPr>{pr}</w:tcPr>"));
    let box_ =
        format!("<w:txbxContent>{}</w:txbxContent>", paragraph("The Buoy Forum will be held on 1 June 2027 in Turku."));
    let document = Docx::of(&[
        table(&[
            row(&[cell("Standard"), cell("Stage"), cell("Effective date")]),
            row(&[merged("<w:vMerge w:val='restart'/>", "GB/T 7588-2020"), cell("first part"), cell("1 March 2027")]),
            row(&[merged("<w:vMerge/>", ""), cell("second part"), cell("1 April 2027")]),
        ]),
        format!(
            "<w:p>{}<w:r><mc:AlternateContent><mc:Choice>{box_}</mc:Choice><mc:Fallback>{box_}</mc:Fallback>\
             </mc:AlternateContent></w:r></w:p>",
            run("", "See the box.")
        ),
        paragraph("Fees are listed below."),
    ])
    .with_footnotes(&footnote("Fees must be paid by 20 May 2027."));
    let events = extracted(&document.packed());
    let starts: Vec<_> = told(&events).into_iter().map(|told| told.0).collect();
    assert_eq!(starts, ["2027-03-01", "2027-04-01", "2027-06-01", "2027-05-20"], "{events:#}");
    assert_eq!(events[1]["standards"][0], "GB/T 7588-2020");
}

#[test]
fn a_document_says_when_it_was_written() {
    let text = [paragraph("The round table on kettles takes place on 14 March in Leuven.")];
    let of = |created: &str, modified: &str, more: &str| {
        extracted(&Docx::of(&text).with_dates(created, modified, more).packed())
    };
    let events = of("2021-02-01T08:00:00Z", "2021-02-03T08:00:00Z", "");
    assert_eq!((told(&events)[0].0.as_str(), &events[0]["year_guessed"]), ("2021-03-14", &Value::Bool(false)));
    // Last year's notice, changed for this year; and the properties of a program's own template.
    for events in [
        of("2019-02-01T08:00:00Z", "2021-02-03T08:00:00Z", ""),
        of("2013-12-23T23:15:00Z", "2013-12-23T23:15:00Z", "<dc:description>generated by python-docx</dc:description>"),
    ] {
        assert_eq!(events[0]["year_guessed"], true, "{events:#}");
    }
    // Who gives it knows better.
    let document = Docx::of(&text).with_dates("2021-02-01T08:00:00Z", "2021-02-01T08:00:00Z", "").packed();
    let ran = Office::empty().run_with_input(&["extract", "-", "--json", "--written", "2019-02-01"], &document);
    assert_eq!(told(&proposals(&ran))[0].0, "2019-03-14");
}

#[test]
fn a_document_is_known_by_its_content_whatever_its_name_and_kept_as_drafts_once() {
    let office = Office::new();
    let document = Docx::of(&[paragraph("The Fire Door Forum was held in Turin on 3 May 2021.")]).packed();
    office.write("notice.txt", &document);
    office.write("notice.docx", "The Fire Door Fair was held in Turin on 4 May 2021.");
    let added = office.json(&["extract", "notice.txt", "--add-drafts"]);
    assert_told(&added, &[("2021-05-03", "", "forum", "Fire Door Forum")]);
    assert!(office.ok(&["extract", "notice.txt", "--add-drafts"]).contains("Nothing new. 1 is known already."));
    assert_eq!(told(&office.json(&["extract", "notice.docx"]))[0].0, "2021-05-04");
    // A form is said of texts.
    assert_eq!(told(&office.json(&["extract", "notice.txt", "--format", "text"])).len(), 0);
}

/// What is no document that can be read, and what helps.
#[test]
fn documents_that_can_not_be_read_are_refused_with_what_helps() {
    let office = Office::empty();
    let good = Docx::of(&[paragraph("The Fire Door Forum was held in Turin on 3 May 2021.")]).packed();
    let archive = |names: &[(&str, &str)]| docx::zip(names.iter().map(|(name, text)| (*name, text.as_bytes())));
    let compound = |name: &str| {
        let mut octets = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
        octets.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
        octets
    };
    let mut locked = good.clone();
    docx::mark_encrypted(&mut locked);
    for (name, octets, part) in [
        ("cut.docx", good[..good.len() * 2 / 3].to_vec(), "broken or cut off"),
        ("broken.docx", archive(&[("word/document.xml", "<w:document><w:body><w:p>")]), "broken or cut off"),
        ("nothing.docx", archive(&[("word/document.xml", "")]), "broken or cut off"),
        ("empty.docx", Docx::of(&[paragraph(" ")]).packed(), "no text in it"),
        ("locked.docx", compound("EncryptedPackage"), "password"),
        ("locked-zip.docx", locked, "password"),
        ("old.doc", compound("WordDocument"), "save it as .docx"),
        ("old.xls", compound("Workbook"), "old Office file"),
        ("list.xlsx", archive(&[("xl/workbook.xml", "<x/>")]), "Excel workbook"),
        ("talk.pptx", archive(&[("ppt/presentation.xml", "<x/>")]), "PowerPoint"),
        ("text.odt", archive(&[("mimetype", "application/vnd.oasis.opendocument.text")]), "OpenDocument"),
        ("book.epub", archive(&[("mimetype", "application/epub+zip")]), "e-book"),
        ("texts.zip", archive(&[("a.txt", "Held on 3 May 2021.")]), "zip archive"),
        ("none.zip", archive(&[]), "zip archive"),
        ("text.rtf", b"{\\rtf1 Held on 3 May 2021.}".to_vec(), "RTF"),
        ("large.docx", [b"PK\x03\x04".to_vec(), vec![b' '; 33 << 20]].concat(), "larger than 32 MB"),
    ] {
        office.write(name, octets);
        let error = office.fails(&["extract", name], 1);
        assert!(error.contains(part) && error.contains(name), "{name}: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

/// 1 GB of spaces in 1 MB, which says of itself that it is small.
#[test]
fn a_zip_bomb_is_stopped_in_time() {
    let begun = Instant::now();
    let ran = Office::empty().run_with_input(&["extract", "-"], &docx::bomb(1024));
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("holds too much") || ran.stderr.contains("broken or cut off"), "{}", ran.stderr);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[test]
fn elements_in_elements_without_end_are_read_in_time() {
    let deep =
        format!("{}{}{}", "<w:sdt>".repeat(200_000), paragraph("Held on 3 May 2021."), "</w:sdt>".repeat(200_000));
    let begun = Instant::now();
    assert_eq!(extracted(&Docx::of(&[deep]).packed()).as_array().unwrap().len(), 1);
    let tables = Docx::of(&["<w:tbl><w:tr><w:tc>".repeat(50_000) + &"</w:tc></w:tr></w:tbl>".repeat(50_000)]).packed();
    let ran = Office::empty().run_with_input(&["extract", "-"], &tables);
    assert!(matches!(ran.code, 0 | 1), "{}", ran.stderr);
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}

#[test]
fn whatever_is_broken_in_a_document_of_word_ends_in_a_sentence() {
    let document = Docx::of(&[
        paragraph("The Fire Door Forum was held in Turin on 3 May 2021."),
        table(&[row(&[cell("What"), cell("When")]), row(&[cell("Submission"), cell("15 January 2027")])]),
    ])
    .with_dates("2021-02-01T08:00:00Z", "2021-02-01T08:00:00Z", "")
    .stored();
    assert_mutants_end_well(&document, 200);
}

/// Runs many spoilt copies of a document: each is read, or refused with one sentence.
fn assert_mutants_end_well(document: &[u8], count: u64) {
    std::thread::scope(|scope| {
        for worker in 0..4 {
            scope.spawn(move || {
                let office = Office::empty();
                for seed in (worker..count).step_by(4) {
                    let mutant = mutated(document, seed);
                    let ran = office.run_with_input(&["extract", "-", "--json"], &mutant);
                    let is_well = match ran.code {
                        0 => serde_json::from_str::<Value>(&ran.stdout).is_ok(),
                        1 => ran.stderr.starts_with("error: ") && ran.stderr.trim_end().lines().count() == 1,
                        _ => false,
                    };
                    assert!(is_well, "mutant {seed}: {:?} {}", ran.code, ran.stderr);
                }
            });
        }
    });
}

/// A few octets changed, taken out, doubled or cut off, the same for the same seed.
fn mutated(document: &[u8], seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut below = |most: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % most.max(1) as u64) as usize
    };
    let mut octets = document.to_vec();
    for _ in 0..=below(8) {
        // What it is stays to be seen.
        let at = 8 + below(octets.len().saturating_sub(16));
        let end = (at + 1 + below(40)).min(octets.len());
        match below(6) {
            0 => octets.truncate(at.max(octets.len() / 2)),
            1 => drop(octets.drain(at..end)),
            2 => octets.splice(at..at, document[..end.min(document.len())].to_vec()[end / 2..].to_vec()).for_each(drop),
            3 => octets[at] = 0xff,
            _ => octets[at] ^= 1 << below(8),
        }
    }
    octets
}

#[test]
fn an_announcement_in_a_pdf_is_read_with_its_heading_its_wrapped_lines_and_its_table() {
    let page = vec![
        set("F2", 18, 72, 770, "Call for Papers: Conference on Harbour Safety"),
        at(72, 740, "The Forum on Quay Walls will be held in Bergen, Norway, from 14 to 16 June"),
        at(72, 726, "2027. It is the fifth of its kind, and again open to all who keep har-"),
        at(72, 712, "bours."),
        // As many programs draw it: column by column.
        at(72, 660, "Milestone"),
        at(72, 645, "Submission of abstracts"),
        at(72, 630, "Notification of acceptance"),
        at(350, 660, "Date"),
        at(350, 645, "15 January 2027"),
        at(350, 630, "1 March 2027"),
        raw("BT /F1 11 Tf 1 0 0 1 72 600 Tm (\\225 Final papers due: 30 April 2027) Tj ET\n"),
    ];
    let events = extracted(&pdf(&[page], "", &[]));
    assert_told(
        &events,
        &[
            ("2027-06-14", "2027-06-16", "forum", "Forum on Quay Walls"),
            ("2027-01-15", "", "deadline", "Conference on Harbour Safety: submission of abstracts"),
            ("2027-03-01", "", "other", "Conference on Harbour Safety: notification of acceptance"),
            ("2027-04-30", "", "deadline", "Conference on Harbour Safety: final papers due"),
        ],
    );
    assert_eq!(events[0]["location"], "Bergen, Norway");
    assert_eq!(events[1]["source_text"], "Submission of abstracts | 15 January 2027");
}

#[test]
fn a_chinese_notice_in_a_pdf_is_read_across_its_wrapped_lines() {
    let page = vec![
        chinese(18, 150, 770, "关于召开标准周会议的通知"),
        chinese(12, 72, 735, "各有关单位："),
        chinese(12, 96, 715, "全国信息安全标准化技术委员会将会同各有关单位和专家，定于2027年1月12日"),
        chinese(12, 72, 695, "至14日在北京召开标准周会议。"),
        chinese(12, 72, 665, "标准编号"),
        chinese(12, 220, 665, "标准名称"),
        chinese(12, 450, 665, "实施日期"),
        chinese(12, 72, 645, "GB/T 35273-2020"),
        chinese(12, 220, 645, "个人信息安全规范"),
        chinese(12, 450, 645, "2027-03-01"),
        chinese(12, 420, 600, "2026年11月10日"),
    ];
    let events = extracted(&pdf(&[page], "", &[]));
    assert_told(
        &events,
        &[
            ("2027-01-12", "2027-01-14", "meeting", "标准周会议"),
            ("2027-03-01", "", "effective-date", "GB/T 35273-2020《个人信息安全规范》实施"),
        ],
    );
    assert_eq!(events[1]["standards"][0], "GB/T 35273-2020");
}

#[test]
fn two_columns_of_a_pdf_are_read_one_after_the_other() {
    let left = [
        "The Council met in the old town hall and",
        "spoke of locks for a long time. After that",
        "everybody went to the canal and looked at",
        "its gates, which are of the last century",
        "but one. The Forum on Lock Gates will be",
        "held in Utrecht on 3 May 2027, with guests",
        "from many countries. Whoever wants to see",
        "the gates is welcome on every working day.",
        "Nobody has to write before he comes there.",
    ];
    let right = [
        "A second report is about the bridges of",
        "the province, most of which were painted",
        "in the past year. The money for it came",
        "from the state. The Congress on Bridges",
        "takes place in Breda on 7 June 2027, and",
        "everybody who has painted one may come",
        "and tell of it. There will be soup for",
        "all who come, and a boat takes them back",
        "to the station when the evening is over.",
    ];
    let mut page = Vec::new();
    for (row, (left, right)) in left.iter().zip(right).enumerate() {
        let y = 700 - 14 * row as u32;
        page.extend([at(60, y, left), at(320, y, right)]);
    }
    assert_told(
        &extracted(&pdf(&[page], "", &[])),
        &[("2027-05-03", "", "forum", "Forum on Lock Gates"), ("2027-06-07", "", "forum", "Congress on Bridges")],
    );
}

#[test]
fn what_stands_at_the_head_and_foot_of_each_page_is_told_once_and_numbers_of_pages_are_no_dates() {
    let page = |number: u32, text: &str| {
        vec![
            at(72, 800, "Journal of Locks, 5 January 2026"),
            at(72, 700, text),
            at(72, 686, "Nothing else was said about it on this day."),
            at(280, 40, &format!("Page {number} of 4")),
        ]
    };
    let pages = [
        page(1, "The Forum on Lock Gates will be held in Utrecht on 3 May 2027."),
        page(2, "The Congress on Bridges takes place in Breda on 7 June 2027."),
        page(3, "Comments on the plan for weirs are due by 9 July 2027."),
        vec![
            raw("/Artifact BMC\n"),
            at(72, 400, "Made on 1 January 2025"),
            raw("EMC\n"),
            at(72, 300, "End of it all."),
        ],
    ];
    let events = extracted(&pdf(&pages, "", &[]));
    let starts: Vec<_> = told(&events).into_iter().map(|told| told.0).collect();
    assert_eq!(starts, ["2026-01-05", "2027-05-03", "2027-06-07", "2027-07-09"], "{events:#}");
}

#[test]
fn a_pdf_says_when_it_was_made() {
    let page = || vec![vec![at(72, 700, "The round table on kettles takes place on 14 March in Leuven.")]];
    let made = |date: &str| extracted(&pdf(&page(), "/Info 100 0 R", &[format!("<< /CreationDate (D:{date}) >>")]));
    let events = made("20210201080000+02'00'");
    assert_eq!((told(&events)[0].0.as_str(), &events[0]["year_guessed"]), ("2021-03-14", &Value::Bool(false)));
    assert_eq!(made("yesterday")[0]["year_guessed"], true);
}

#[test]
fn pdfs_without_text_for_us_are_refused_with_what_helps() {
    let office = Office::empty();
    let page = || vec![at(72, 700, "The Fire Door Forum was held in Turin on 3 May 2021.")];
    let good = pdf(&[page()], "", &[]);
    let image = "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray \
                 /Length 1 >>\nstream\n0\nendstream";
    let locked = "<< /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20> \
                  /U <2122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f40> >>";
    for (name, octets, part) in [
        ("cut.pdf", good[..good.len() / 3].to_vec(), "broken or cut off"),
        ("head.pdf", b"%PDF-1.7".to_vec(), "broken or cut off"),
        (
            "scan.pdf",
            pdf(&[vec![raw("q 500 0 0 800 0 0 cm /Im1 Do Q\n")]], "", &[image.into()]),
            "it is a picture of pages",
        ),
        ("empty.pdf", pdf(&[vec![]], "", &[]), "no text in it"),
        (
            "letters.pdf",
            pdf(&[vec![raw("BT /F4 12 Tf 72 700 Td <00010002000300040005> Tj ET\n")]], "", &[]),
            "letters of this PDF",
        ),
        ("locked.pdf", pdf(&[page()], "/Encrypt 100 0 R /ID [<00> <00>]", &[locked.into()]), "password"),
        ("large.pdf", [b"%PDF-1.7\n".to_vec(), vec![b' '; 33 << 20]].concat(), "larger than 32 MB"),
    ] {
        office.write(name, octets);
        let error = office.fails(&["extract", name], 1);
        assert!(error.contains(part) && error.contains(name), "{name}: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

/// A form that shows itself, pages that are their own parents, and a stream that unpacks to a gigabyte.
#[test]
fn a_pdf_without_end_is_stopped_in_time() {
    let begun = Instant::now();
    let form = "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /Im1 100 0 R >> >> /Length 42 \
                >>\nstream\n/Im1 Do /Im1 Do /Im1 Do /Im1 Do /Im1 Do   \nendstream";
    let itself = pdf(&[vec![raw("/Im1 Do\n"), at(72, 700, "Held on 3 May 2021 in Turin.")]], "", &[form.into()]);
    let circle = String::from_utf8_lossy(&pdf(&[vec![]], "", &[]))
        .replace("/Kids [10 0 R ]", "/Kids [2 0 R 2 0 R]")
        .into_bytes();
    for document in [itself, circle, pdf::bomb(1024)] {
        let ran = Office::empty().run_with_input(&["extract", "-"], &document);
        assert!(matches!(ran.code, 0 | 1), "{}", ran.stderr);
    }
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}

#[test]
fn whatever_is_broken_in_a_pdf_ends_in_a_sentence() {
    let page = vec![
        at(72, 700, "The Fire Door Forum was held in Turin on 3 May 2021."),
        chinese(12, 72, 680, "定于2027年1月12日在北京召开标准周会议。"),
    ];
    assert_mutants_end_well(&pdf(&[page], "/Info 100 0 R", &["<< /CreationDate (D:20210201) >>".into()]), 200);
}
