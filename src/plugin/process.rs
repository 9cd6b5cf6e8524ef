//! Runs one external program: writes its input while reading its output, within limits.
//!
//! Knows nothing of plugins or resources. What was written to a program's input is
//! never shown; what it says on its error output is, within bounds.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// How much of a program's error output is kept: its end.
const ERROR_OUTPUT_KEPT: usize = 16 << 10;

/// How long to wait for pipes to close once a program was killed.
const GRACE: Duration = Duration::from_secs(2);

/// A program that was just written may still be open in a child that another thread is starting.
const BUSY_TRIES: usize = 20;
const BUSY_PAUSE: Duration = Duration::from_millis(5);

/// Stands for limits beyond what the clock can count.
const FOREVER: Duration = Duration::from_secs(365 * 24 * 3600);

/// A program to run.
#[derive(Debug, Clone)]
pub struct Process {
    /// A path, or a name that is looked up in `PATH`.
    pub program: PathBuf,
    /// Its arguments, without its own name.
    pub arguments: Vec<OsString>,
    /// Variables added to our own environment.
    pub environment: Vec<(OsString, OsString)>,
    /// Variables of our own environment that the program does not get.
    pub environment_removed: Vec<OsString>,
    /// The directory to run in, ours if there is none.
    pub directory: Option<PathBuf>,
    /// Whether what the program starts is killed with it. Such a program can't ask the user anything,
    /// and an interrupt from the terminal does not reach it.
    pub own_group: bool,
}

/// How much a program may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long it may run.
    pub time: Duration,
    /// How many bytes it may write to its output.
    pub output: usize,
}

/// What a program that ended left.
#[derive(Debug, Clone)]
pub struct Finished {
    /// How it ended.
    pub status: ExitStatus,
    /// All it wrote to its output.
    pub output: Vec<u8>,
    /// The end of what it wrote to its error output, as text without spaces around it.
    pub error_output: String,
}

impl Finished {
    /// What the program said on its error output, to be put after a message.
    #[must_use]
    pub fn said(&self) -> String {
        let text = &self.error_output;
        match text.lines().count() {
            0 => String::new(),
            1 => format!(": {text}"),
            _ => format!(":\n    {}", text.replace('\n', "\n    ")),
        }
    }
}

/// Why a program left nothing of use.
#[derive(Debug)]
pub enum Fault {
    /// It could not be started.
    NotStarted(io::Error),
    /// It ran longer than the limit and was killed.
    TimedOut,
    /// It wrote more than the limit and was killed.
    TooMuchOutput,
}

enum Event {
    Output(Option<Vec<u8>>),
    ErrorOutput(String),
}

impl Process {
    /// A program without arguments, in our directory and environment. At a terminal it stays in our group.
    #[must_use]
    pub fn new(program: impl AsRef<Path>) -> Self {
        Self {
            program: program.as_ref().to_owned(),
            arguments: Vec::new(),
            environment: Vec::new(),
            environment_removed: Vec::new(),
            directory: None,
            own_group: !io::stdin().is_terminal(),
        }
    }

    /// Adds arguments.
    #[must_use]
    pub fn arguments(mut self, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// The command as a person would type it, roughly.
    #[must_use]
    pub fn line(&self) -> String {
        let mut line = self.program.to_string_lossy().into_owned();
        for argument in &self.arguments {
            line.push(' ');
            line.push_str(&argument.to_string_lossy());
        }
        line
    }

    /// Runs the program to its end with `input` as its input.
    ///
    /// # Errors
    /// When it can't be started or goes beyond a limit. A failure that the program itself reports is no error here.
    pub fn run(&self, input: Vec<u8>, limits: &Limits) -> Result<Finished, Fault> {
        let mut child = self.spawn().map_err(Fault::NotStarted)?;
        let deadline = Instant::now() + limits.time.min(FOREVER);
        let (sender, events) = mpsc::channel();
        let attended = attend(&mut child, input, limits.output, sender).map_err(Fault::NotStarted);
        let result = attended.and_then(|()| await_end(&mut child, &events, deadline));
        if result.is_err() {
            self.kill(&mut child);
            // The threads end with the pipes; if something keeps those open, the threads are left behind.
            while events.recv_timeout(GRACE).is_ok() {}
        }
        result
    }

    fn spawn(&self) -> io::Result<Child> {
        for _ in 0..BUSY_TRIES {
            match self.command().spawn() {
                Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => thread::sleep(BUSY_PAUSE),
                result => return result,
            }
        }
        self.command().spawn()
    }

    /// The program as the standard library starts it, its streams piped.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        for name in &self.environment_removed {
            command.env_remove(name);
        }
        command.args(&self.arguments).envs(self.environment.iter().map(|(key, value)| (key, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if let Some(directory) = &self.directory {
            command.current_dir(directory);
        }
        #[cfg(unix)]
        if self.own_group {
            std::os::unix::process::CommandExt::process_group(&mut command, 0);
        }
        command
    }

    fn kill(&self, child: &mut Child) {
        #[cfg(unix)]
        if self.own_group {
            let group = rustix::process::Pid::from_child(child);
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Starts a thread for each of the child's pipes; the events come as the pipes close.
fn attend(child: &mut Child, input: Vec<u8>, limit: usize, events: mpsc::Sender<Event>) -> io::Result<()> {
    let spawn = |work: Box<dyn FnOnce() + Send>| thread::Builder::new().spawn(work).map(drop);
    if let Some(mut pipe) = child.stdin.take() {
        // A program need not read its input.
        spawn(Box::new(move || drop(pipe.write_all(&input))))?;
    }
    if let Some(pipe) = child.stdout.take() {
        let events = events.clone();
        spawn(Box::new(move || drop(events.send(Event::Output(read_within(pipe, limit))))))?;
    }
    if let Some(pipe) = child.stderr.take() {
        spawn(Box::new(move || drop(events.send(Event::ErrorOutput(read_end(pipe, ERROR_OUTPUT_KEPT))))))?;
    }
    Ok(())
}

fn await_end(child: &mut Child, events: &mpsc::Receiver<Event>, deadline: Instant) -> Result<Finished, Fault> {
    let (mut output, mut error_output) = (Vec::new(), String::new());
    loop {
        match events.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(Event::Output(Some(content))) => output = content,
            Ok(Event::Output(None)) => return Err(Fault::TooMuchOutput),
            Ok(Event::ErrorOutput(text)) => error_output = text,
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => return Err(Fault::TimedOut),
        }
    }
    let mut pause = Duration::from_micros(100);
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(Finished { status, output, error_output }),
            Ok(None) if Instant::now() >= deadline => return Err(Fault::TimedOut),
            Ok(None) => thread::sleep(pause),
            Err(error) => return Err(Fault::NotStarted(error)),
        }
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// All that a pipe gives, or `None` if that is more than `limit` bytes.
fn read_within(pipe: impl Read, limit: usize) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    // A pipe that breaks has given all it will.
    let _ = pipe.take(limit as u64 + 1).read_to_end(&mut content);
    (content.len() <= limit).then_some(content)
}

/// The last `kept` bytes that a pipe gives, as text.
fn read_end(mut pipe: impl Read, kept: usize) -> String {
    let mut end: VecDeque<u8> = VecDeque::new();
    let mut cut = false;
    let mut buffer = [0; 4096];
    loop {
        let count = match pipe.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => break,
        };
        end.extend(buffer.iter().take(count));
        if end.len() > kept {
            cut = true;
            end.drain(..end.len() - kept);
        }
    }
    let text = String::from_utf8_lossy(end.make_contiguous()).trim().to_owned();
    if cut { format!("... {text}") } else { text }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { time: Duration::from_secs(20), output: 1 << 20 };

    fn shell(script: &str) -> Process {
        Process::new("sh").arguments(["-c", script])
    }

    #[test]
    fn writes_while_it_reads() {
        let input = vec![b'x'; 700_000];
        let finished = shell("cat; echo bad >&2; exit 3").run(input.clone(), &LIMITS).unwrap();
        assert_eq!(finished.output, input);
        assert_eq!(finished.error_output, "bad");
        assert_eq!(finished.status.code(), Some(3));
    }

    #[test]
    fn needs_no_reader_of_its_input() {
        let finished = shell("exec <&-; echo out").run(vec![b'x'; 700_000], &LIMITS).unwrap();
        assert_eq!(finished.output, b"out\n");
        assert!(finished.status.success());
    }

    #[test]
    fn kills_what_hangs_with_all_it_started() {
        let limits = Limits { time: Duration::from_millis(200), ..LIMITS };
        let started = Instant::now();
        let process = Process { own_group: true, ..shell("sleep 60 & sleep 60") };
        let fault = process.run(Vec::new(), &limits).unwrap_err();
        assert!(matches!(fault, Fault::TimedOut));
        // The sleepers hold the pipes: had they survived, we had waited for the whole grace.
        assert!(started.elapsed() < limits.time + GRACE, "{:?}", started.elapsed());
    }

    #[test]
    fn stops_floods_and_keeps_the_end_of_error_output() {
        let limits = Limits { output: 1000, ..LIMITS };
        assert!(matches!(shell("yes").run(Vec::new(), &limits).unwrap_err(), Fault::TooMuchOutput));
        let script = "i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done >&2";
        let text = shell(script).run(Vec::new(), &limits).unwrap().error_output;
        assert!(text.starts_with("... ") && text.ends_with("line 2999"), "{text}");
        assert!(text.len() <= ERROR_OUTPUT_KEPT + 4);
    }

    #[test]
    fn says_why_a_program_did_not_start() {
        let fault = Process::new("/no/such/program").run(Vec::new(), &LIMITS).unwrap_err();
        assert!(matches!(fault, Fault::NotStarted(error) if error.kind() == io::ErrorKind::NotFound));
    }
}
