//! Running programs.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The program under test.
pub const CRUSTOMIZE: &str = env!("CARGO_BIN_EXE_crustomize");

/// The root of the repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The plugins of the repository.
pub fn plugins() -> PathBuf {
    repository().join("plugins")
}

/// `program` with `arguments` in `directory`, and with nothing of the caller's plugins.
pub fn command(program: &str, directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(directory).env("CRUSTOMIZE", CRUSTOMIZE);
    for variable in ["KUSTOMIZE_PLUGIN_HOME", "XDG_CONFIG_HOME", "KUSTOMIZE_PLUGIN_CONFIG_ROOT"] {
        command.env_remove(variable);
    }
    command
}

/// Status, standard output and standard error as one text.
pub fn show(command: &mut Command, input: &str) -> String {
    let (status, stdout, stderr) = run(command, input);
    format!("status: {status}\n----- stdout\n{stdout}----- stderr\n{stderr}")
}

/// Standard output, or standard error of a command that failed.
pub fn outcome(command: &mut Command) -> Result<String, String> {
    match run(command, "") {
        (0, stdout, _) => Ok(stdout),
        (_, _, stderr) => Err(stderr),
    }
}

fn run(command: &mut Command, input: &str) -> (i32, String, String) {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a program");
    let mut stdin = child.stdin.take().expect("its input");
    let input = input.to_owned();
    // A program that fails early need not read.
    let writer = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
    let output = child.wait_with_output().expect("its end");
    writer.join().expect("the writer");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}
