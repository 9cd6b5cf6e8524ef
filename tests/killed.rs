//! A program that writes units is killed with SIGKILL at random moments: each unit's folder is wholly old or
//! wholly new, files of others are there, and the next run leaves nothing of the dead one.
//!
//! The program is this one: with `write DIRECTORY GENERATION` it writes until it is killed.
#![cfg_attr(not(unix), allow(unused, reason = "elsewhere there is no such signal"))]
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "the test makes and reads files and prints")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::num::NonZero;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use crustomize::DiskFs;
use crustomize::layout::OutputFile;
use crustomize::output::{INVENTORY, Inventory, OutputFolder, OutputUnit, WriteOptions};
use libtest_mimic::{Arguments, Failed, Trial};

const KILLS: u64 = 200;
const UNITS: [(&str, &str); 3] = [("a", "x"), ("a", "y"), ("b", "x")];
/// Files of somebody else, with their content.
const FOREIGN: [&str; 2] = ["README", "n/notes/mine.txt"];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().collect();
    if let [_, word, directory, generation] = args.as_slice()
        && word == "write"
    {
        write_until_killed(Path::new(directory), generation.parse().unwrap());
    }
    let trials = vec![Trial::test("killed_at_random_moments_each_folder_is_whole", killed_at_random_moments)];
    let trials = if cfg!(unix) { trials } else { Vec::new() };
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// The paths of a generation: some are always there, some come and go.
fn paths(generation: u64) -> Vec<String> {
    let mut paths: Vec<String> = (0..2).map(|number| format!("n/always-{number}.yaml")).collect();
    paths.extend((0..1).map(|number| format!("of-{}/some-{number}.yaml", generation % 3)));
    paths.sort();
    paths
}

fn content(generation: u64) -> String {
    format!("generation: {generation}\n").repeat(20)
}

fn write(directory: &Path, generation: u64) {
    let output = OutputFolder::new(&DiskFs, directory);
    let file = |path| OutputFile { path, content: content(generation), resources: Vec::new() };
    let unit = |(site, app): &(&str, &str)| OutputUnit {
        site: (*site).to_owned(),
        app: (*app).to_owned(),
        files: paths(generation).into_iter().map(file).collect(),
    };
    let plans = UNITS.iter().map(|names| output.plan(unit(names)).unwrap()).collect();
    let threads = NonZero::new(1 + usize::try_from(generation % 2).unwrap()).unwrap();
    let options = WriteOptions { durable: false, threads, ..WriteOptions::default() };
    output.apply(plans, options).unwrap();
}

fn write_until_killed(directory: &Path, from: u64) -> ! {
    println!("begins");
    for generation in from.. {
        write(directory, generation);
    }
    unreachable!("there are more generations than time")
}

/// The files below `folder`, by path.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut rest = vec![folder.to_owned()];
    while let Some(path) = rest.pop() {
        if path.is_dir() {
            rest.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            found.insert(name, fs::read(path).unwrap());
        }
    }
    found
}

/// The generation whose files, all of them and no others, are in the unit's folder; `None` if it is not there.
fn generation(folder: &Path, foreign: bool) -> Result<Option<u64>, String> {
    if !folder.exists() {
        return if foreign { Err("the folder is gone".to_owned()) } else { Ok(None) };
    }
    let mut found = files(folder);
    let inventory = found.remove(INVENTORY).ok_or("no inventory")?;
    if foreign {
        for path in FOREIGN {
            if found.remove(path).as_deref() != Some(path.as_bytes()) {
                return Err(format!("`{path}` is not as it was"));
            }
        }
    }
    let first = found.values().next().ok_or("no files")?;
    let text = String::from_utf8(first.clone()).map_err(|error| error.to_string())?;
    let number = text.lines().next().and_then(|line| line.strip_prefix("generation: ")).and_then(|n| n.parse().ok());
    let number: u64 = number.ok_or_else(|| format!("no generation in {text:?}"))?;
    let want: BTreeMap<String, Vec<u8>> =
        paths(number).into_iter().map(|path| (path, content(number).into_bytes())).collect();
    if found != want {
        return Err(format!("not generation {number}: {:?}", found.keys()));
    }
    let written: Vec<OutputFile> = paths(number)
        .into_iter()
        .map(|path| OutputFile { path, content: content(number), resources: Vec::new() })
        .collect();
    if Inventory::from_json(&inventory)? != Inventory::of(&written) {
        return Err(format!("the inventory is not that of generation {number}"));
    }
    Ok(Some(number))
}

/// Numbers that look random and are the same every time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

fn killed_at_random_moments() -> Result<(), Failed> {
    let temporary = tempfile::tempdir()?;
    let directory = temporary.path().join("out");
    let mut random = Random(2024);
    let (mut next, mut between, mut staged) = (0, 0, 0);
    for kill in 0..KILLS {
        // Now and then there is nothing yet.
        let foreign = kill % 10 != 0;
        if kill % 10 == 0 && directory.exists() {
            fs::remove_dir_all(&directory)?;
        } else if kill % 10 == 1 {
            for (site, app) in UNITS {
                let folder = directory.join(site).join(app);
                fs::create_dir_all(folder.join("n/notes"))?;
                FOREIGN.iter().try_for_each(|path| fs::write(folder.join(path), path))?;
            }
        }
        let mut child = Command::new(std::env::current_exe()?)
            .args(["write".as_ref(), directory.as_os_str(), next.to_string().as_ref()])
            .stdout(Stdio::piped())
            .spawn()?;
        // It has begun; what it does in the microseconds to come is up to the dice.
        child.stdout.as_mut().unwrap().read_exact(&mut [0; 7])?;
        std::thread::sleep(Duration::from_micros(random.below(20_000)));
        child.kill()?;
        let status = child.wait()?;
        if status.code().is_some() {
            return Err(format!("kill {kill}: the program ended by itself: {status}").into());
        }
        let mut found = BTreeSet::new();
        for (site, app) in UNITS {
            let now = generation(&directory.join(site).join(app), foreign);
            found.insert(now.map_err(|fault| format!("kill {kill}, unit {site}/{app}: {fault}"))?);
        }
        between += u32::from(found.len() > 1);
        staged += u32::from(directory.join(".crustomize-staging").exists());
        next = found.into_iter().flatten().max().unwrap_or(next) + 1;
        write(&directory, next);
        for (site, app) in UNITS {
            let now = generation(&directory.join(site).join(app), foreign)?;
            if now != Some(next) {
                return Err(format!("kill {kill}: {site}/{app} is at {now:?}, not at {next}").into());
            }
        }
        let left: Vec<String> =
            fs::read_dir(&directory)?.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        if left.iter().any(|name| name != "a" && name != "b") {
            return Err(format!("kill {kill}: left behind {left:?}").into());
        }
        next += 1;
    }
    println!("{KILLS} kills: {staged} with folders staged, {between} between two swaps");
    if staged == 0 {
        return Err("no kill came while folders were staged".into());
    }
    Ok(())
}
