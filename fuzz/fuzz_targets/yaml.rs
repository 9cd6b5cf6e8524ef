//! Whatever way a text goes, the quick one or the library's, it gives the same tree, places included,
//! or the same error.
//!
//! `cargo +nightly fuzz run yaml -- -max_total_time=600`

#![no_main]

use arcstr::ArcStr;
use crustomize::source::SourceId;
use crustomize::yaml::parse::{Chunk, parse, parse_fully};
use crustomize::yaml::resolve::Dialect;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let text = ArcStr::from(text);
    for dialect in [Dialect::V3, Dialect::V2] {
        let chunk = Chunk::whole(&text, SourceId(0));
        match (parse(chunk, dialect), parse_fully(chunk, dialect)) {
            (Ok(quick), Ok(full)) => assert_eq!(quick, full),
            (Err(quick), Err(full)) => assert_eq!(quick.to_string(), full.to_string()),
            (quick, full) => panic!("one is refused: {quick:?} {full:?}"),
        }
    }
});
