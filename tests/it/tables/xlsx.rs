//! Small workbooks, made as Excel makes them.

use crate::documents::docx::zip;

/// Styles of cells: 1 shows a day, 2 a day and a time, 3 a time.
const STYLES: &str = "<styleSheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'>\
    <numFmts count='1'><numFmt numFmtId='164' formatCode='yyyy\\-mm\\-dd\\ hh:mm'/></numFmts>\
    <cellXfs count='4'><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='164'/><xf numFmtId='20'/></cellXfs></styleSheet>";

pub fn text(place: &str, text: &str) -> String {
    format!("<c r='{place}' t='inlineStr'><is><t>{text}</t></is></c>")
}

pub fn number(place: &str, style: usize, value: f64) -> String {
    format!("<c r='{place}' s='{style}'><v>{value}</v></c>")
}

/// Cells of texts from the first column on.
pub fn texts(row: usize, cells: &[&str]) -> String {
    let cells = cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty());
    let cells: String = cells.map(|(n, cell)| text(&format!("{}{row}", (b'A' + n as u8) as char), cell)).collect();
    format!("<row r='{row}'>{cells}</row>")
}

pub fn row(row: usize, attributes: &str, cells: &[String]) -> String {
    format!("<row r='{row}' {attributes}>{}</row>", cells.concat())
}

#[derive(Default)]
pub struct Workbook {
    /// Name, what is said of it, and what it holds.
    sheets: Vec<(&'static str, &'static str, String)>,
    is_1904: bool,
}

impl Workbook {
    pub fn of(rows: &[String]) -> Self {
        Self::default().with("Sheet1", "", rows, "")
    }

    pub fn with(mut self, name: &'static str, state: &'static str, rows: &[String], behind: &str) -> Self {
        let sheet = format!(
            "<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><dimension ref='A1:XFD1048576'/>\
             <sheetData>{}</sheetData>{behind}</worksheet>",
            rows.concat()
        );
        self.sheets.push((name, state, sheet));
        self
    }

    pub fn since_1904(self) -> Self {
        Self { is_1904: true, ..self }
    }

    pub fn packed(&self) -> Vec<u8> {
        let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let relations = |body: String| {
            format!(
                "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>{body}</Relationships>"
            )
        };
        let (mut list, mut targets) = (String::new(), String::new());
        for (n, (name, state, _)) in self.sheets.iter().enumerate() {
            list.push_str(&format!("<sheet name='{name}' sheetId='{0}' {state} r:id='rId{0}'/>", n + 1));
            targets.push_str(&format!(
                "<Relationship Id='rId{0}' Type='{kind}/worksheet' Target='worksheets/sheet{0}.xml'/>",
                n + 1
            ));
        }
        let date1904 = if self.is_1904 { "<workbookPr date1904='1'/>" } else { "" };
        let workbook = format!(
            "<workbook xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main' xmlns:r='{kind}'>{date1904}\
             <sheets>{list}</sheets></workbook>"
        );
        let root =
            relations(format!("<Relationship Id='rId1' Type='{kind}/officeDocument' Target='xl/workbook.xml'/>"));
        let mut parts = vec![
            ("[Content_Types].xml".to_owned(), "<Types/>".to_owned()),
            ("_rels/.rels".into(), root),
            ("xl/workbook.xml".into(), workbook),
            ("xl/_rels/workbook.xml.rels".into(), relations(targets)),
            ("xl/styles.xml".into(), STYLES.into()),
        ];
        for (n, (.., sheet)) in self.sheets.iter().enumerate() {
            parts.push((format!("xl/worksheets/sheet{}.xml", n + 1), sheet.clone()));
        }
        zip(parts.iter().map(|(name, part)| (name.as_str(), part.as_bytes())))
    }
}
