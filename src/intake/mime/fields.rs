//! Lines of `Name: value`, as in the head of a message (RFC 5322 section 2.2) and in the parts of reports.

/// Fields in the order given, their continuation lines joined by a space.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads up to the first empty line, or to the end. Lines that are no fields are passed over.
    pub fn read(octets: &[u8]) -> Self {
        Self::read_block(&mut octets.split(|octet| *octet == b'\n'))
    }

    /// The blocks between empty lines.
    pub fn blocks(text: &[u8]) -> Vec<Self> {
        let mut lines = text.split(|octet| *octet == b'\n').peekable();
        let mut blocks = Vec::new();
        while lines.peek().is_some() {
            let block = Self::read_block(&mut lines);
            if !block.0.is_empty() {
                blocks.push(block);
            }
        }
        blocks
    }

    fn read_block<'a>(lines: &mut impl Iterator<Item = &'a [u8]>) -> Self {
        let mut fields: Vec<(String, String)> = Vec::new();
        for line in lines {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.iter().all(u8::is_ascii_whitespace) {
                break;
            }
            let text = String::from_utf8_lossy(line);
            if line[0].is_ascii_whitespace() {
                if let Some((_, value)) = fields.last_mut() {
                    value.push(' ');
                    value.push_str(text.trim());
                }
            } else if let Some((name, value)) = text.split_once(':') {
                fields.push((name.trim().to_owned(), value.trim().to_owned()));
            }
        }
        Self(fields)
    }

    pub fn first(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}
