//! What all kustomizations of one build share. Nothing of it outlives the build.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arcstr::ArcStr;

use crate::accumulate::cache::{BaseKey, KnownTexts, SharedBase, Trace};
use crate::accumulate::{Accumulator, RenderCache};
use crate::config::TransformerConfig;
use crate::error::Result;
use crate::fs::FileSystem;
use crate::loader::{Loaded, Loader, Target};
use crate::pack::Packs;
use crate::parallel::Workers;
use crate::patch::comment_schema::CommentSchemas;
use crate::render::RenderOptions;
use crate::resource::{Gvk, Resource};
use crate::schema::{BuiltIn, Schema};
use crate::source::{SourceId, SourceMap};
use crate::speculation::Speculation;
use crate::template::{self, Definitions};
use crate::timings::{Phase, Timings};
use crate::transform::Context;
use crate::warning::Warnings;
use crate::yaml::documents::decode;
use crate::yaml::emit::Known;

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
    pub workers: Arc<Workers>,
    /// Schemas that stand in comments of the texts, for merges.
    pub comments: CommentSchemas,
    /// Whether this is a part of the build that is done before its turn.
    pub speculation: Speculation,
    schema: Arc<Mutex<SchemaInUse>>,
    config: TransformerConfig,
    /// How resources of shared bases are printed.
    known: Arc<Mutex<Vec<Arc<Known>>>>,
    /// Kinds of bundles that the project defines.
    definitions: Arc<Definitions>,
    /// The base that is being made for other builds, too, if this is its build.
    making: Option<Arc<Making>>,
}

/// A base under way that builds are going to share.
#[derive(Debug)]
struct Making {
    key: BaseKey,
    trace: Mutex<Trace>,
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

/// The schema that a build begins with.
fn schema_in_use(packs: Packs) -> Arc<Mutex<SchemaInUse>> {
    let schema = Schema::default().with_packs(packs);
    Arc::new(Mutex::new(SchemaInUse { schema, ..SchemaInUse::default() }))
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
            workers: Arc::new(Workers::new(options.threads(), options.timings.clone())),
            speculation: Speculation::default(),
            schema: schema_in_use(options.packs),
            config: options.cache.as_ref().map_or_else(TransformerConfig::built_in, RenderCache::config),
            known: Arc::default(),
            definitions: Arc::default(),
            making: None,
        }
    }

    /// Reads the kinds of bundles that the project defines.
    ///
    /// # Errors
    /// What is wrong with one of them.
    pub fn define_bundles(&mut self) -> Result<()> {
        let folders = &self.options.definitions;
        if !folders.is_empty() {
            self.definitions = Arc::new(Definitions::load(self.files, folders, &self.sources)?);
        }
        Ok(())
    }

    /// The objects of a bundle that brings its own templates, or is of a kind that the project defines; `None` for any
    /// other.
    ///
    /// # Errors
    /// What is wrong with the bundle, or with its templates.
    pub fn bundle_of_user(&self, config: &Resource) -> Result<Option<Vec<Resource>>> {
        if template::is_template_bundle(config) {
            return template::template_bundle(config, &self.sources).map(Some);
        }
        if !self.definitions.has(config) {
            self.definitions.check_known(config)?;
            return Ok(None);
        }
        self.definitions.generate(config, &self.sources).map(Some)
    }

    /// Whether a bundle brings its own templates, or is of a kind that the project defines.
    #[must_use]
    pub fn is_bundle_of_user(&self, config: &Resource) -> bool {
        template::is_template_bundle(config) || self.definitions.has(config)
    }

    /// A part of this build whose texts have numbers of their own; everything else is shared.
    #[must_use]
    pub fn part(&self, numbers: Range<u32>) -> Self {
        Self {
            files: self.files,
            options: self.options,
            sources: self.sources.with_numbers(numbers),
            warnings: self.warnings.clone(),
            workers: Arc::clone(&self.workers),
            comments: self.comments.clone(),
            speculation: self.speculation.clone(),
            schema: Arc::clone(&self.schema),
            config: self.config.clone(),
            known: Arc::clone(&self.known),
            definitions: Arc::clone(&self.definitions),
            making: self.making.clone(),
        }
    }

    /// A part of this build that is done before its turn: what it finds out is its own until it is taken over.
    #[must_use]
    pub fn ahead(&self, numbers: Range<u32>) -> Self {
        let SchemaInUse { schema, custom, .. } = &*self.in_use();
        let in_use = SchemaInUse { schema: schema.clone(), custom: *custom, ..SchemaInUse::default() };
        Self {
            warnings: Warnings::default(),
            speculation: Speculation::ahead(),
            schema: Arc::new(Mutex::new(in_use)),
            ..self.part(numbers)
        }
    }

    /// A build like this one that makes the base `key` for all builds that share it.
    pub(super) fn making(&self, key: BaseKey, sources: SourceMap) -> Self {
        Self {
            comments: CommentSchemas::new(sources.clone()),
            sources,
            warnings: Warnings::default(),
            speculation: Speculation::ahead(),
            schema: schema_in_use(self.options.packs),
            making: Some(Arc::new(Making { key, trace: Mutex::default() })),
            ..self.part(0..0)
        }
    }

    /// What the build made of the base that it was for; `None` if the work came to anything that can't be shared.
    pub(super) fn shared_base(self, mut accumulator: Accumulator) -> Option<SharedBase> {
        if self.speculation.stopped() || self.has_schema() || self.sources.ran_out() {
            return None;
        }
        // Whoever takes it over need not look then.
        accumulator.resources.check_unique(&self.schema()).ok()?;
        let trace = self.making.as_ref()?.trace.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let SchemaInUse { types, merged, .. } = std::mem::take(&mut *self.in_use());
        let (sources, warnings) = (self.sources, self.warnings.take());
        Some(SharedBase { accumulator, sources, warnings, types, merged, trace, known: KnownTexts::default() })
    }

    /// The key of the base that this build makes for others.
    pub(super) fn key(&self) -> Option<&BaseKey> {
        self.making.as_ref().map(|making| &making.key)
    }

    /// Takes over a base as if it had been read here.
    pub(super) fn adopt(&self, base: &SharedBase, depth: usize) {
        self.sources.adopt(&base.sources);
        self.warnings.extend(&base.warnings);
        let mut in_use = self.in_use();
        in_use.types.extend(base.types.iter().cloned());
        in_use.merged |= base.merged;
        drop(in_use);
        if let Some(making) = &self.making {
            let mut trace = making.trace.lock().unwrap_or_else(PoisonError::into_inner);
            trace.extend(&Trace { depth: base.trace.depth + depth, ..base.trace.clone() });
        } else if let Some(known) = base.known() {
            self.known.lock().unwrap_or_else(PoisonError::into_inner).push(known);
        }
    }

    /// How resources are printed that come from shared bases, for as long as nothing changed them.
    pub fn known(&self) -> Vec<Arc<Known>> {
        std::mem::take(&mut *self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Notes that the directory of `loader` was entered.
    pub(super) fn note_entered(&self, loader: &Loader<'_>) {
        if let Some(making) = &self.making {
            let mut trace = making.trace.lock().unwrap_or_else(PoisonError::into_inner);
            trace.depth = trace.depth.max(loader.depth());
            trace.entered.insert(loader.root().to_owned());
        }
    }

    /// Takes over what a part found out before its turn.
    pub fn take_over(&self, ahead: &Self) {
        self.warnings.append(&ahead.warnings);
        let SchemaInUse { types, merged, .. } = std::mem::take(&mut *ahead.in_use());
        let mut in_use = self.in_use();
        in_use.types.extend(types);
        in_use.merged |= merged;
    }

    /// Whether enough was read for the rest to be worth further threads. Programs that a kustomization
    /// brings may write files, which what comes after them has to see.
    #[must_use]
    pub fn may_work_ahead(&self) -> bool {
        let plugins = &self.options.plugins;
        !plugins.enable_plugins && !plugins.enable_exec && self.workers.shares(self.sources.length())
    }

    fn in_use(&self) -> MutexGuard<'_, SchemaInUse> {
        self.schema.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Which fields transformers touch unless a kustomization says more. Cheap: configs share their lists.
    #[must_use]
    pub fn built_in_config(&self) -> TransformerConfig {
        self.config.clone()
    }

    /// `config` with what the packs add; no pack comes to no work.
    #[must_use]
    pub fn config_with_packs<'c>(&self, config: &'c TransformerConfig) -> Cow<'c, TransformerConfig> {
        let packs = self.options.packs;
        if packs.is_empty() { Cow::Borrowed(config) } else { Cow::Owned(packs.extend(config)) }
    }

    /// The schema in use now. Cheap: schemas share their tables.
    #[must_use]
    pub fn schema(&self) -> Schema {
        self.in_use().schema.clone()
    }

    /// Puts a kustomization's own schema in use. The first one wins (upstream: `openapi.SetSchema`).
    pub fn set_schema(&self, schema: Schema) {
        let mut in_use = self.in_use();
        if in_use.custom {
            return;
        }
        let unknown = || in_use.types.iter().any(|gvk| !Schema::scope_is_built_in(gvk));
        let built_in = match in_use.merged {
            true => BuiltIn::Below,
            false if unknown() => BuiltIn::Above,
            false => BuiltIn::Forgotten,
        };
        in_use.schema = schema.with_built_in(built_in).with_packs(self.options.packs);
        in_use.custom = true;
        self.comments.schema_changed();
    }

    /// Notes the type of a resource: what becomes of the built-in schema under a custom one depends on it.
    pub fn note_type(&self, gvk: Gvk) {
        self.in_use().types.insert(gvk);
    }

    /// Notes that a strategic merge patch was applied.
    pub fn note_merge(&self) {
        self.in_use().merged = true;
    }

    /// Whether a schema was set already.
    #[must_use]
    pub fn has_schema(&self) -> bool {
        self.in_use().custom
    }

    /// Calls `work` with what transformers may use.
    ///
    /// # Errors
    /// What `work` returns.
    pub fn with_context<T>(&self, work: impl FnOnce(&Context<'_>) -> Result<T>) -> Result<T> {
        work(&Context { schema: &self.schema(), warnings: &self.warnings, packs: self.options.packs })
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
        self.numbered_text(loaded, None)
    }

    /// Registers a file that was read, as text, under the number that was set aside for it, if one was.
    ///
    /// # Errors
    /// As [`Build::text`].
    pub fn numbered_text(&self, loaded: Loaded, id: Option<SourceId>) -> Result<(ArcStr, SourceId)> {
        let _span = self.timings().span(Phase::Parse);
        let path = loaded.display_path;
        let text = decode(loaded.bytes).map_err(|error| error.in_file(&path))?;
        let source = match id {
            Some(_) => self.sources.add_numbered(id, &path, text.clone()),
            None => self.sources.add(&path, text.clone()),
        };
        Ok((text, source))
    }
}
