//! The files of a unit that differ, and the objects in them.

use std::collections::{BTreeMap, HashMap};

use super::DiffOptions;
use super::documents::{Entity, FileText};
use super::plain::Plain;
use super::secret::{holds_secret, may_hold_secret};
use crate::error::Result;
use crate::gitops::ManifestFile;

/// Values of units up to so many bytes are kept: they take ten times the room of their text.
const KEPT: usize = 4 << 20;

/// What there is to compare of a unit.
#[derive(Debug, Default)]
pub(super) struct Reading<'a> {
    pub(super) old: Side,
    pub(super) new: Side,
    /// All files that differ, in the order of their paths.
    pub(super) files: Vec<ReadFile<'a>>,
    /// Whether values are kept until they are compared.
    keep: bool,
    /// How many documents are the same in files of the same path, and are not read.
    pub(super) unchanged: usize,
}

/// One side of all files with objects.
#[derive(Debug, Default)]
pub(super) struct Side {
    pub(super) files: Vec<FileText>,
    pub(super) entities: Vec<Entity>,
}

/// A file that differs.
#[derive(Debug)]
pub(super) struct ReadFile<'a> {
    pub(super) plain: Plain<'a>,
    /// Where it is in the files of both sides, if it holds objects.
    pub(super) objects: Option<[Option<usize>; 2]>,
}

impl<'a> Reading<'a> {
    /// Finds the files that differ and reads them.
    pub(super) fn new(old: &'a [ManifestFile], new: &'a [ManifestFile], options: &DiffOptions) -> Self {
        let mut by_path: BTreeMap<&'a str, [Option<&'a ManifestFile>; 2]> = BTreeMap::new();
        for (side, files) in [old, new].into_iter().enumerate() {
            files.iter().for_each(|file| by_path.entry(&file.path).or_default()[side] = Some(file));
        }
        let mut reading = Self::default();
        by_path.retain(|_, files| match files {
            [Some(old), Some(new)] if old.content == new.content => {
                reading.unchanged += count(new);
                false
            }
            _ => true,
        });
        let size: usize = by_path.values().flatten().flatten().map(|file| file.content.len()).sum();
        reading.keep = size <= KEPT;
        for (path, files) in by_path {
            reading.add(path, files.map(|file| file.map(|file| file.content.as_slice())), options);
        }
        reading
    }

    fn add(&mut self, path: &'a str, contents: [Option<&'a [u8]>; 2], options: &DiffOptions) {
        let [old, new] = contents;
        let mut plain = Plain { path, old, new, is_broken: false };
        let texts = contents.map(|content| content.map(|content| FileText::new(path, content)));
        let is_text = texts.iter().flatten().all(Option::is_some);
        let texts = texts.map(Option::flatten);
        let is_yaml = is_yaml(path);
        let is_split = texts.iter().flatten().all(|file| file.is_split);
        if is_text && is_split && (is_yaml || texts.iter().flatten().any(|file| holds_secret(&file.text))) {
            match self.read(&texts, options) {
                Ok((entities, unchanged)) => {
                    self.unchanged += unchanged;
                    let mut objects = [None, None];
                    let sides = [&mut self.old, &mut self.new];
                    for (index, ((side, file), entities)) in sides.into_iter().zip(texts).zip(entities).enumerate() {
                        objects[index] = file.map(|file| {
                            side.files.push(file);
                            side.files.len() - 1
                        });
                        side.entities.extend(entities);
                    }
                    self.files.push(ReadFile { plain, objects: Some(objects) });
                    return;
                }
                Err(_) => plain.is_broken = true,
            }
        }
        plain.is_broken |= is_yaml;
        self.files.push(ReadFile { plain, objects: None });
    }

    /// The objects of both sides of a file but for those in documents that both have, and how many these are.
    fn read(&self, texts: &[Option<FileText>; 2], options: &DiffOptions) -> Result<([Vec<Entity>; 2], usize)> {
        let mut common: HashMap<&str, usize> = HashMap::new();
        if let [Some(old), Some(new)] = texts {
            // Nothing is to be masked in a document that is only a hunk's surroundings.
            let may_show = |text: &str| {
                !options.files || options.show_secrets || (options.masks.is_empty() && !may_hold_secret(text))
            };
            let mut in_old: HashMap<&str, usize> = HashMap::new();
            (0..old.documents.len()).for_each(|at| *in_old.entry(old.document(at)).or_default() += 1);
            for text in (0..new.documents.len()).map(|at| new.document(at)).filter(|text| may_show(text)) {
                if let Some(count) = in_old.get_mut(text).filter(|count| **count > 0) {
                    *count -= 1;
                    *common.entry(text).or_default() += 1;
                }
            }
        }
        let unchanged = common.iter().filter(|(text, _)| !text.trim().is_empty()).map(|(_, count)| count).sum();
        let read = |file: &Option<FileText>, number: usize| -> Result<Vec<Entity>> {
            let (mut common, mut entities, mut ordinal) = (common.clone(), Vec::new(), 0);
            let Some(file) = file else { return Ok(entities) };
            for document in 0..file.documents.len() {
                match common.get_mut(file.document(document)).filter(|count| **count > 0) {
                    Some(count) => *count -= 1,
                    None => entities.extend(file.entities(number, document, &mut ordinal, self.keep)?),
                }
            }
            Ok(entities)
        };
        let [old, new] = texts;
        Ok(([read(old, self.old.files.len())?, read(new, self.new.files.len())?], unchanged))
    }
}

/// Whether a file should hold objects.
fn is_yaml(path: &str) -> bool {
    let end = path.rsplit('.').next().unwrap_or_default();
    ["yaml", "yml", "json"].iter().any(|yaml| end.eq_ignore_ascii_case(yaml))
}

/// How many objects are in a file, as far as that can be said without reading it.
fn count(file: &ManifestFile) -> usize {
    match file.resources.len() {
        0 if is_yaml(&file.path) => memchr::memmem::find_iter(&file.content, b"\n---").count() + 1,
        known => known,
    }
}
