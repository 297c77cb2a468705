//! What a page shows, and where: its content's operators in turn (ISO 32000-1 sections 8 and 9).

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Document, Object, ObjectId};

use super::font::{Font, number};

/// What a page's content may unpack to.
const LARGEST_CONTENT: usize = 16 * 1024 * 1024;
/// So deep lie forms in forms, of which a page shows the innermost.
const DEEPEST: usize = 8;

/// A string that is shown, with the place of its baseline.
#[derive(Debug, Clone)]
pub struct Piece {
    pub x: f64,
    pub y: f64,
    pub end: f64,
    pub size: f64,
    pub is_bold: bool,
    /// How many quarter turns to the left.
    pub turn: u8,
    pub text: String,
}

type Matrix = [f64; 6];
const UPRIGHT: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// What comes first is done first.
fn joined(a: &Matrix, b: &Matrix) -> Matrix {
    [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    ]
}

/// Fonts of the whole document, read once.
pub struct Reader<'a> {
    document: &'a Document,
    /// The fonts' dictionaries without what names their encoding, as `Font` wants them.
    bare: &'a HashMap<*const Dictionary, Dictionary>,
    fonts: HashMap<*const Dictionary, Rc<Font<'a>>>,
    pub has_picture: bool,
    /// How many operators may yet be looked at.
    left: usize,
}

struct Resources<'a> {
    fonts: BTreeMap<Vec<u8>, &'a Dictionary>,
    forms: BTreeMap<Vec<u8>, &'a Object>,
}

struct State<'a> {
    place: Matrix,
    font: Option<Rc<Font<'a>>>,
    size: f64,
    between_letters: f64,
    between_words: f64,
    stretch: f64,
    leading: f64,
    rise: f64,
}

impl Clone for State<'_> {
    fn clone(&self) -> Self {
        Self { font: self.font.clone(), ..*self }
    }
}

impl<'a> Reader<'a> {
    pub fn new(document: &'a Document, bare: &'a HashMap<*const Dictionary, Dictionary>) -> Self {
        const MOST_OPERATORS: usize = 5_000_000;
        Self { document, bare, fonts: HashMap::new(), has_picture: false, left: MOST_OPERATORS }
    }

    /// None if what the page shows can't be unpacked.
    pub fn pieces(&mut self, page: ObjectId) -> Option<Vec<Piece>> {
        let content = self.document.get_page_content_with_limit(page, LARGEST_CONTENT).ok()?;
        let fonts = self.document.get_page_fonts(page).unwrap_or_default();
        let mut forms = BTreeMap::new();
        if let Ok((own, inherited)) = self.document.get_page_resources(page) {
            let inherited = inherited.into_iter().filter_map(|id| self.document.get_dictionary(id).ok());
            for resources in own.into_iter().chain(inherited) {
                self.add_forms(resources, &mut forms);
            }
        }
        let mut pieces = Vec::new();
        self.show(&content, &Resources { fonts, forms }, UPRIGHT, 0, &mut pieces);
        Some(pieces)
    }

    fn add_forms(&self, resources: &'a Dictionary, forms: &mut BTreeMap<Vec<u8>, &'a Object>) {
        let found = resources.get_deref(b"XObject", self.document).and_then(Object::as_dict);
        for (name, object) in found.iter().flat_map(|found| found.iter()) {
            if let Ok((_, object)) = self.document.dereference(object) {
                forms.entry(name.clone()).or_insert(object);
            }
        }
    }

    fn font(&mut self, dictionary: &'a Dictionary) -> Rc<Font<'a>> {
        let key = std::ptr::from_ref(dictionary);
        let bare = self.bare.get(&key).unwrap_or(dictionary);
        let document = self.document;
        Rc::clone(self.fonts.entry(key).or_insert_with(|| Rc::new(Font::of(dictionary, bare, document))))
    }

    fn show(
        &mut self,
        content: &[u8],
        resources: &Resources<'a>,
        place: Matrix,
        depth: usize,
        pieces: &mut Vec<Piece>,
    ) {
        let Ok(content) = Content::decode(content) else { return };
        let mut state = State {
            place,
            font: None,
            size: 0.0,
            between_letters: 0.0,
            between_words: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
        };
        let (mut kept, mut matrix, mut line) = (Vec::new(), UPRIGHT, UPRIGHT);
        // What is marked as no part of the text: lines of a page's head and foot.
        let mut marks: Vec<bool> = Vec::new();
        for Operation { operator, operands } in &content.operations {
            if self.left == 0 {
                return;
            }
            self.left -= 1;
            let document = self.document;
            let value = |at: usize| operands.get(at).and_then(|operand| number(operand, document)).unwrap_or_default();
            let values = || [value(0), value(1), value(2), value(3), value(4), value(5)];
            let mut next_line = |matrix: &mut Matrix, x: f64, y: f64| {
                line = joined(&[1.0, 0.0, 0.0, 1.0, x, y], &line);
                *matrix = line;
            };
            let mut shown: Option<&Object> = None;
            match operator.as_str() {
                "q" if kept.len() < 1000 => kept.push(state.clone()),
                "Q" => state = kept.pop().unwrap_or(state),
                "cm" => state.place = joined(&values(), &state.place),
                "BT" => {
                    matrix = UPRIGHT;
                    line = UPRIGHT;
                }
                "Tf" => {
                    let name = operands.first().and_then(|name| name.as_name().ok()).unwrap_or_default();
                    state.font = resources.fonts.get(name).copied().map(|font| self.font(font));
                    state.size = value(1);
                }
                "Tc" => state.between_letters = value(0),
                "Tw" => state.between_words = value(0),
                "Tz" => state.stretch = value(0) / 100.0,
                "TL" => state.leading = value(0),
                "Ts" => state.rise = value(0),
                "Tm" => {
                    line = values();
                    matrix = line;
                }
                "Td" => next_line(&mut matrix, value(0), value(1)),
                "TD" => {
                    state.leading = -value(1);
                    next_line(&mut matrix, value(0), value(1));
                }
                "T*" => next_line(&mut matrix, 0.0, -state.leading),
                "Tj" | "TJ" => shown = operands.first(),
                "'" => {
                    next_line(&mut matrix, 0.0, -state.leading);
                    shown = operands.first();
                }
                "\"" => {
                    state.between_words = value(0);
                    state.between_letters = value(1);
                    next_line(&mut matrix, 0.0, -state.leading);
                    shown = operands.get(2);
                }
                "BMC" | "BDC" => {
                    let name = operands.first().and_then(|name| name.as_name().ok());
                    marks.push(name == Some(b"Artifact"));
                }
                "EMC" => drop(marks.pop()),
                "BI" => self.has_picture = true,
                "Do" => {
                    let name = operands.first().and_then(|name| name.as_name().ok()).unwrap_or_default();
                    if let Some(form) = resources.forms.get(name) {
                        self.show_form(form, resources, &state.place, depth, pieces);
                    }
                }
                _ => {}
            }
            let strings = match shown {
                Some(Object::Array(strings)) => strings.as_slice(),
                Some(one) => std::slice::from_ref(one),
                None => continue,
            };
            for string in strings {
                match string {
                    Object::String(octets, _) => {
                        let piece = state.write(octets, &mut matrix);
                        pieces.extend(piece.filter(|_| !marks.contains(&true)));
                    }
                    space => {
                        let back = number(space, document).unwrap_or_default() / 1000.0 * state.size * state.stretch;
                        matrix = joined(&[1.0, 0.0, 0.0, 1.0, -back, 0.0], &matrix);
                    }
                }
            }
        }
    }

    fn show_form(
        &mut self,
        form: &'a Object,
        page: &Resources<'a>,
        place: &Matrix,
        depth: usize,
        pieces: &mut Vec<Piece>,
    ) {
        let Ok(form) = form.as_stream() else { return };
        if form.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Image") {
            self.has_picture = true;
            return;
        }
        let Ok(content) = form.get_plain_content_with_limit(LARGEST_CONTENT) else { return };
        if depth >= DEEPEST {
            return;
        }
        let matrix = form.dict.get_deref(b"Matrix", self.document).and_then(Object::as_array);
        let matrix: Vec<f64> =
            matrix.iter().flat_map(|list| list.iter()).filter_map(|value| number(value, self.document)).collect();
        let matrix = <Matrix>::try_from(matrix).unwrap_or(UPRIGHT);
        let mut resources = Resources { fonts: page.fonts.clone(), forms: page.forms.clone() };
        if let Ok(own) = form.dict.get_deref(b"Resources", self.document).and_then(Object::as_dict) {
            let fonts = own.get_deref(b"Font", self.document).and_then(Object::as_dict);
            let fonts = fonts.iter().flat_map(|fonts| fonts.iter());
            resources.fonts.extend(fonts.filter_map(|(name, font)| {
                Some((name.clone(), self.document.dereference(font).ok()?.1.as_dict().ok()?))
            }));
            let mut forms = BTreeMap::new();
            self.add_forms(own, &mut forms);
            resources.forms.extend(forms);
        }
        self.show(&content, &resources, joined(&matrix, place), depth + 1, pieces);
    }
}

impl State<'_> {
    /// A string at a place, which goes on by its width.
    fn write(&self, octets: &[u8], matrix: &mut Matrix) -> Option<Piece> {
        let glyphs = self.font.as_ref()?.glyphs(octets);
        let start = joined(&joined(&[1.0, 0.0, 0.0, 1.0, 0.0, self.rise], matrix), &self.place);
        let mut width = 0.0;
        let mut text = String::new();
        for glyph in &glyphs {
            let space = if glyph.is_space { self.between_words } else { 0.0 };
            width += (glyph.width * self.size + self.between_letters + space) * self.stretch;
            text.push_str(&glyph.text);
        }
        *matrix = joined(&[1.0, 0.0, 0.0, 1.0, width, 0.0], matrix);
        let end = joined(matrix, &self.place);
        let size = self.size.abs() * start[2].hypot(start[3]);
        let turn = match (start[0].abs() >= start[1].abs(), start[0] + start[1] > 0.0) {
            (true, true) => 0,
            (false, true) => 1,
            (true, false) => 2,
            (false, false) => 3,
        };
        // Upright, as whoever turns the page sees it.
        let place = |at: &Matrix| match turn {
            0 => (at[4], at[5]),
            1 => (at[5], -at[4]),
            2 => (-at[4], -at[5]),
            _ => (-at[5], at[4]),
        };
        let ((x, y), (end, _)) = (place(&start), place(&end));
        let is_somewhere = [x, y, end, size].iter().all(|value| value.is_finite()) && size > 0.1;
        let is_bold = self.font.as_ref().is_some_and(|font| font.is_bold);
        (is_somewhere && !text.is_empty()).then_some(Piece { x, y, end: end.max(x), size, is_bold, turn, text })
    }
}
