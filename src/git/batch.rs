//! Contents of objects from processes that stay: `git cat-file --batch`.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use crate::error::{Error, ErrorKind, Result};
use crate::git::{ObjectId, Repository};

/// How many processes there may be, one a thread that reads.
const PROCESSES: usize = 4;

/// Reads contents of objects. Threads share it.
#[derive(Debug)]
pub struct BlobReader {
    repository: Repository,
    processes: [Mutex<Option<Batch>>; PROCESSES],
}

/// A content, or its size if that is too large.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    Whole(Vec<u8>),
    TooLarge,
}

#[derive(Debug)]
struct Batch {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl BlobReader {
    /// A reader of the objects of `repository`. No process is started before something is read.
    #[must_use]
    pub fn new(repository: &Repository) -> Self {
        Self { repository: repository.clone(), processes: Default::default() }
    }

    /// The content of a file.
    ///
    /// # Errors
    /// When the object is missing or git can't be run.
    pub fn read(&self, id: &ObjectId) -> Result<Vec<u8>> {
        match self.read_within(id, u64::MAX)? {
            Content::Whole(content) => Ok(content),
            Content::TooLarge => Err(Error::new(ErrorKind::Limit, format!("the object `{id}` is too large"))),
        }
    }

    /// The content of a file unless it has more than `limit` bytes.
    pub(super) fn read_within(&self, id: &ObjectId, limit: u64) -> Result<Content> {
        let mut slot = self.slot();
        if slot.is_none() {
            *slot = Some(Batch::start(&self.repository)?);
        }
        let Some(batch) = slot.as_mut() else { return Err(broken(id, "no process")) };
        let answer = batch.ask(id, limit);
        match answer {
            Ok(Some(content)) => Ok(content),
            Ok(None) => Err(broken(id, "it is missing, or is no file").hint("`git fsck` shows what else is missing")),
            Err(error) => {
                // What the process would say next belongs to no question.
                *slot = None;
                Err(broken(id, &error.to_string()))
            }
        }
    }

    /// A process that nobody uses, or else the first that becomes free.
    fn slot(&self) -> MutexGuard<'_, Option<Batch>> {
        for process in &self.processes {
            match process.try_lock() {
                Ok(slot) => return slot,
                Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        let [first, ..] = &self.processes;
        first.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn broken(id: &ObjectId, fault: &str) -> Error {
    Error::new(ErrorKind::Plugin, format!("git can't read the object `{id}`: {fault}"))
}

impl Batch {
    fn start(repository: &Repository) -> Result<Self> {
        let process = repository.process(&["cat-file", "--batch"]);
        let failed = |error| {
            let fault = crate::plugin::process::Fault::NotStarted(error);
            repository.git().not_run("git cat-file --batch", fault, repository.directory())
        };
        let mut child = process.command().stderr(Stdio::null()).spawn().map_err(failed)?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(input), Some(output)) => Ok(Self { child, input, output: BufReader::new(output) }),
            _ => Err(failed(io::Error::other("it has no pipes"))),
        }
    }

    /// `None` if there is no such file.
    fn ask(&mut self, id: &ObjectId, limit: u64) -> io::Result<Option<Content>> {
        self.input.write_all(format!("{id}\n").as_bytes())?;
        self.input.flush()?;
        let mut header = String::new();
        if self.output.read_line(&mut header)? == 0 {
            return Err(io::Error::other("the process ended"));
        }
        // `<id> <type> <size>`, or `<id> missing`.
        let mut words = header.trim_end().split(' ').skip(1);
        let (kind, size) = (words.next(), words.next().and_then(|size| size.parse::<u64>().ok()));
        let (Some(kind), Some(size)) = (kind, size) else { return Ok(None) };
        let mut body = (&mut self.output).take(size + 1);
        if kind != "blob" || size > limit {
            io::copy(&mut body, &mut io::sink())?;
            return Ok((kind == "blob").then_some(Content::TooLarge));
        }
        let mut content = Vec::with_capacity(usize::try_from(size + 1).unwrap_or_default());
        body.read_to_end(&mut content)?;
        if content.len() as u64 != size + 1 {
            return Err(io::Error::other("the process ended"));
        }
        content.pop();
        Ok(Some(Content::Whole(content)))
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
