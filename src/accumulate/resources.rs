//! What a kustomization names: files, directories and repositories.

use arcstr::ArcStr;

use crate::accumulate::{Accumulator, Layer};
use crate::decode::Spanned;
use crate::error::{Error, ErrorKind, Result, ResultExt};
use crate::kustomization::{COMPONENT_KIND, Reference};
use crate::loader::{Loader, Target};
use crate::resource::Resource;
use crate::resource::read::read_resources_with;
use crate::source::SourceId;
use crate::timings::Phase;

impl<'a> Layer<'a> {
    /// Reads `references`, the entries of `field`, in order.
    pub(super) fn accumulate_resources(
        &mut self,
        accumulator: &mut Accumulator,
        references: &[Reference],
        field: &str,
    ) -> Result<()> {
        for (index, reference) in references.iter().enumerate() {
            let step = || format!("while reading `{field}[{index}]` at");
            self.accumulate_one(accumulator, reference).at(reference.span()).frame(step, reference.span())?;
        }
        Ok(())
    }

    pub(super) fn accumulate_one(&mut self, accumulator: &mut Accumulator, reference: &Reference) -> Result<()> {
        let loaded = match self.build.classify(&self.loader, &reference.value)? {
            Target::File(loaded) => loaded,
            Target::Directory(loader) => return self.accumulate_directory(accumulator, reference, *loader),
        };
        let may_be_repository = loaded.may_be_repository;
        let (text, source) = self.build.text(loaded)?;
        match self.parse_resources(&text, source) {
            Ok(resources) => self.append_all(accumulator, reference, resources),
            // What a server sent for a repository's address is some page.
            Err(error) if may_be_repository => match self.build.enter(&self.loader, &reference.value) {
                Ok(loader) => self.accumulate_directory(accumulator, reference, loader),
                Err(_) => Err(error),
            },
            Err(error) => Err(error),
        }
    }

    fn accumulate_directory(
        &self,
        accumulator: &mut Accumulator,
        reference: &Reference,
        loader: Loader<'a>,
    ) -> Result<()> {
        let inner = self.enter(loader, reference, false)?.accumulate(Accumulator::default())?;
        accumulator.merge(inner, self.build)
    }

    fn append_all(&self, accumulator: &mut Accumulator, reference: &Reference, resources: Vec<Resource>) -> Result<()> {
        let origin = self.origin.as_ref().map(|origin| origin.append(&reference.value));
        let schema = self.build.schema();
        for mut resource in resources {
            if origin.is_some() {
                resource.origin.clone_from(&origin);
            }
            self.build.note_type(resource.gvk());
            accumulator.resources.append(resource, &schema)?;
        }
        Ok(())
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
        let inner = self.enter(loader, reference, true)?.accumulate(accumulator)?;
        let mut merged = Accumulator::default();
        merged.merge(inner, self.build)?;
        Ok(merged)
    }

    /// The kustomization in another directory, as our child.
    fn enter(&self, loader: Loader<'a>, reference: &Spanned<String>, component: bool) -> Result<Layer<'a>> {
        let mut child = Layer::load(self.build, loader)?;
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
