use std::process::ExitCode;

use mimalloc::MiMalloc;

/// That of the C library takes a fifth of an import's time, and gives little back of what a daemon once had.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// All of it is in the library, the runtime too: what is awaited here would be compiled a second time, for minutes.
fn main() -> ExitCode {
    kalends::cli::main()
}
