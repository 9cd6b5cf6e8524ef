//! What a kustomization names: files, directories and repositories.

use std::collections::VecDeque;
use std::ops::Range;

use arcstr::ArcStr;

use crate::accumulate::bundle_folder::BundleFolder;
use crate::accumulate::cache::BaseKey;
use crate::accumulate::{Accumulator, Build, Layer};
use crate::decode::Spanned;
use crate::error::{Error, ErrorKind, Result, ResultExt};
use crate::kustomization::{COMPONENT_KIND, Reference};
use crate::loader::{Loader, Target};
use crate::resource::Resource;
use crate::resource::read::read_resources_with;
use crate::source::{SourceId, SourceMap};
use crate::speculation::Speculation;
use crate::template;
use crate::timings::Phase;

/// What an entry of `resources` is when it has been read, and not yet added to the rest.
enum Made {
    Resources(Vec<Resource>),
    Kustomization(Box<Accumulator>),
}

/// The numbers that the texts of an entry get, whoever reads them and when.
struct Numbers {
    /// The number of the file, if it is one.
    own: Option<SourceId>,
    /// Numbers for what is in the directory, if it is one of several.
    range: Option<Range<u32>>,
}

impl Numbers {
    fn of_entries(sources: &SourceMap, entries: &[Reference]) -> Vec<Self> {
        let own = sources.set_numbers_aside(entries.len());
        let directories = entries.iter().filter(|entry| !looks_like_file(&entry.value)).count();
        let ranges = if directories > 1 { sources.set_ranges_aside(directories) } else { None };
        let mut ranges = ranges.unwrap_or_default().into_iter();
        let numbers = |(entry, own): (&Reference, _)| Self {
            own,
            range: if looks_like_file(&entry.value) { None } else { ranges.next() },
        };
        entries.iter().zip(own).map(numbers).collect()
    }
}

/// Whether a name is most likely that of a file.
fn looks_like_file(name: &str) -> bool {
    [".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end))
}

/// An entry that was read before its turn.
struct Ahead<'a> {
    made: Result<Made>,
    /// The part of the build that read a directory; files leave no other trace.
    build: Option<Build<'a>>,
}

impl<'a> Layer<'a> {
    /// Reads `references`, the entries of `field`, in order: what comes out is what comes out if each is read when
    /// those before it are done. Where there is much to do, they are read before their turn, several at a time, and
    /// an entry of which that can't be told apart is taken over in its turn; any other is read anew then.
    pub(super) fn accumulate_resources(
        &mut self,
        accumulator: &mut Accumulator,
        references: &[Reference],
        field: &str,
    ) -> Result<()> {
        let numbers = Numbers::of_entries(&self.build.sources, references);
        let mut ahead = VecDeque::new();
        for (index, reference) in references.iter().enumerate() {
            let step = || format!("while reading `{field}[{index}]` at");
            if ahead.is_empty() && index + 1 < references.len() && self.build.may_work_ahead() {
                ahead = self.read_ahead(&references[index..], &numbers[index..]);
            }
            let had_schema = self.build.has_schema();
            let made = match ahead.pop_front().flatten() {
                Some(Ahead { made, build }) => {
                    if let Some(build) = build {
                        self.build.take_over(&build);
                    }
                    made
                }
                None => self.read_in_turn(reference, &numbers[index]),
            };
            let add = |made| self.add(accumulator, reference, made);
            made.and_then(add).at(reference.span()).frame(step, reference.span())?;
            if self.build.has_schema() != had_schema {
                // The others were read with another schema.
                ahead.clear();
            }
        }
        Ok(())
    }

    /// Reads an entry and adds what is in it.
    pub(super) fn accumulate_one(&self, accumulator: &mut Accumulator, reference: &Reference) -> Result<()> {
        let made = self.read(self.build, &self.loader, reference, None)?;
        self.add(accumulator, reference, made)
    }

    /// Reads entries before their turn, several at a time; `None` for those that can't be read before it.
    fn read_ahead(&self, references: &[Reference], numbers: &[Numbers]) -> VecDeque<Option<Ahead<'a>>> {
        let entries: Vec<(&Reference, &Numbers)> = references.iter().zip(numbers).collect();
        let files = self.loader.ahead(Speculation::ahead());
        let read = |(reference, numbers): &(&Reference, &Numbers)| {
            if looks_like_file(&reference.value) {
                let resources = self.read_file_ahead(&files, reference, numbers.own?)?;
                return Some(Ahead { made: Ok(Made::Resources(resources)), build: None });
            }
            let build = self.build.ahead(numbers.range.clone()?);
            let loader = self.loader.ahead(build.speculation.clone());
            let made = self.read(&build, &loader, reference, Some(numbers.own?));
            (!build.speculation.stopped()).then_some(Ahead { made, build: Some(build) })
        };
        // Nobody knows yet how much there is in each.
        let share = self.build.options.bytes_per_thread;
        self.build.workers.map(&entries, |_| share, read).into()
    }

    /// Reads a file before its turn. Whatever else is there, or is wrong with it, is found again in its turn.
    fn read_file_ahead(&self, loader: &Loader<'_>, reference: &Reference, id: SourceId) -> Option<Vec<Resource>> {
        let Target::File(loaded) = self.build.classify(loader, &reference.value).ok()? else { return None };
        let (text, source) = self.build.numbered_text(loaded, Some(id)).ok()?;
        self.parse_resources(&text, source).ok()
    }

    /// Reads an entry when those before it are done.
    fn read_in_turn(&self, reference: &Reference, numbers: &Numbers) -> Result<Made> {
        match &numbers.range {
            Some(range) => self.read(&self.build.part(range.clone()), &self.loader, reference, numbers.own),
            None => self.read(self.build, &self.loader, reference, numbers.own),
        }
    }

    /// Reads an entry for `build`, which is ours or a part of it.
    fn read(
        &self,
        build: &Build<'_>,
        loader: &Loader<'_>,
        reference: &Reference,
        id: Option<SourceId>,
    ) -> Result<Made> {
        let directory = |loader| {
            let accumulated = match self.shared(build, &loader, reference) {
                Some(accumulated) => accumulated,
                None => self.enter(build, loader, reference, false)?.accumulate(Accumulator::default())?,
            };
            Ok(Made::Kustomization(Box::new(accumulated)))
        };
        let loaded = match build.classify(loader, &reference.value)? {
            Target::File(loaded) => loaded,
            Target::Directory(loader) => return directory(*loader),
        };
        let may_be_repository = loaded.may_be_repository;
        let (text, source) = build.numbered_text(loaded, id)?;
        match self.parse_resources(&text, source) {
            Ok(resources) => Ok(Made::Resources(resources)),
            // What a server sent for a repository's address is some page.
            Err(error) if may_be_repository => match build.enter(loader, &reference.value) {
                Ok(loader) => directory(loader),
                Err(_) => Err(error),
            },
            Err(error) => Err(error),
        }
    }

    /// A copy of the directory of `loader` if it is shared among builds, and nothing about this build makes
    /// a difference.
    fn shared(&self, build: &Build<'_>, loader: &Loader<'_>, reference: &Spanned<String>) -> Option<Accumulator> {
        let cache = build.options.cache.as_ref()?;
        let key = BaseKey::of(self, loader, &reference.value)?;
        let base = cache.base(&key, build.key(), |sources| {
            let making = build.making(key.clone(), sources);
            let loader = loader.ahead(making.speculation.clone());
            let before = loader.depth();
            let entered = self.enter(&making, loader, reference, false);
            let made = entered.and_then(|mut layer| layer.accumulate(Accumulator::default())).ok()?;
            let mut base = making.shared_base(made)?;
            base.trace.depth -= before;
            Some(base)
        })?;
        // The directory itself was entered already.
        let others = base.trace.entered.iter().filter(|directory| *directory != loader.root());
        if !loader.may_enter(base.trace.depth, others) {
            return None;
        }
        build.adopt(&base, loader.depth());
        Some(base.accumulator.clone())
    }

    /// Adds what an entry was to what came before it.
    fn add(&self, accumulator: &mut Accumulator, reference: &Reference, made: Made) -> Result<()> {
        let resources = match made {
            Made::Resources(resources) => resources,
            Made::Kustomization(inner) => return accumulator.merge(*inner, self.build),
        };
        let origin = self.origin.as_ref().map(|origin| origin.append(&reference.value));
        let schema = self.build.schema();
        for mut resource in resources {
            if origin.is_some() {
                resource.origin = origin.clone().map(Box::new);
            }
            self.build.note_type(resource.gvk());
            template::attach(&mut resource, &self.folder_of(&reference.value))?;
            accumulator.resources.append(resource, &schema)?;
        }
        Ok(())
    }

    /// The folder of the file `path`.
    pub(super) fn folder_of<'l>(&'l self, path: &'l str) -> BundleFolder<'l> {
        BundleFolder {
            build: self.build,
            loader: &self.loader,
            directory: path.rsplit_once('/').map_or("", |parts| parts.0),
        }
    }

    /// Lets each component work on the accumulator.
    pub(super) fn accumulate_components(&mut self, mut accumulator: Accumulator) -> Result<Accumulator> {
        let components = self.kustomization.components.clone();
        for (index, reference) in components.iter().enumerate() {
            let step = || format!("while reading `components[{index}]` at");
            accumulator =
                self.accumulate_component(accumulator, reference).at(reference.span()).frame(step, reference.span())?;
        }
        Ok(accumulator)
    }

    fn accumulate_component(&self, accumulator: Accumulator, reference: &Reference) -> Result<Accumulator> {
        let loader = self.build.enter(&self.loader, &reference.value)?;
        let inner = self.enter(self.build, loader, reference, true)?.accumulate(accumulator)?;
        let mut merged = Accumulator::default();
        merged.merge(inner, self.build)?;
        Ok(merged)
    }

    /// The kustomization in another directory, as our child.
    fn enter<'b>(
        &self,
        build: &'b Build<'b>,
        loader: Loader<'b>,
        reference: &Spanned<String>,
        component: bool,
    ) -> Result<Layer<'b>> {
        build.note_entered(&loader);
        let mut child = Layer::load(build, loader)?;
        child.kustomization.build_metadata.clone_from(&self.kustomization.build_metadata);
        child.origin = self.origin.as_ref().map(|origin| origin.append(&reference.value));
        let namespace = &self.kustomization.namespace;
        child.helm_namespace = if namespace.is_empty() { &self.helm_namespace } else { namespace }.clone();
        child.set_schema()?;
        let is_component = child.kustomization.kind == COMPONENT_KIND;
        if is_component == component {
            return Ok(child);
        }
        let file = child.loader.display_root().join(child.file_name);
        let error = if component {
            Error::new(ErrorKind::Kustomization, "this is a kustomization, not a component")
                .hint("name it under `resources:`, or make it `kind: Component`")
        } else {
            Error::new(ErrorKind::Kustomization, "this is a component, not a kustomization")
                .hint("name it under `components:`")
        };
        Err(error.in_file(&file))
    }

    /// Loads a file that a field names.
    pub(super) fn read_file(&self, path: &str) -> Result<(ArcStr, SourceId)> {
        self.build.text(self.build.load(&self.loader, path)?)
    }

    /// The resources of a file that was read.
    pub(super) fn parse_resources(&self, text: &ArcStr, source: SourceId) -> Result<Vec<Resource>> {
        let timings = self.build.timings();
        let _span = timings.span(Phase::Parse);
        read_resources_with(text, source, &self.build.workers, || timings.span(Phase::Parse))
    }
}
