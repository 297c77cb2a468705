//! `kalends completions` and `kalends man`

use clap::CommandFactory;

use super::output::print;
use super::{Cli, Done};

pub fn completions(shell: clap_complete::Shell) -> Done {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "kalends", &mut script);
    print(&String::from_utf8_lossy(&script))
}

pub fn man() -> Done {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut page)?;
    print(&String::from_utf8_lossy(&page))
}
