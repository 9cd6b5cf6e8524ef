//! Makes the table of Kubernetes' types from the published `OpenAPI` document:
//!
//! ```text
//! kubectl get --raw /openapi/v2 > swagger.json
//! cargo run --example schema_table -- swagger.json > src/schema/kubernetes-v1.21.2.table
//! ```
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "a program of its own")]

use std::error::Error;
use std::io::Write as _;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("usage: schema_table SWAGGER.json")?;
    let document: serde_json::Value = serde_json::from_slice(&std::fs::read(path)?)?;
    let table = crustomize::schema::compile(&document)?;
    std::io::stdout().write_all(table.as_bytes())?;
    Ok(())
}
