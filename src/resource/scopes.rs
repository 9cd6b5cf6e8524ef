//! Which types are cluster-scoped, asked once for each type.

use hashbrown::HashMap;

use crate::resource::id::{DEFAULT_NAMESPACE, NOT_NAMESPACED};
use crate::resource::{EMPTY, IdRef, TypeRef};
use crate::schema::Schema;

/// Remembers what a schema says of the types that it was asked for.
#[derive(Debug)]
pub(crate) struct Scopes<'a> {
    schema: &'a Schema,
    cluster: HashMap<TypeRef<'a>, bool>,
}

impl<'a> Scopes<'a> {
    pub(crate) fn new(schema: &'a Schema) -> Self {
        Self { schema, cluster: HashMap::new() }
    }

    /// The namespace of an id for comparisons, see [`crate::resource::ResId::effective_namespace`].
    pub(crate) fn effective_namespace(&mut self, id: IdRef<'a>) -> &'a str {
        if self.is_cluster_scoped(id) {
            NOT_NAMESPACED
        } else if id.namespace.is_empty() {
            DEFAULT_NAMESPACE
        } else {
            id.namespace
        }
    }

    /// Whether objects of the type of `id` are certainly cluster-scoped.
    fn is_cluster_scoped(&mut self, id: IdRef<'a>) -> bool {
        let ask = || id.is_cluster_scoped(self.schema);
        *self.cluster.entry(id.type_ref()).or_insert_with(ask)
    }

    /// The id with its effective namespace: empty for what is in none, and for what is in the default one. Two
    /// objects have one id if these are equal.
    pub(crate) fn effective(&mut self, id: IdRef<'a>) -> IdRef<'a> {
        IdRef { namespace: if self.is_cluster_scoped(id) { EMPTY } else { id.place() }, ..id }
    }
}
