//! Patches and replacements: their texts, from files or inline, to transformers.

use arcstr::ArcStr;

use crate::accumulate::Layer;
use crate::accumulate::inline::{position, read_inline};
use crate::config::TransformerConfig;
use crate::decode::Spanned;
use crate::error::{Error, ErrorKind, Result, ResultExt};
use crate::kustomization::{Patch, Replacements};
use crate::resource::Selector;
use crate::source::Span;
use crate::timings::Phase;
use crate::transform::Transformer;
use crate::transform::patch::PatchTransformer;
use crate::transform::patch_json6902::PatchJson6902Transformer;
use crate::transform::patch_strategic_merge::PatchStrategicMergeTransformer;
use crate::transform::replacement::ReplacementTransformer;
use crate::yaml::documents::Position;

impl Layer<'_> {
    /// `patchesStrategicMerge`: each entry is a patch or, failing that, a file of patches.
    pub(super) fn strategic_merge_patches(&self, _: &TransformerConfig) -> Result<Vec<Box<dyn Transformer>>> {
        let entries = &self.kustomization.patches_strategic_merge;
        let Some(first) = entries.first() else { return Ok(Vec::new()) };
        Ok(vec![self.strategic_merge(entries, &Spanned::default(), first.span())?])
    }

    /// `patches`, each a transformer of its own.
    pub(super) fn patches(&self, _: &TransformerConfig) -> Result<Vec<Box<dyn Transformer>>> {
        self.kustomization.patches.iter().map(|patch| self.patch(patch)).collect()
    }

    /// `patchesJson6902`, each a transformer of its own.
    pub(super) fn json_patches(&self, _: &TransformerConfig) -> Result<Vec<Box<dyn Transformer>>> {
        let make = |patch: &Patch| {
            let place = patch.place.span();
            let Some(target) = patch.target.clone() else {
                let error = Error::new(ErrorKind::Patch, "a JSON patch needs a `target`").at(place);
                return Err(error.hint("say `target:` with `kind` and `name` of the resource to be patched"));
            };
            self.json_patch(&patch.path, &patch.patch, target, place)
        };
        self.kustomization.patches_json6902.iter().map(make).collect()
    }

    /// The transformer of an entry of `patches`.
    pub(super) fn patch(&self, patch: &Patch) -> Result<Box<dyn Transformer>> {
        let place = patch.place.span();
        let inline = patch.patch.value.trim();
        let (text, position) = self.patch_text(&patch.path, &patch.patch, inline, place)?;
        let comments = self.build.comments.clone();
        let span = self.build.timings().span(Phase::Parse);
        let transformer = PatchTransformer::new(&text, position, place, comments)?.with_target(patch.target.clone());
        drop(span);
        if transformer.is_strategic() {
            self.build.note_merge();
        }
        Ok(Box::new(transformer.with_options(patch.options.unwrap_or_default())))
    }

    /// The transformer of an entry of `patchesJson6902`.
    pub(super) fn json_patch(
        &self,
        path: &Spanned<String>,
        patch: &Spanned<String>,
        target: Selector,
        place: Span,
    ) -> Result<Box<dyn Transformer>> {
        let (text, position) = self.patch_text(path, patch, &patch.value, place)?;
        let _span = self.build.timings().span(Phase::Parse);
        Ok(Box::new(PatchJson6902Transformer::new(&text, position, target, place)?))
    }

    /// The transformer of strategic merge patches from `paths`, which may be patches themselves, and `inline`.
    pub(super) fn strategic_merge(
        &self,
        paths: &[Spanned<String>],
        inline: &Spanned<String>,
        place: Span,
    ) -> Result<Box<dyn Transformer>> {
        let mut patches = Vec::new();
        for path in paths {
            match read_inline(self.build, path) {
                Ok(read) => patches.extend(read),
                Err(_) => {
                    let read = || -> Result<_> {
                        let (text, source) = self.read_file(&path.value)?;
                        self.parse_resources(&text, source)
                    };
                    patches.extend(read().at(path.span()).frame(|| "while reading the patch at".into(), path.span())?);
                }
            }
        }
        if !inline.value.is_empty() {
            patches.extend(read_inline(self.build, inline)?);
        }
        self.build.note_merge();
        Ok(Box::new(PatchStrategicMergeTransformer::new(patches, place, self.build.comments.clone())?))
    }

    /// The text of a patch, from the file or `inline`, which is what counts of `patch`: exactly one of them.
    fn patch_text(
        &self,
        path: &Spanned<String>,
        patch: &Spanned<String>,
        inline: &str,
        place: Span,
    ) -> Result<(ArcStr, Position)> {
        match (path.value.is_empty(), inline.is_empty()) {
            (true, true) => {
                let error = Error::new(ErrorKind::Patch, "the patch has neither `path` nor `patch`").at(place);
                Err(error.hint("name a file under `path:`, or write the patch under `patch: |-`"))
            }
            (false, false) => Err(Error::new(ErrorKind::Patch, "the patch has both `path` and `patch`").at(place)),
            (false, true) => {
                let step = || "while reading the patch at".into();
                let (text, source) = self.read_file(&path.value).at(path.span()).frame(step, path.span())?;
                Ok((text, Position::start(source)))
            }
            (true, false) => {
                let mut position = position(self.build, patch);
                let leading = patch.value.find(inline).unwrap_or_default();
                position.line += patch.value[..leading].matches('\n').count();
                Ok((ArcStr::from(inline.replace("\r\n", "\n")), position))
            }
        }
    }

    /// `replacements`, whose files are read here.
    pub(super) fn replacements(&self, _: &TransformerConfig) -> Result<Vec<Box<dyn Transformer>>> {
        if self.kustomization.replacements.is_empty() {
            return Ok(Vec::new());
        }
        Ok(vec![self.replacement_transformer(&self.kustomization.replacements)?])
    }

    /// The transformer of a list of replacements.
    pub(super) fn replacement_transformer(&self, entries: &[Replacements]) -> Result<Box<dyn Transformer>> {
        let mut replacements = Vec::new();
        for entry in entries {
            if entry.path.value.is_empty() {
                replacements.push(entry.replacement.clone());
            } else if let Some(document) = self.read_document(&entry.path.value).at(entry.path.span())? {
                replacements.extend(Replacements::from_file(&document)?);
            }
        }
        Ok(Box::new(ReplacementTransformer { replacements }))
    }
}
