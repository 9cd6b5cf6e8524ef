//! One render from beginning to end: the library's entry.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::accumulate::{Accumulator, Build, Layer, RenderCache};
use crate::error::{Error, ErrorKind, Result};
use crate::finish::finish;
use crate::fs::FileSystem;
use crate::loader::{LoadRestriction, Loader, LoaderOptions};
use crate::pack::Packs;
use crate::parallel::{DEFAULT_SHARE, Threads, Workers};
use crate::plugin::PluginOptions;
use crate::resource::{Origin, Resource};
use crate::schema::Schema;
use crate::source::SourceMap;
use crate::timings::{Phase, Timings};
use crate::warning::Warning;
use crate::yaml::emit::{Known, emit_with};
use crate::yaml::{Node, Value};

/// What a caller may ask of a render. The default is kustomize's: only files below each
/// kustomization, no plugins, the output sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RenderOptions {
    /// Which files may be loaded.
    pub load_restriction: LoadRestriction,
    /// The order of the output, where the kustomization leaves it open.
    pub reorder: Reorder,
    /// Whether every resource gets the label `app.kubernetes.io/managed-by`.
    pub add_managed_by_label: bool,
    /// The value of that label. kustomize writes its own name and version there, here those of
    /// an unreleased build of its main branch.
    pub managed_by: String,
    /// Which other programs may be run, and how.
    pub plugins: PluginOptions,
    /// Where the time that the render takes is recorded; off by default.
    pub timings: Timings,
    /// What is known besides Kubernetes; nothing by default, as to kustomize.
    pub packs: Packs,
    /// Folders whose files may define kinds of bundles.
    pub definitions: Vec<PathBuf>,
    /// Bases that are shared with other renders.
    pub cache: Option<RenderCache>,
    /// How many threads may work at once; `None` for as many as there are cores. Small builds take one.
    /// Nothing that comes out depends on it.
    pub threads: Option<NonZeroUsize>,
    /// How many bytes to read or write are worth a thread of their own.
    pub bytes_per_thread: usize,
}

/// The order of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reorder {
    /// Sorted by kind, unless the kustomization's `sortOptions` say otherwise.
    #[default]
    Unspecified,
    /// Sorted by kind: namespaces first, webhooks last.
    Legacy,
    /// In the order in which resources were read.
    None,
}

impl Default for RenderOptions {
    fn default() -> Self {
        Self {
            load_restriction: LoadRestriction::RootOnly,
            reorder: Reorder::Unspecified,
            add_managed_by_label: false,
            managed_by: "kustomize-head".to_owned(),
            plugins: PluginOptions::default(),
            timings: Timings::off(),
            packs: Packs::none(),
            definitions: Vec::new(),
            cache: None,
            threads: None,
            bytes_per_thread: DEFAULT_SHARE,
        }
    }
}

impl RenderOptions {
    /// Sets which files may be loaded.
    #[must_use]
    pub const fn with_load_restriction(mut self, load_restriction: LoadRestriction) -> Self {
        self.load_restriction = load_restriction;
        self
    }

    /// Sets the order of the output.
    #[must_use]
    pub const fn with_reorder(mut self, reorder: Reorder) -> Self {
        self.reorder = reorder;
        self
    }

    /// Sets whether every resource gets the label `app.kubernetes.io/managed-by`.
    #[must_use]
    pub const fn with_managed_by_label(mut self, add: bool) -> Self {
        self.add_managed_by_label = add;
        self
    }

    /// Sets the value of that label, for instance `kustomize-v5.8.1`.
    #[must_use]
    pub fn with_managed_by(mut self, managed_by: impl Into<String>) -> Self {
        self.managed_by = managed_by.into();
        self
    }

    /// Sets which other programs may be run.
    #[must_use]
    pub fn with_plugins(mut self, plugins: PluginOptions) -> Self {
        self.plugins = plugins;
        self
    }

    /// Sets the folders whose files may define kinds of bundles.
    #[must_use]
    pub fn with_definitions(mut self, folders: Vec<PathBuf>) -> Self {
        self.definitions = folders;
        self
    }

    /// Sets what is known besides Kubernetes.
    #[must_use]
    pub const fn with_packs(mut self, packs: Packs) -> Self {
        self.packs = packs;
        self
    }

    /// Sets where the time that the render takes is recorded: keep a clone and ask it for its report.
    #[must_use]
    pub fn with_timings(mut self, timings: Timings) -> Self {
        self.timings = timings;
        self
    }

    /// Sets how many threads may work at once; 0 for as many as there are cores.
    #[must_use]
    pub const fn with_threads(mut self, threads: usize) -> Self {
        self.threads = NonZeroUsize::new(threads);
        self
    }

    /// Sets how many bytes to read or write are worth a thread of their own; 0 shares out whatever it can.
    #[must_use]
    pub const fn with_bytes_per_thread(mut self, bytes: usize) -> Self {
        self.bytes_per_thread = bytes;
        self
    }

    /// Shares bases with other renders of the same files: what comes out, errors and warnings too, is the same,
    /// but what several renders have in common is read and done once.
    #[must_use]
    pub fn with_cache(mut self, cache: RenderCache) -> Self {
        self.cache = Some(cache);
        self
    }

    /// The threads as the workers know them.
    pub(crate) const fn threads(&self) -> Threads {
        Threads { limit: self.threads, share: self.bytes_per_thread }
    }
}

/// What a render made.
#[derive(Debug, Clone)]
pub struct Rendered {
    resources: Vec<Resource>,
    warnings: Vec<Warning>,
    sources: SourceMap,
    schema: Schema,
    timings: Timings,
    threads: Threads,
    /// How unchanged parts of shared bases are printed.
    known: Vec<Arc<Known>>,
}

/// Renders the kustomization in the directory (or repository) `path`.
///
/// Nothing is kept between renders; two may run at once.
///
/// # Errors
/// Whatever is wrong with the kustomization or anything it names: one root cause, with file,
/// line and column, how we got there, and what to do about it.
pub fn render(files: &dyn FileSystem, path: impl AsRef<Path>, options: &RenderOptions) -> Result<Rendered> {
    let _span = options.timings.build();
    let mut build = Build::new(files, options);
    let made = build.define_bundles().and_then(|()| render_with(&build, path.as_ref()));
    match made {
        Ok(resources) => {
            options.timings.count_resources(resources.len());
            Ok(Rendered {
                resources,
                warnings: build.warnings.resolve(&build.sources),
                schema: build.schema(),
                known: build.known(),
                sources: build.sources,
                timings: options.timings.clone(),
                threads: options.threads(),
            })
        }
        Err(error) => Err(error.resolve(&build.sources)),
    }
}

fn render_with(build: &Build<'_>, path: &Path) -> Result<Vec<Resource>> {
    let options = LoaderOptions {
        restriction: build.options.load_restriction,
        warnings: build.warnings.clone(),
        ..LoaderOptions::default()
    };
    let span = build.timings().span(Phase::Read);
    let loader = Loader::new(build.files, &path.to_string_lossy(), options)?;
    drop(span);
    let mut root = Layer::load(build, loader)?;
    root.set_schema()?;
    if !root.kustomization.build_metadata.is_empty() {
        root.origin = Some(Origin::default());
    }
    let accumulator = root.accumulate(Accumulator::default())?;
    finish(&root, accumulator)
}

impl Rendered {
    /// Resources that were made in another way than from a kustomization.
    pub(crate) fn of(resources: Vec<Resource>, sources: SourceMap, options: &RenderOptions) -> Self {
        let (schema, timings) = (Schema::default(), options.timings.clone());
        let (warnings, known) = (Vec::new(), Vec::new());
        Self { resources, warnings, sources, schema, timings, threads: options.threads(), known }
    }

    /// The resources, for what is done to them in the end.
    pub(crate) const fn resources_mut(&mut self) -> &mut Vec<Resource> {
        &mut self.resources
    }

    /// The resources, in the order of the output.
    #[must_use]
    pub fn resources(&self) -> &[Resource] {
        &self.resources
    }

    /// What a person should know, in the order in which it came up.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The schema that the render ended with.
    #[must_use]
    pub const fn schema(&self) -> &Schema {
        &self.schema
    }

    /// How unchanged parts of shared bases are printed.
    pub(crate) fn known(&self) -> &[Arc<Known>] {
        &self.known
    }

    /// Every text that was read; turns the spans of nodes into files and lines.
    #[must_use]
    pub const fn sources(&self) -> &SourceMap {
        &self.sources
    }

    /// The resources as kustomize prints them, documents joined by `---`.
    ///
    /// # Errors
    /// When a resource holds something that can't be printed, such as a key that is there twice.
    pub fn to_yaml(&self) -> Result<String> {
        let mut parts = self.yaml_parts()?.into_iter();
        let mut out = parts.next().unwrap_or_default();
        out.reserve_exact(parts.as_slice().iter().map(String::len).sum());
        // Each part is gone before the next is copied.
        parts.for_each(|part| out.push_str(&part));
        Ok(out)
    }

    /// Writes what [`Rendered::to_yaml`] gives, and nothing if there is an error in it.
    ///
    /// # Errors
    /// When a resource can't be printed, or `out` can't be written to.
    pub fn write_yaml(&self, out: &mut dyn std::io::Write) -> Result<()> {
        let _build = self.timings.build();
        let parts = self.yaml_parts()?;
        let _span = self.timings.span(Phase::Write);
        self.timings.count_written(parts.iter().map(String::len).sum());
        let written = parts.into_iter().try_for_each(|part| out.write_all(part.as_bytes()));
        written.map_err(|error| Error::new(ErrorKind::Io, format!("can't write the output: {error}")))
    }

    /// What [`Rendered::to_yaml`] gives, in parts that follow one another: several are printed at a time, and
    /// joining them would be a copy. Where they begin and end means nothing.
    ///
    /// # Errors
    /// As [`Rendered::to_yaml`].
    pub fn yaml_parts(&self) -> Result<Vec<String>> {
        let _build = self.timings.build();
        let workers = Workers::new(self.threads, self.timings.clone());
        // How long a resource gets is known when it is printed; this only has to be roughly right.
        let average = self.sources.length() / self.resources.len().max(1);
        let cost = |resource: &Resource| average / 2 + lines(&resource.node) * (BYTES_PER_LINE / 2);
        // What is known is most of it, as a rule.
        let known: usize = self.known.iter().map(|known| known.length()).sum();
        let expected = if known > 0 { known + BYTES_PER_LINE * self.resources.len() } else { 0 };
        let print = |run: &[Resource]| {
            let _span = self.timings.span(Phase::Emit);
            let mut out = String::with_capacity(if run.len() == self.resources.len() { expected } else { 0 });
            let mut first = self.resources.as_ptr() == run.as_ptr();
            for resource in run {
                if !std::mem::take(&mut first) {
                    out.push_str("---\n");
                }
                emit_with(&resource.node, &self.known, &mut out)?;
            }
            Ok(out)
        };
        let printed: Result<Vec<String>> = workers.map_runs(&self.resources, cost, print).into_iter().collect();
        printed.map_err(|error: Error| error.resolve(&self.sources))
    }
}

/// How long a line of a manifest is, about.
const BYTES_PER_LINE: usize = 32;

/// How many lines a resource had where it was written, about: from its first to that of its last value.
fn lines(node: &Node) -> usize {
    let mut last = node;
    loop {
        let mut within = match &last.value {
            Value::Scalar(_) => None,
            Value::Sequence(items) => items.last(),
            Value::Mapping(mapping) => mapping.iter().next_back().map(|entry| &entry.value),
        };
        match within.take_if(|within| within.span.source() == node.span.source()) {
            Some(within) => last = within,
            None => return (last.span.line().saturating_sub(node.span.line())) as usize,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::MemoryFs;

    fn files() -> MemoryFs {
        MemoryFs::new()
            .with_file("/a/kustomization.yaml", "resources: [r.yaml]\nnamePrefix: a-\nopenapi: {path: schema.json}\n")
            .with_file("/a/schema.json", "{\"definitions\": {}}")
            .with_file("/a/r.yaml", "{apiVersion: v1, kind: Service, metadata: {name: web}}\n")
            .with_file("/b/kustomization.yaml", "resources: [../a]\nnamespace: b\n")
    }

    #[test]
    fn results_can_be_sent_anywhere() {
        fn sendable<T: Send + Sync>() {}
        sendable::<Rendered>();
        sendable::<RenderOptions>();
        sendable::<Error>();
    }

    /// A schema of one's own, say, must not reach the render next door.
    #[test]
    fn renders_at_the_same_time_do_not_meet() {
        let files = files();
        let build = |path: &str| render(&files, path, &RenderOptions::default()).unwrap().to_yaml().unwrap();
        let alone = [build("/a"), build("/b")];
        std::thread::scope(|scope| {
            for _ in 0..4 {
                for (path, want) in ["/a", "/b"].into_iter().zip(&alone) {
                    let build = &build;
                    scope.spawn(move || (0..20).for_each(|_| assert_eq!(&build(path), want)));
                }
            }
        });
    }

    #[test]
    fn a_value_tells_who_wrote_it() {
        let files =
            files().with_file("/b/kustomization.yaml", "resources: [../a]\npatches: [{path: p.yaml}]\n").with_file(
                "/b/p.yaml",
                "apiVersion: v1\nkind: Service\nmetadata: {name: a-web}\nspec:\n  type: NodePort\n",
            );
        let rendered = render(&files, "/b", &RenderOptions::default()).unwrap();
        let place = |path: &[&str]| {
            let span = rendered.resources()[0].node.lookup(path).unwrap().span;
            let location = rendered.sources().locate(span).unwrap();
            format!("{}:{}:{}", location.path.display(), location.line, location.column)
        };
        assert_eq!(place(&["spec", "type"]), "/b/p.yaml:5:9");
        assert_eq!(place(&["kind"]), "/a/r.yaml:1:24");
        assert_eq!(place(&["metadata", "name"]), "/a/r.yaml:1:50");
    }
}
