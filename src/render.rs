//! One render from beginning to end: the library's entry.

use std::path::Path;

use crate::accumulate::{Accumulator, Build, Layer};
use crate::error::{Error, Result};
use crate::finish::finish;
use crate::fs::FileSystem;
use crate::loader::{LoadRestriction, Loader, LoaderOptions};
use crate::plugin::PluginOptions;
use crate::resource::{Origin, Resource};
use crate::schema::Schema;
use crate::source::SourceMap;
use crate::timings::{Phase, Timings};
use crate::warning::Warning;

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

    /// Sets where the time that the render takes is recorded: keep a clone and ask it for its report.
    #[must_use]
    pub fn with_timings(mut self, timings: Timings) -> Self {
        self.timings = timings;
        self
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
    let build = Build::new(files, options);
    match render_with(&build, path.as_ref()) {
        Ok(resources) => {
            options.timings.count_resources(resources.len());
            Ok(Rendered {
                resources,
                warnings: build.warnings.resolve(&build.sources),
                schema: build.schema(),
                sources: build.sources,
                timings: options.timings.clone(),
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
        let _build = self.timings.build();
        let _span = self.timings.span(Phase::Emit);
        let mut out = String::new();
        for (index, resource) in self.resources.iter().enumerate() {
            if index > 0 {
                out.push_str("---\n");
            }
            crate::yaml::emit::emit(&resource.node, &mut out).map_err(|error: Error| error.resolve(&self.sources))?;
        }
        Ok(out)
    }

    /// Writes what [`Rendered::to_yaml`] gives.
    ///
    /// # Errors
    /// When a resource can't be printed, or `out` can't be written to.
    pub fn write_yaml(&self, out: &mut dyn std::io::Write) -> Result<()> {
        let _build = self.timings.build();
        let text = self.to_yaml()?;
        let _span = self.timings.span(Phase::Write);
        self.timings.count_written(text.len());
        out.write_all(text.as_bytes())
            .map_err(|error| Error::new(crate::error::ErrorKind::Io, format!("can't write the output: {error}")))
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
