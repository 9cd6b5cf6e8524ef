//! Texts inside a kustomization file: read so that their spans point into that file.

use arcstr::ArcStr;

use crate::accumulate::Build;
use crate::decode::Spanned;
use crate::error::Result;
use crate::resource::Resource;
use crate::resource::read::read_resources_at;
use crate::timings::Phase;
use crate::yaml::documents::Position;

/// Reads the resources of an inline text.
///
/// # Errors
/// When the text holds no resources; a path is such a text.
pub(super) fn read_inline(build: &Build<'_>, text: &Spanned<String>) -> Result<Vec<Resource>> {
    let _span = build.timings().span(Phase::Parse);
    let content = ArcStr::from(text.value.replace("\r\n", "\n"));
    read_resources_at(&content, position(build, text))
}

/// Where the first line of an inline text stands in its file.
pub(super) fn position(build: &Build<'_>, text: &Spanned<String>) -> Position {
    let span = text.span();
    let (line, column) = (span.line().saturating_sub(1) as usize, span.column().saturating_sub(1) as usize);
    let own = build.sources.line(span.source(), line).unwrap_or_default();
    let block = own.chars().nth(column).is_some_and(|first| matches!(first, '|' | '>'));
    if !block {
        return Position { source: span.source(), line, column };
    }
    let next = build.sources.line(span.source(), line + 1).unwrap_or_default();
    let indent = next.len() - next.trim_start_matches(' ').len();
    Position { source: span.source(), line: line + 1, column: indent }
}
