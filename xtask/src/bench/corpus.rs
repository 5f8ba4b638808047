//! The file that is opened and searched.

use std::path::{Path, PathBuf};

use super::Place;
use crate::command::{Context, Failure, Outcome};
use crate::r#gen::{self, Kind};
use crate::say;

/// The seed of the corpus: the one of `cargo xtask gen`.
const SEED: u64 = 20_260_301;

/// The corpus, made when it is not there.
pub(super) fn file(place: &Place, lines: u64) -> Outcome<PathBuf> {
    let file = place.folder.join(format!("corpus-{lines}.jsonl"));
    if !file.is_file() {
        say::step(format_args!("making {} (once)", file.display()));
        let half = place.folder.join("corpus-half");
        r#gen::write_file(Kind::Jsonl, lines, SEED, &half)?;
        // It is no loss when it has to be made again.
        #[expect(
            clippy::disallowed_methods,
            reason = "nothing that must survive a crash"
        )]
        std::fs::rename(&half, &file).context(file.display())?;
    }
    Ok(file)
}

/// Reads the file once, so that nobody has to wait for the disk; its size.
pub(super) fn warm(file: &Path) -> Outcome<u64> {
    let mut open = std::fs::File::open(file).context(file.display())?;
    let size = std::io::copy(&mut open, &mut std::io::sink()).context(file.display())?;
    if size == 0 {
        return Err(Failure::new(format!("{} is empty", file.display())));
    }
    Ok(size)
}
