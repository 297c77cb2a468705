//! What could not be read, or not as it was meant.

/// Something wrong in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The physical line, from 1.
    pub line: u64,
    /// One plain sentence: what is wrong, and what would be right or was done instead.
    pub reason: String,
    /// An event is not read for it; otherwise it is read all the same.
    pub rejected: bool,
}

/// More of a kind than anybody will read. A file of junk must not become a longer list of problems.
const MOST: usize = 10_000;

#[derive(Debug, Default)]
pub struct Problems {
    rejected: Vec<Problem>,
    noted: Vec<Problem>,
    unlisted: u64,
}

impl Problems {
    /// An event is not read.
    pub fn reject(&mut self, line: u64, reason: String) {
        let is_full = self.rejected.len() >= MOST;
        self.push(is_full, Problem { line, reason, rejected: true });
    }

    /// Something is not quite as the file has it.
    pub fn note(&mut self, line: u64, reason: String) {
        let is_full = self.noted.len() >= MOST;
        self.push(is_full, Problem { line, reason, rejected: false });
    }

    fn push(&mut self, is_full: bool, problem: Problem) {
        match (is_full, problem.rejected) {
            (true, _) => self.unlisted += 1,
            (false, true) => self.rejected.push(problem),
            (false, false) => self.noted.push(problem),
        }
    }

    /// In the order of the file.
    pub fn into_list(self) -> Vec<Problem> {
        let mut list = self.rejected;
        let rejected = list.len() >= MOST;
        list.extend(self.noted);
        list.sort_by_key(|problem| problem.line);
        if let (1.., Some(last)) = (self.unlisted, list.last()) {
            let reason = format!("there are {} more problems in the file, which are not listed", self.unlisted);
            list.push(Problem { line: last.line, reason, rejected });
        }
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_problems_has_an_end() {
        let mut problems = Problems::default();
        for line in (0..20_000).rev() {
            problems.note(line, String::new());
        }
        problems.reject(7, "an event".to_owned());
        let list = problems.into_list();
        assert_eq!(list.len(), 10_002);
        assert!(list.is_sorted_by_key(|problem| problem.line));
        assert!(list.iter().any(|problem| problem.rejected && problem.reason == "an event"));
        assert!(list.last().unwrap().reason.contains("10000 more problems"));
    }
}
