//! A headless Chromium, driven through its DevTools protocol.
//!
//! The protocol goes over two pipes, which a shell opens as the file descriptors that Chromium expects; messages are
//! JSON, ended by a zero byte. No port is opened.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

/// No answer takes longer, but on a machine that hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// A browser with one page.
pub struct Browser {
    process: Child,
    requests: File,
    answers: Receiver<Value>,
    session: Option<String>,
    last_id: u64,
    /// What happened meanwhile.
    pub events: Vec<Value>,
    /// Its profile and its pipes; gone with it.
    _folder: TempDir,
}

/// The Chromium of this machine: what `CHROME` says, or a usual name on the path.
pub fn chromium() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
    if !cfg!(unix) {
        return None;
    }
    if let Some(named) = std::env::var_os("CHROME") {
        return Some(PathBuf::from(named));
    }
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|file| file.is_file())
}

impl Browser {
    /// Starts it with an empty page.
    pub fn start(chromium: &Path) -> Self {
        let folder = TempDir::new().unwrap();
        let [requests, answers] = ["requests", "answers"].map(|name| folder.path().join(name));
        let made = Command::new("mkfifo").args([&requests, &answers]).status().unwrap();
        assert!(made.success(), "mkfifo failed");
        let process = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<\"$REQUESTS\" 4>\"$ANSWERS\""])
            .arg(chromium)
            .args(["--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu"])
            .args(["--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking"])
            .args(["--disable-component-update", "--window-size=1200,800"])
            .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
            .env("REQUESTS", &requests)
            .env("ANSWERS", &answers)
            .env("HOME", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // In the order in which the shell opens them, since each waits for the other end.
        let requests = File::options().write(true).open(requests).unwrap();
        let answers = listen(File::open(answers).unwrap());
        let mut browser =
            Self { process, requests, answers, session: None, last_id: 0, events: Vec::new(), _folder: folder };
        let target = browser.ask("Target.createTarget", json!({ "url": "about:blank" }))["targetId"].clone();
        let attached = browser.ask("Target.attachToTarget", json!({ "targetId": target, "flatten": true }));
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.ask(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    /// Asks and waits for the answer.
    pub fn ask(&mut self, method: &str, parameters: Value) -> Value {
        self.last_id += 1;
        let mut request = json!({ "id": self.last_id, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            request["sessionId"] = json!(session);
        }
        self.requests.write_all(format!("{request}\0").as_bytes()).unwrap();
        loop {
            let message = self.next();
            if message["id"] == json!(self.last_id) {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].clone();
            }
            self.events.push(message);
        }
    }

    fn next(&mut self) -> Value {
        self.answers.recv_timeout(PATIENCE).expect("chromium does not answer")
    }

    /// Opens a file and waits until all of it is there.
    pub fn open(&mut self, file: &Path) {
        self.events.clear();
        self.ask("Page.navigate", json!({ "url": format!("file://{}", file.display()) }));
        while !self.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            let event = self.next();
            self.events.push(event);
        }
    }

    /// What an expression comes to, once the page has drawn what changed before.
    pub fn value(&mut self, expression: &str) -> Value {
        let drawn = "await new Promise((done) => requestAnimationFrame(() => setTimeout(done)))";
        let expression = format!("(async () => {{ {drawn}; return {expression}; }})()");
        let parameters = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let answer = self.ask("Runtime.evaluate", parameters);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {}", answer["exceptionDetails"]);
        answer["result"]["value"].clone()
    }

    /// Waits until an expression is true.
    pub fn wait_for(&mut self, expression: &str) {
        for _ in 0..500 {
            if self.value(expression) == json!(true) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("never true: {expression}");
    }

    /// Clicks into the middle of the element.
    pub fn click(&mut self, selector: &str) {
        let place = format!(
            "(() => {{ const element = document.querySelector({0}); element.scrollIntoView({{ block: 'nearest' }}); \
             const box = element.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }})()",
            json!(selector)
        );
        let place = self.value(&place);
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 });
            self.ask("Input.dispatchMouseEvent", event);
        }
    }

    /// Presses a key that has a name or is a character.
    pub fn press(&mut self, key: &str) {
        let is_text = key.chars().count() == 1;
        let code = match key {
            "Enter" => 13,
            "Escape" => 27,
            _ => 0,
        };
        let kind = if is_text { "keyDown" } else { "rawKeyDown" };
        let mut down = json!({ "type": kind, "key": key, "windowsVirtualKeyCode": code });
        if is_text {
            down["text"] = json!(key);
        }
        self.ask("Input.dispatchKeyEvent", down);
        self.ask("Input.dispatchKeyEvent", json!({ "type": "keyUp", "key": key }));
    }

    /// Puts a text where the cursor is.
    pub fn write(&mut self, text: &str) {
        self.ask("Input.insertText", json!({ "text": text }));
    }

    /// Complaints since the page was opened: what its scripts or the browser say, and requests but for the page's own.
    pub fn complaints(&mut self) -> Vec<String> {
        // What comes before the answer has happened.
        self.ask("Runtime.evaluate", json!({ "expression": "1" }));
        let complaint = |event: &Value| match event["method"].as_str()? {
            "Runtime.exceptionThrown" | "Runtime.consoleAPICalled" | "Log.entryAdded" => Some(event.to_string()),
            "Network.requestWillBeSent" => {
                let url = event["params"]["request"]["url"].as_str()?;
                let is_own = event["params"]["type"] == "Document" && url.starts_with("file://");
                (!is_own && !url.starts_with("data:")).then(|| url.to_owned())
            }
            _ => None,
        };
        self.events.iter().filter_map(complaint).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It ends by itself when asked; killing is for one that hangs.
        let _ = self.requests.write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        for _ in 0..100 {
            if let Ok(Some(_)) = self.process.try_wait() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The messages of a pipe, one by one.
fn listen(pipe: File) -> Receiver<Value> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for message in BufReader::new(pipe).split(0) {
            let Some(message) = message.ok().and_then(|text| serde_json::from_slice(&text).ok()) else { return };
            if sender.send(message).is_err() {
                return;
            }
        }
    });
    receiver
}
