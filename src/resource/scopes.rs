//! Which types are cluster-scoped, asked once for each type.

use hashbrown::HashMap;

use crate::resource::IdRef;
use crate::schema::Schema;

/// Remembers what a schema says of the types that it was asked for.
#[derive(Debug)]
pub(crate) struct Scopes<'a> {
    schema: &'a Schema,
    /// By group, version and kind.
    cluster: HashMap<(&'a str, &'a str, &'a str), bool>,
}

impl<'a> Scopes<'a> {
    pub(crate) fn new(schema: &'a Schema) -> Self {
        Self { schema, cluster: HashMap::new() }
    }

    /// The id with its effective namespace: empty for what is in none, and for what is in the default one. Two
    /// objects have one id if these are equal.
    pub(crate) fn effective(&mut self, id: IdRef<'a>) -> IdRef<'a> {
        let schema = self.schema;
        let is_cluster_scoped = || id.is_cluster_scoped(schema);
        let cluster = *self.cluster.entry((id.group, id.version, id.kind)).or_insert_with(is_cluster_scoped);
        IdRef { namespace: if cluster { "" } else { id.place() }, ..id }
    }
}
