//! A sheet of any octets in a good workbook, and a workbook of any octets. What the library does with them ends in the
//! process apart, so its panics are let by; what reads the answer may not panic.
#![no_main]

use std::io::{Cursor, Write};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use kalends::domain::zone::Zone;
use kalends::intake::workbook::{self, Workbook};
use kalends::intake::{self, Preset};
use libfuzzer_sys::fuzz_target;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

fn packed(sheet: &[u8]) -> Vec<u8> {
    let root = format!("<Relationships><Relationship Id='r1' Type='{RELATIONS}/officeDocument' Target='xl/workbook.xml'/></Relationships>");
    let list = "<workbook><sheets><sheet name='A' sheetId='1' r:id='r1'/></sheets></workbook>";
    let targets = format!("<Relationships><Relationship Id='r1' Type='{RELATIONS}/worksheet' Target='worksheets/sheet1.xml'/></Relationships>");
    let styles = "<styleSheet><cellXfs count='2'><xf numFmtId='0'/><xf numFmtId='22'/></cellXfs></styleSheet>";
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in [
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", list.as_bytes()),
        ("xl/_rels/workbook.xml.rels", targets.as_bytes()),
        ("xl/styles.xml", styles.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet),
    ] {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        zip.start_file(name, options).unwrap();
        zip.write_all(part).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn answer(octets: &[u8]) -> Option<Vec<u8>> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let hook = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let is_theirs = info.location().is_some_and(|place| place.file().contains("registry"));
            if !is_theirs {
                hook(info);
            }
        }));
    });
    let mut answer = Vec::new();
    let tell = |line: &workbook::Line| {
        serde_json::to_writer(&mut answer, line)?;
        answer.push(b'\n');
        Ok::<_, serde_json::Error>(())
    };
    let told = panic::catch_unwind(AssertUnwindSafe(|| workbook::tell(octets, tell)));
    matches!(told, Ok(Ok(()))).then_some(answer)
}

fuzz_target!(|octets: &[u8]| {
    let heading = "<worksheet><sheetData><row r='1'><c t='str'><v>kind</v></c><c t='str'><v>title</v></c>\
                   <c t='str'><v>start</v></c><c t='str'><v>time</v></c></row>";
    let sheet = [heading.as_bytes(), octets, b"</sheetData></worksheet>"].concat();
    for book in [packed(&sheet), octets.to_vec()] {
        let Some(answer) = answer(&book) else { continue };
        if let Ok(book) = Workbook::of_answer(&answer) {
            let _ = intake::read_workbook(book, &Preset::default(), &Zone::utc());
        }
        if let Ok(book) = Workbook::of_answer(&answer) {
            let _ = intake::subscribers::read_workbook(book);
        }
    }
    let _ = Workbook::of_answer(octets);
});
