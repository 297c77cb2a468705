use std::process::ExitCode;

use kalends::cli::{self, Failure};
use kalends::private;
use mimalloc::MiMalloc;

/// That of the C library takes a fifth of an import's time, and gives little back of what a daemon once had.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    if let Some(code) = cli::answer_shell() {
        return code;
    }
    let cli = match cli::parse() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    if cli.is_confined() {
        return cli::run_confined(&cli);
    }
    private::make_files_private();
    let is_json = cli.is_json();
    let result =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::from).and_then(|runtime| {
            let result = runtime.block_on(cli::run(cli));
            // A look-up of a name that hangs must not hold the exit up.
            runtime.shutdown_background();
            result
        });
    cli::end(result, is_json)
}
