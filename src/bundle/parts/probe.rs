//! Whether a container is there for its callers.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bundle::parts::PortRef;

/// Asks a container how it is: over HTTP if there is a path, over gRPC if so said, else whether the port is open.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Probe {
    /// The path to get.
    path: Option<String>,
    /// The port to ask.
    port: Option<PortRef>,
    /// The number of a port that speaks gRPC's health protocol.
    grpc: Option<u16>,
    /// A command to run instead.
    command: Option<Vec<String>>,
    /// Seconds before the first question.
    initial_delay_seconds: Option<u32>,
    /// Seconds between questions.
    period_seconds: Option<u32>,
    /// Seconds until no answer is a bad one.
    timeout_seconds: Option<u32>,
    /// How many good answers make it well.
    success_threshold: Option<u32>,
    /// How many bad answers make it ill.
    failure_threshold: Option<u32>,
}

impl Probe {
    /// Asks whether the port `name` is open.
    pub(crate) fn of_port(name: &str) -> Self {
        Self {
            path: None,
            port: Some(PortRef::Name(name.to_owned())),
            grpc: None,
            command: None,
            initial_delay_seconds: None,
            period_seconds: None,
            timeout_seconds: None,
            success_threshold: None,
            failure_threshold: None,
        }
    }

    /// The probe as a container has it; `port` is asked unless this names one.
    pub(crate) fn write(&self, port: Option<&PortRef>) -> Value {
        let port = self.port.as_ref().or(port);
        let (mut http, mut tcp, mut grpc, mut exec) = (Value::Null, Value::Null, Value::Null, Value::Null);
        match (&self.command, self.grpc, &self.path) {
            (Some(command), ..) => exec = json!({"command": command}),
            (_, Some(number), _) => grpc = json!({"port": number}),
            (.., Some(path)) => http = json!({"path": path, "port": port}),
            _ => tcp = json!({"port": port}),
        }
        json!({
            "httpGet": http,
            "tcpSocket": tcp,
            "grpc": grpc,
            "exec": exec,
            "initialDelaySeconds": self.initial_delay_seconds,
            "periodSeconds": self.period_seconds,
            "timeoutSeconds": self.timeout_seconds,
            "successThreshold": self.success_threshold,
            "failureThreshold": self.failure_threshold,
        })
    }

    /// Whether there is anything to ask.
    pub(crate) fn has_target(&self) -> bool {
        self.command.is_some() || self.grpc.is_some() || self.port.is_some()
    }
}
