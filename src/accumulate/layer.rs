//! One kustomization of the build: its file, where it lies, and what its parent told it.

use crate::accumulate::Build;
use crate::bundle::SiteBundles;
use crate::error::{Error, ErrorKind, Result, ResultExt};
use crate::kustomization::{FILE_NAMES, Kustomization};
use crate::loader::Loader;
use crate::resource::origin::{ConfiguredBy, Origin};
use crate::schema::Schema;
use crate::source::Span;
use crate::timings::Phase;
use crate::yaml::parse::{Chunk, parse};
use crate::yaml::resolve::Dialect;
use crate::yaml::{Node, Text};

/// A kustomization under work.
#[derive(Debug)]
pub(crate) struct Layer<'a> {
    pub build: &'a Build<'a>,
    pub loader: Loader<'a>,
    pub kustomization: Kustomization,
    pub file_name: &'static str,
    /// Where we are, if the build tracks origins.
    pub origin: Option<Origin>,
    /// The nearest parent's namespace, for charts.
    pub helm_namespace: String,
    /// What the site says of bundles.
    pub site_bundles: Vec<SiteBundles>,
    /// The names of the bundles that it runs.
    pub bundle_names: Vec<Text>,
}

impl<'a> Layer<'a> {
    /// Reads the kustomization file at the loader's root.
    pub(crate) fn load(build: &'a Build<'a>, loader: Loader<'a>) -> Result<Self> {
        let mut found = Vec::new();
        for name in FILE_NAMES {
            // A file that is there and can't be read is no missing one.
            if loader.file_system().is_file(&loader.root().join(name)) {
                found.push((name, build.load(&loader, name)?));
            }
        }
        if found.len() > 1 {
            let names: Vec<String> = found.iter().map(|(name, _)| format!("`{name}`")).collect();
            let message = format!("more than one kustomization file: {}", names.join(", "));
            let error = Error::new(ErrorKind::Load, message).in_file(loader.display_root());
            return Err(error.hint("keep one of them"));
        }
        let Some((file_name, loaded)) = found.pop() else {
            let error = Error::new(ErrorKind::Load, "no kustomization file in this directory");
            return Err(error
                .in_file(loader.display_root())
                .hint("add a `kustomization.yaml`, or name the files in the directory one by one"));
        };
        let (text, source) = build.text(loaded)?;
        let span = build.timings().span(Phase::Parse);
        let start = Span::new(source, 1, 1);
        let node = parse(Chunk::whole(&text, source), Dialect::V2)?.filter(|node| !node.is_null());
        let node = node.unwrap_or_else(|| Node::mapping().at(start));
        let kustomization = Kustomization::from_node(&node)?;
        drop(span);
        for (warning, span) in &kustomization.deprecated {
            build.warnings.add(*warning, *span);
        }
        Ok(Self::new(build, loader, kustomization, file_name))
    }

    /// The kustomization in the file `file_name` at the loader's root, on its own.
    pub(crate) const fn new(
        build: &'a Build<'a>,
        loader: Loader<'a>,
        kustomization: Kustomization,
        file_name: &'static str,
    ) -> Self {
        Self {
            build,
            loader,
            kustomization,
            file_name,
            origin: None,
            helm_namespace: String::new(),
            site_bundles: Vec::new(),
            bundle_names: Vec::new(),
        }
    }

    /// Puts the kustomization's own schema in use, unless one is.
    pub(crate) fn set_schema(&self) -> Result<()> {
        let openapi = &self.kustomization.openapi;
        let (path, version, place) = (openapi.value.get("path"), openapi.value.get("version"), openapi.span());
        let content = path.map(|path| self.build.load(&self.loader, path)).transpose().at(place)?;
        if self.build.has_schema() {
            return Ok(());
        }
        if content.is_some() || version.is_some() {
            // Everything that is merged from now on sees it.
            self.build.speculation.in_turn()?;
        }
        match (content, version) {
            (Some(_), Some(version)) if !version.is_empty() => {
                let message = "`openapi` takes `path` or `version`, not both";
                Err(Error::new(ErrorKind::Kustomization, message).at(place))
            }
            (Some(content), _) => {
                let (text, source) = self.build.text(content)?;
                let _span = self.build.timings().span(Phase::Parse);
                self.build.set_schema(Schema::from_openapi(&text, source)?);
                Ok(())
            }
            (None, Some(version)) => {
                let schema = Schema::for_version(version).map_err(|error| error.at(place))?;
                self.build.set_schema(schema);
                Ok(())
            }
            (None, None) => Ok(()),
        }
    }

    /// The origin of what one of our built-in generators or transformers makes or touches.
    pub(crate) fn builtin_origin(&self, kind: &str) -> Option<Origin> {
        let origin = self.origin.as_ref()?;
        Some(Origin {
            path: String::new(),
            repo: origin.repo.clone(),
            reference: origin.reference.clone(),
            configured_in: crate::resource::origin::join(&origin.path, self.file_name),
            configured_by: Some(ConfiguredBy {
                api_version: "builtin".to_owned(),
                kind: kind.to_owned(),
                ..ConfiguredBy::default()
            }),
        })
    }
}
