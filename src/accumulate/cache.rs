//! Bases that several renders share: each is read and accumulated once, and copied from then on.
//!
//! What is kept is what a render before its turn would find out (see `speculation`): work that comes to
//! anything but reading files is not kept, nor is anything that failed, so that every render that uses a
//! broken base says all it would say alone.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::accumulate::{Accumulator, Layer};
use crate::config::TransformerConfig;
use crate::loader::{LoadRestriction, Loader};
use crate::resource::{Gvk, WORDS};
use crate::source::SourceMap;
use crate::warning::Warning;
use crate::yaml::Copies;
use crate::yaml::emit::Known;

/// Bases that renders share, see [`crate::RenderOptions::with_cache`]. Clones share everything.
///
/// A cache is for renders of one moment: of the same files, which do not change, with the same options.
#[derive(Clone, Default)]
pub struct RenderCache(Arc<Shared>);

#[derive(Default)]
struct Shared {
    /// The cache that this one gets its bases from, each copied once more.
    behind: Option<RenderCache>,
    /// The built-in config: lists that are one need no comparison when they are merged.
    config: OnceLock<TransformerConfig>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    slots: HashMap<BaseKey, Slot>,
    /// How many ranges of numbers for texts were given away.
    ranges: u32,
    hits: usize,
}

enum Slot {
    /// Somebody is making it, and waits for others meanwhile.
    Making { waits_for: Vec<BaseKey> },
    /// `None` for what can't be shared.
    Done(Option<Arc<SharedBase>>),
}

/// A directory, and everything that flows into it from whoever names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct BaseKey {
    root: PathBuf,
    shown: PathBuf,
    restriction: LoadRestriction,
    plugins: bool,
    /// Where it is and what it is to note, if the build tracks origins.
    marks: String,
}

impl BaseKey {
    /// The key of the directory of `loader`, which `layer` names; `None` if it can't be shared.
    pub(crate) fn of(layer: &Layer<'_>, loader: &Loader<'_>, reference: &str) -> Option<Self> {
        if loader.repository().is_some() || layer.build.has_schema() {
            return None;
        }
        let metadata = &layer.kustomization.build_metadata;
        let origin = layer.origin.as_ref().map(|origin| origin.append(reference));
        let unmarked = origin.is_none() && metadata.is_empty();
        Some(Self {
            root: loader.root().to_owned(),
            shown: loader.display_root().to_owned(),
            restriction: loader.options().restriction,
            plugins: layer.build.options.plugins.enable_plugins,
            marks: if unmarked { String::new() } else { format!("{metadata:?} {origin:?}") },
        })
    }
}

/// What a base makes of itself, and of the build that it is in.
#[derive(Debug)]
pub(crate) struct SharedBase {
    pub accumulator: Accumulator,
    pub sources: SourceMap,
    pub warnings: Vec<Warning>,
    pub types: HashSet<Gvk>,
    pub merged: bool,
    pub trace: Trace,
    pub known: KnownTexts,
}

/// How the resources of a base are printed, found out when it is used for the second time.
#[derive(Debug, Default)]
pub(crate) struct KnownTexts {
    used: AtomicBool,
    known: OnceLock<Arc<Known>>,
}

/// Which directories were entered, and how deep.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trace {
    pub entered: HashSet<PathBuf>,
    pub depth: usize,
}

impl SharedBase {
    /// A copy that shares no text with this one.
    fn detached(&self) -> Self {
        let mut copies = Copies::with_words(WORDS);
        let mut accumulator = self.accumulator.clone();
        let _ = accumulator.resources.change_each(|_, resource| {
            resource.detach(&mut copies);
            Ok(())
        });
        let detach = |gvk: &Gvk| {
            let mut gvk = gvk.clone();
            gvk.detach(&mut copies);
            gvk
        };
        let types = self.types.iter().map(detach).collect();
        let (sources, warnings, trace) = (self.sources.clone(), self.warnings.clone(), self.trace.clone());
        Self { accumulator, sources, warnings, types, merged: self.merged, trace, known: KnownTexts::default() }
    }

    /// The texts of the resources, unless this is the first time: most bases of a single build are used once.
    pub(crate) fn known(&self) -> Option<Arc<Known>> {
        let KnownTexts { used, known } = &self.known;
        let print = || Arc::new(Known::of(self.accumulator.resources.iter().map(|resource| &resource.node)));
        used.swap(true, Ordering::Relaxed).then(|| Arc::clone(known.get_or_init(print)))
    }
}

impl Trace {
    /// Takes up what another one knows.
    pub(crate) fn extend(&mut self, other: &Self) {
        self.entered.extend(other.entered.iter().cloned());
        self.depth = self.depth.max(other.depth);
    }
}

impl RenderCache {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A cache with the same bases, for renders on one thread: what it gives shares no text with what others
    /// get, see [`Copies`].
    pub(crate) fn beside(&self) -> Self {
        Self(Arc::new(Shared { behind: Some(self.clone()), ..Shared::default() }))
    }

    /// The built-in config, made once.
    pub(crate) fn config(&self) -> TransformerConfig {
        if let Some(behind) = &self.0.behind {
            return behind.config();
        }
        self.0.config.get_or_init(TransformerConfig::built_in).clone()
    }

    /// How often a base was there already.
    #[must_use]
    pub fn hits(&self) -> usize {
        self.state().hits
    }

    /// The base `key` as [`Self::base`] gives it, copied from the cache `behind` when it is first asked for.
    fn copied(
        &self,
        behind: &Self,
        key: &BaseKey,
        within: Option<&BaseKey>,
        make: impl FnOnce(SourceMap) -> Option<SharedBase>,
    ) -> Option<Arc<SharedBase>> {
        if let Some(Slot::Done(base)) = self.state().slots.get(key) {
            return base.clone();
        }
        let base = Arc::new(behind.base(key, within, make)?.detached());
        self.state().slots.insert(key.clone(), Slot::Done(Some(Arc::clone(&base))));
        Some(base)
    }

    /// The base `key`, made by `make` if nobody did so before; `None` if it can't be shared. `make` gets a
    /// map for the texts it reads. `within` is the base that is being made by whoever asks.
    pub(crate) fn base(
        &self,
        key: &BaseKey,
        within: Option<&BaseKey>,
        make: impl FnOnce(SourceMap) -> Option<SharedBase>,
    ) -> Option<Arc<SharedBase>> {
        if let Some(behind) = &self.0.behind {
            return self.copied(behind, key, within, make);
        }
        let sources = {
            let mut state = self.state();
            loop {
                match state.slots.get(key) {
                    None => break,
                    Some(Slot::Done(base)) => {
                        let base = base.clone();
                        state.hits += usize::from(base.is_some());
                        return base;
                    }
                    Some(Slot::Making { .. }) => {
                        if within.is_some_and(|within| state.leads_to(key, within)) {
                            // Each would wait for the other.
                            return None;
                        }
                        state.wait(within, key, true);
                        state = self.0.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                        state.wait(within, key, false);
                    }
                }
            }
            let sources = SourceMap::shared(state.ranges)?;
            state.ranges += 1;
            state.slots.insert(key.clone(), Slot::Making { waits_for: Vec::new() });
            sources
        };
        let mut place = Place { cache: self, key, base: None };
        place.base = make(sources).map(Arc::new);
        place.base.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether the making of `from` waits for that of `to`.
    fn leads_to(&self, from: &BaseKey, to: &BaseKey) -> bool {
        let (mut rest, mut seen) = (vec![from], HashSet::new());
        while let Some(key) = rest.pop() {
            if key == to {
                return true;
            }
            if let Some(Slot::Making { waits_for }) = self.slots.get(key)
                && seen.insert(key)
            {
                rest.extend(waits_for);
            }
        }
        false
    }

    /// Notes that the making of `within` waits for `key`, or no longer does.
    fn wait(&mut self, within: Option<&BaseKey>, key: &BaseKey, waits: bool) {
        if let Some(Slot::Making { waits_for }) = within.and_then(|within| self.slots.get_mut(within)) {
            if waits {
                waits_for.push(key.clone());
            } else if let Some(at) = waits_for.iter().position(|waited| waited == key) {
                waits_for.swap_remove(at);
            }
        }
    }
}

/// Where a base goes when it is made; whoever waits for it gets to know even if the making panics.
struct Place<'a> {
    cache: &'a RenderCache,
    key: &'a BaseKey,
    base: Option<Arc<SharedBase>>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.cache.state().slots.insert(self.key.clone(), Slot::Done(self.base.take()));
        self.cache.0.changed.notify_all();
    }
}

impl fmt::Debug for RenderCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("RenderCache").field("bases", &state.slots.len()).field("hits", &state.hits).finish()
    }
}

/// Options are equal if they share one cache.
impl PartialEq for RenderCache {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for RenderCache {}
