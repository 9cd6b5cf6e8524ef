//! What all kustomizations of one build share. Nothing of it outlives the build.

use std::cell::RefCell;
use std::collections::HashSet;

use arcstr::ArcStr;

use crate::config::TransformerConfig;
use crate::error::Result;
use crate::fs::FileSystem;
use crate::loader::{Loaded, Loader, Target};
use crate::parallel::Workers;
use crate::patch::comment_schema::CommentSchemas;
use crate::render::RenderOptions;
use crate::resource::Gvk;
use crate::schema::{BuiltIn, Schema};
use crate::source::{SourceId, SourceMap};
use crate::timings::{Phase, Timings};
use crate::transform::Context;
use crate::warning::Warnings;

/// One build: its files, its options, and what it gathers.
#[derive(Debug)]
pub struct Build<'a> {
    /// Where files are read from.
    pub files: &'a dyn FileSystem,
    /// What the caller asked for.
    pub options: &'a RenderOptions,
    /// Every text that was read.
    pub sources: SourceMap,
    /// What a person should know.
    pub warnings: Warnings,
    /// The threads that work may be shared among.
    pub workers: Workers,
    /// Schemas that stand in comments of the texts, for merges.
    pub comments: CommentSchemas,
    schema: RefCell<SchemaInUse>,
    config: TransformerConfig,
}

#[derive(Debug, Default)]
struct SchemaInUse {
    schema: Schema,
    custom: bool,
    /// The types of all resources so far.
    types: HashSet<Gvk>,
    /// Whether a strategic merge patch was applied.
    merged: bool,
}

impl<'a> Build<'a> {
    /// A build that has done nothing yet.
    #[must_use]
    pub fn new(files: &'a dyn FileSystem, options: &'a RenderOptions) -> Self {
        let sources = SourceMap::default();
        Self {
            files,
            options,
            comments: CommentSchemas::new(sources.clone()),
            sources,
            warnings: Warnings::default(),
            workers: Workers::new(options.threads()),
            schema: RefCell::default(),
            config: TransformerConfig::built_in(),
        }
    }

    /// Which fields transformers touch unless a kustomization says more. Cheap: configs share their lists.
    #[must_use]
    pub fn built_in_config(&self) -> TransformerConfig {
        self.config.clone()
    }

    /// The schema in use now. Cheap: schemas share their tables.
    #[must_use]
    pub fn schema(&self) -> Schema {
        self.schema.borrow().schema.clone()
    }

    /// Puts a kustomization's own schema in use. The first one wins (upstream: `openapi.SetSchema`).
    pub fn set_schema(&self, schema: Schema) {
        let mut in_use = self.schema.borrow_mut();
        if in_use.custom {
            return;
        }
        let unknown = || in_use.types.iter().any(|gvk| !Schema::scope_is_built_in(gvk));
        let built_in = match in_use.merged {
            true => BuiltIn::Below,
            false if unknown() => BuiltIn::Above,
            false => BuiltIn::Forgotten,
        };
        in_use.schema = schema.with_built_in(built_in);
        in_use.custom = true;
    }

    /// Notes the type of a resource: what becomes of the built-in schema under a custom one depends on it.
    pub fn note_type(&self, gvk: Gvk) {
        self.schema.borrow_mut().types.insert(gvk);
    }

    /// Notes that a strategic merge patch was applied.
    pub fn note_merge(&self) {
        self.schema.borrow_mut().merged = true;
    }

    /// Whether a schema was set already.
    #[must_use]
    pub fn has_schema(&self) -> bool {
        self.schema.borrow().custom
    }

    /// Calls `work` with what transformers may use.
    ///
    /// # Errors
    /// What `work` returns.
    pub fn with_context<T>(&self, work: impl FnOnce(&Context<'_>) -> Result<T>) -> Result<T> {
        work(&Context { schema: &self.schema(), warnings: &self.warnings })
    }

    /// Where the time that the build takes is recorded.
    #[must_use]
    pub const fn timings(&self) -> &'a Timings {
        &self.options.timings
    }

    /// Loads a file that a kustomization names.
    ///
    /// # Errors
    /// As [`Loader::load`].
    pub fn load(&self, loader: &Loader<'_>, path: &str) -> Result<Loaded> {
        let _span = self.timings().span(Phase::Read);
        let loaded = loader.load(path)?;
        self.timings().count_file(loaded.bytes.len());
        Ok(loaded)
    }

    /// Loads a file or enters a directory that a kustomization names.
    ///
    /// # Errors
    /// As [`Loader::classify`].
    pub fn classify<'b>(&self, loader: &Loader<'b>, path: &str) -> Result<Target<'b>> {
        let _span = self.timings().span(Phase::Read);
        let target = loader.classify(path)?;
        if let Target::File(loaded) = &target {
            self.timings().count_file(loaded.bytes.len());
        }
        Ok(target)
    }

    /// Enters a directory or repository that a kustomization names.
    ///
    /// # Errors
    /// As [`Loader::enter`].
    pub fn enter<'b>(&self, loader: &Loader<'b>, path: &str) -> Result<Loader<'b>> {
        let _span = self.timings().span(Phase::Read);
        loader.enter(path)
    }

    /// Registers a file that was read, as text.
    ///
    /// # Errors
    /// When the file is no text.
    pub fn text(&self, loaded: Loaded) -> Result<(ArcStr, SourceId)> {
        let _span = self.timings().span(Phase::Parse);
        let path = loaded.display_path;
        let text = crate::yaml::documents::decode(loaded.bytes).map_err(|error| error.in_file(&path))?;
        let source = self.sources.add(&path, text.clone());
        Ok((text, source))
    }
}
