//! A table, row by row, on its way into HTML.

/// No table that people read has more columns.
const MOST_COLUMNS: usize = 60;

#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Row>,
    row: Vec<Cell>,
    cell: Option<Cell>,
    /// By column, what cells that reach down say.
    above: Vec<String>,
    pub row_is_head: bool,
    /// A change that somebody tracked took the row away.
    pub row_is_deleted: bool,
}

#[derive(Debug)]
struct Row {
    cells: Vec<Cell>,
    is_head: bool,
}

#[derive(Debug, Default)]
struct Cell {
    html: String,
    columns: usize,
    goes_on: bool,
}

impl Table {
    pub fn open_row(&mut self) {
        self.row.clear();
        self.row_is_head = false;
        self.row_is_deleted = false;
    }

    pub fn open_cell(&mut self) {
        self.cell = Some(Cell { columns: 1, ..Cell::default() });
    }

    pub fn span(&mut self, columns: usize) {
        if let Some(cell) = &mut self.cell {
            cell.columns = columns.clamp(1, MOST_COLUMNS);
        }
    }

    /// The cell says what the one above it does.
    pub fn go_on(&mut self) {
        if let Some(cell) = &mut self.cell {
            cell.goes_on = true;
        }
    }

    /// A paragraph of the open cell.
    pub fn write(&mut self, html: &str) {
        let Some(cell) = self.cell.as_mut().filter(|_| !html.trim().is_empty()) else { return };
        if !cell.html.is_empty() {
            cell.html.push_str("<br>");
        }
        cell.html.push_str(html.trim());
    }

    pub fn close_cell(&mut self) {
        let Some(mut cell) = self.cell.take() else { return };
        let column: usize = self.row.iter().map(|cell| cell.columns).sum();
        if column >= MOST_COLUMNS {
            return;
        }
        if self.above.len() <= column {
            self.above.resize(column + 1, String::new());
        }
        if let Some(above) = self.above.get_mut(column) {
            match cell.goes_on {
                true => cell.html.clone_from(above),
                false => above.clone_from(&cell.html),
            }
        }
        self.row.push(cell);
    }

    pub fn close_row(&mut self) {
        let row = std::mem::take(&mut self.row);
        if self.row_is_deleted || row.is_empty() {
            return;
        }
        self.rows.push(Row { cells: row, is_head: self.row_is_head });
    }

    /// As a block of its own.
    pub fn finish(self) -> String {
        let mut html = "<table>\n".to_owned();
        for row in self.rows {
            let name = if row.is_head { "th" } else { "td" };
            html.push_str("<tr>");
            for Cell { html: text, columns, .. } in row.cells {
                match columns {
                    1 => html.push_str(&format!("<{name}>{text}</{name}>")),
                    columns => html.push_str(&format!("<{name} colspan={columns}>{text}</{name}>")),
                }
            }
            html.push_str("</tr>\n");
        }
        html + "</table>"
    }

    /// As a part of another table's cell: a line a row.
    pub fn finish_inside(self) -> String {
        let row = |row: Row| row.cells.into_iter().map(|cell| cell.html).collect::<Vec<_>>().join(" ");
        self.rows.into_iter().map(row).collect::<Vec<_>>().join("<br>")
    }
}
