//! Makes a resource share no text with others, see [`Copies`].

use crate::resource::{Gvk, Resource};
use crate::yaml::Copies;

impl Resource {
    /// Gives all texts of the resource buffers of these copies.
    pub(crate) fn detach(&mut self, copies: &mut Copies) {
        copies.detach_tree(&mut self.node);
        for previous in &mut self.history {
            copies.detach(&mut previous.namespace);
            copies.detach(&mut previous.name);
            copies.detach(&mut previous.kind);
        }
        self.prefixes.iter_mut().chain(&mut self.suffixes).for_each(|text| copies.detach(text));
    }
}

impl Gvk {
    /// The same for a type.
    pub(crate) fn detach(&mut self, copies: &mut Copies) {
        copies.detach(&mut self.group);
        copies.detach(&mut self.version);
        copies.detach(&mut self.kind);
    }
}
