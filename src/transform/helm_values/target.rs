//! The release that a chart's name means.

use crate::error::{Error, ErrorKind, Result};
use crate::resource::{Gvk, ResMap, Resource};
use crate::schema::Schema;
use crate::site_values::Field;
use crate::transform::helm_values::{Change, application, flux, instances, patch};

/// What sort of object a release is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    /// `helm.fluxcd.io/v1 HelmRelease`, the Helm operator's: the one that the Go plugin knows.
    HelmOperator,
    /// `helm.toolkit.fluxcd.io/v2 HelmRelease`, and its betas.
    Flux,
    /// `argoproj.io Application`
    ArgoCd,
}

impl Sort {
    fn of(gvk: &Gvk) -> Option<Self> {
        match (gvk.group.as_str(), gvk.version.as_str(), gvk.kind.as_str()) {
            ("helm.fluxcd.io", "v1", "HelmRelease") => Some(Self::HelmOperator),
            ("helm.toolkit.fluxcd.io", "v2" | "v2beta1" | "v2beta2", "HelmRelease") => Some(Self::Flux),
            ("argoproj.io", _, "Application") => Some(Self::ArgoCd),
            _ => None,
        }
    }
}

/// A release that was found.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) index: usize,
    sort: Sort,
}

/// The release called `name`.
///
/// # Errors
/// When there is none, or several and none of them is the one that the Go plugin would take.
pub(super) fn find(resources: &ResMap, name: &Field) -> Result<Target> {
    let releases = || {
        let sort = |(index, resource): (usize, &Resource)| {
            (!resource.is_empty()).then(|| Sort::of(&resource.gvk())).flatten().map(|sort| (index, sort))
        };
        resources.iter().enumerate().filter_map(sort)
    };
    let named = |index: usize| resources.get(index).map(Resource::name).unwrap_or_default();
    let found: Vec<(usize, Sort)> = releases().filter(|(index, _)| named(*index) == name.text.as_str()).collect();
    let target = |(index, sort): (usize, Sort)| Target { index, sort };
    if let [only] = found[..] {
        return Ok(target(only));
    }
    // The Go plugin asks for an id without a namespace, which is the default one.
    let namespace = |index: usize| resources.get(index).map(Resource::namespace).unwrap_or_default();
    let plain = |(index, sort): &&(usize, Sort)| {
        *sort == Sort::HelmOperator && matches!(namespace(*index).as_str(), "" | "default")
    };
    if let Some(found) = found.iter().find(plain) {
        return Ok(target(*found));
    }
    if found.is_empty() {
        let names: Vec<_> = releases().map(|(index, _)| named(index)).collect();
        let names: Vec<&str> = names.iter().map(crate::yaml::Text::as_str).collect();
        return Err(instances::missing(&name.text, &names).at(name.span));
    }
    let error = Error::new(ErrorKind::Transform, format!("there are several Helm releases `{}`", name.text));
    let resources = found.iter().filter_map(|(index, _)| resources.get(*index));
    let error = resources.fold(error.at(name.span), |error, resource| {
        error.frame(format!("`{}` is at", resource.cur_id()), resource.node.span)
    });
    Err(error.hint("override them in the kustomizations that bring them, where each is alone"))
}

impl Target {
    /// Does what is to be done to the release.
    ///
    /// # Errors
    /// When the release has values or a source of another shape.
    pub(super) fn apply(&self, change: &Change<'_>, resources: &mut ResMap, schema: &Schema) -> Result<()> {
        if self.sort == Sort::Flux {
            flux::repository(resources, self.index, change)?;
        }
        let work = |resource: &mut Resource| -> Result<()> {
            match self.sort {
                Sort::HelmOperator => patch::helm_operator(&mut resource.node, change, schema),
                Sort::Flux => flux::release(&mut resource.node, change, schema),
                Sort::ArgoCd => application::application(&mut resource.node, change, schema),
            }?;
            resource.settle_shared();
            Ok(())
        };
        resources.update(self.index, work).transpose()?;
        Ok(())
    }
}
