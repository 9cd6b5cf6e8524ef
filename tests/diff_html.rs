//! The page of a diff in a real browser: opened, clicked through, typed into. Ignored where there is no Chromium.
#![allow(clippy::disallowed_methods, reason = "the test writes pages for the browser to read")]

#[path = "diff_html/browser.rs"]
mod browser;
#[path = "diff_html/reports.rs"]
mod reports;

use std::process::ExitCode;
use std::time::Duration;

use crustomize::gitops::diff::{Change, Report, UnitStatus};
use crustomize::gitops::format::{HtmlOptions, html};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Value, json};
use tempfile::TempDir;

use browser::{Browser, chromium};

/// The number of the entry that is selected, by its link in the tree and by its object.
const CURRENT: &str = "[document.querySelector('.object.current')?.id, \
                       document.querySelector('nav [aria-current]')?.hash.slice(1)]";
/// Names of the objects that are shown.
const SHOWN: &str = "[...document.querySelectorAll('.object:not([hidden]) h3')].map((title) => title.textContent)";

fn main() -> ExitCode {
    let is_missing = chromium().is_none();
    let trial = |name, test: fn(&mut Browser)| {
        let run = move || -> Result<(), Failed> {
            test(&mut Browser::start(&chromium().ok_or("there is no Chromium")?));
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(is_missing)
    };
    let trials = vec![
        trial("what_the_report_says_is_on_the_page", what_the_report_says_is_on_the_page),
        trial("entries_of_the_tree_lead_to_objects", entries_of_the_tree_lead_to_objects),
        trial("keys_step_through_objects_and_changes", keys_step_through_objects_and_changes),
        trial("views_show_the_same_lines", views_show_the_same_lines),
        trial(
            "of_a_very_long_diff_the_rest_is_shown_when_asked_for",
            of_a_very_long_diff_the_rest_is_shown_when_asked_for,
        ),
        trial("filters_hide_objects_and_their_entries", filters_hide_objects_and_their_entries),
        trial("light_can_be_switched_to_dark", light_can_be_switched_to_dark),
        trial("dark_can_be_switched_to_light", dark_can_be_switched_to_light),
        trial("without_a_script_everything_can_be_read", without_a_script_everything_can_be_read),
        trial("ten_thousand_objects_open", ten_thousand_objects_open),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Opens the page of a report.
fn open(browser: &mut Browser, report: &Report) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("diff.html");
    std::fs::write(&file, html(report, &HtmlOptions::default())).unwrap();
    browser.open(&file);
    assert_eq!(browser.complaints(), [""; 0]);
}

fn count(browser: &mut Browser, selector: &str) -> u64 {
    browser.value(&format!("document.querySelectorAll({}).length", json!(selector))).as_u64().unwrap()
}

fn press_all(browser: &mut Browser, keys: &str) {
    keys.split(' ').for_each(|key| browser.press(key));
}

/// What is selected, both ways of asking.
fn current(browser: &mut Browser) -> String {
    let current = browser.value(CURRENT);
    assert_eq!(current[0], current[1]);
    current[0].as_str().unwrap_or_default().to_owned()
}

fn what_the_report_says_is_on_the_page(browser: &mut Browser) {
    open(browser, &reports::small());
    assert_eq!(count(browser, "article.object"), 7);
    assert_eq!(count(browser, "nav li a"), 7);
    assert_eq!(browser.value("document.querySelector('main').firstElementChild.id"), "failed");
    // Nothing of the input became an element.
    assert_eq!(count(browser, "img, main b, h1 b, nav b, .sides b"), 0);
    assert_eq!(count(browser, "script"), 1);
    assert_eq!(browser.value("typeof window.hacked"), "undefined");
    let shown = reports::HOSTILE.replace('\u{202e}', "⟨U+202E⟩");
    assert_eq!(browser.value("document.querySelectorAll('.sides code')[1].textContent"), json!(shown));
    assert_eq!(browser.value("document.querySelector('#o1 h3').textContent"), json!(format!("ConfigMap web/{shown}")));
    assert_eq!(browser.complaints(), [""; 0]);
}

fn entries_of_the_tree_lead_to_objects(browser: &mut Browser) {
    open(browser, &reports::small());
    browser.click("nav a[href='#o3']");
    browser.wait_for("location.hash === '#o3'");
    assert_eq!(current(browser), "o3");
    assert_eq!(browser.value("document.activeElement.id"), "o3");
    // An object of a group that is folded up: entry and object are unfolded.
    assert_eq!(browser.value("document.querySelector('#noise details').open"), false);
    browser.click("nav > details:last-child > summary");
    browser.click("nav a[href='#o6']");
    browser.wait_for("location.hash === '#o6'");
    assert_eq!(current(browser), "o6");
    assert_eq!(browser.value("document.querySelector('#noise details').open"), true);
    let top = browser.value("document.querySelector('#o6').getBoundingClientRect().top").as_f64().unwrap();
    assert!((-1.0..800.0).contains(&top), "{top}");
    assert_eq!(browser.complaints(), [""; 0]);
}

fn keys_step_through_objects_and_changes(browser: &mut Browser) {
    open(browser, &reports::small());
    let here = "document.querySelector('.here')?.textContent";
    press_all(browser, "j j j");
    assert_eq!(current(browser), "o2");
    browser.press("n");
    assert_eq!(browser.value(here), "−  replicas: 2");
    browser.press("n");
    assert_eq!(browser.value(here), "−    image: web:1");
    browser.press("n");
    assert_eq!(current(browser), "o3");
    browser.press("p");
    assert_eq!(current(browser), "o2");
    assert_eq!(browser.value(here), "−    image: web:1");
    press_all(browser, "k k k");
    assert_eq!(current(browser), "o0", "there is nothing before the first");
    press_all(browser, "j j j j j j j j");
    assert_eq!(current(browser), "o6", "there is nothing after the last");
    browser.press("?");
    assert_eq!(browser.value("document.querySelector('#help').open"), true);
    press_all(browser, "k Escape");
    assert_eq!(browser.value("document.querySelector('#help').open"), false);
    assert_eq!(current(browser), "o6", "keys are for the help while it is open");
    assert_eq!(browser.complaints(), [""; 0]);
}

fn views_show_the_same_lines(browser: &mut Browser) {
    open(browser, &reports::small());
    let cells = |name: &str| {
        format!("[...document.querySelectorAll('#o2 .{name}')].map((cell) => cell.dataset.number ?? cell.textContent)")
    };
    press_all(browser, "j j j");
    let lines = ["spec:", "  replicas: 2", "  replicas: 3", "  selector: {}", "  spec:", "    image: web:1"];
    let rest = ["    image: web:2", "    imagePullPolicy: Always", "    name: web"];
    assert_eq!(browser.value(&cells("unified .code")), json!([&lines[..], &rest[..]].concat()));
    assert_eq!(browser.value(&cells("unified mark")), json!(["2", "3", "1", "2"]));
    let numbers = json!([7, 7, 8, "", "", 8, 9, 9, 19, 19, 20, "", "", 20, "", 21, 21, 22]);
    let expected: Vec<String> =
        numbers.as_array().unwrap().iter().map(|number| number.to_string().replace('"', "")).collect();
    assert_eq!(browser.value(&cells("unified td.number")), json!(expected));

    browser.press("s");
    assert_eq!(count(browser, "#o2 .rows.unified"), 0);
    let [old, new] = ["td:nth-child(3)", "td:nth-child(6)"].map(|cell| browser.value(&cells(&format!("split {cell}"))));
    let context = ["spec:", "  selector: {}", "  spec:", "    name: web"];
    let side = |replicas: &str, image: &str, policy: &str| {
        json!([context[0], replicas, context[1], context[2], image, policy, context[3]])
    };
    assert_eq!(old, side("  replicas: 2", "    image: web:1", ""));
    assert_eq!(new, side("  replicas: 3", "    image: web:2", "    imagePullPolicy: Always"));
    assert_eq!(browser.value("document.querySelector('.views [aria-pressed=true]').textContent"), "Side by side");

    browser.click(".views [data-view=fields]");
    let visible = |selector: &str| format!("getComputedStyle(document.querySelector('{selector}')).display !== 'none'");
    assert_eq!(browser.value(&visible("#o2 .lines")), false);
    assert_eq!(browser.value(&visible("#o2 .fields")), true);
    assert_eq!(browser.value(&visible("#o0 .lines")), true, "what has no fields shows its lines");
    assert_eq!(count(browser, "#o3 .fields .masked"), 2);
    browser.press("n");
    assert_eq!(browser.value("document.querySelector('.here').textContent"), "/spec/replicas 2 3");
    browser.press("u");
    assert_eq!(browser.value(&visible("#o2 .fields")), false);
    assert_eq!(count(browser, "#o2 .rows.unified"), 1);
    assert_eq!(browser.complaints(), [""; 0]);
}

fn of_a_very_long_diff_the_rest_is_shown_when_asked_for(browser: &mut Browser) {
    let text: Vec<String> = (0..3_500).map(|number| format!("+line {number}")).collect();
    let long = reports::object("ConfigMap", "long", Change::Added, vec![reports::hunk(1, &text.join("\n"))]);
    let units = vec![reports::unit("prod", "web", UnitStatus::Changed, vec![long])];
    open(browser, &Report { units, ..Report::default() });
    browser.wait_for("document.querySelectorAll('.rows tbody tr').length === 3000");
    assert_eq!(browser.value("document.querySelector('.more').textContent"), "Show 501 more lines");
    browser.click(".more");
    browser.wait_for("document.querySelectorAll('.rows tbody tr').length === 3501");
    assert_eq!(count(browser, ".more"), 0);
    assert_eq!(browser.complaints(), [""; 0]);
}

fn filters_hide_objects_and_their_entries(browser: &mut Browser) {
    open(browser, &reports::small());
    browser.press("/");
    browser.write("deployment -stage");
    browser.wait_for("document.querySelector('#status').textContent === '1 of 7 objects'");
    assert_eq!(browser.value(SHOWN), json!(["Deployment web/front"]));
    assert_eq!(count(browser, "nav li:not([hidden])"), 1);
    assert_eq!(count(browser, "nav details.site:not([hidden])"), 1);
    press_all(browser, "Enter j");
    assert_eq!(current(browser), "o2", "hidden objects are stepped over");
    browser.press("/");
    browser.write("field:imagepull");
    browser.wait_for("document.querySelector('#status').textContent === '2 of 7 objects'");
    browser.press("Escape");
    browser.wait_for("document.querySelector('#status').textContent === ''");

    browser.click(".switches [data-change=noise]");
    browser.wait_for("document.querySelector('#status').textContent === '5 of 7 objects'");
    browser.click(".switches [data-change=modified]");
    browser.wait_for("document.querySelector('#status').textContent === '2 of 7 objects'");
    let shown: Value = browser.value(SHOWN);
    assert_eq!(shown[0], "Service web/old");
    assert_eq!(browser.complaints(), [""; 0]);
}

fn light_can_be_switched_to_dark(browser: &mut Browser) {
    switch_theme(browser, "light", ["rgb(255, 255, 255)", "rgb(14, 17, 22)"]);
}

fn dark_can_be_switched_to_light(browser: &mut Browser) {
    switch_theme(browser, "dark", ["rgb(14, 17, 22)", "rgb(255, 255, 255)"]);
}

fn switch_theme(browser: &mut Browser, preferred: &str, colours: [&str; 2]) {
    let features = json!([{ "name": "prefers-color-scheme", "value": preferred }]);
    browser.ask("Emulation.setEmulatedMedia", json!({ "features": features }));
    open(browser, &reports::small());
    let is = |colour: &str| format!("getComputedStyle(document.body).backgroundColor === '{colour}'");
    browser.wait_for(&is(colours[0]));
    browser.click("#theme");
    browser.wait_for(&is(colours[1]));
    browser.press("t");
    browser.wait_for(&is(colours[0]));
    assert_eq!(browser.complaints(), [""; 0]);
}

fn without_a_script_everything_can_be_read(browser: &mut Browser) {
    browser.ask("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
    open(browser, &reports::small());
    // No frame is waited for: the page can't tell when there is one.
    let mut value = |expression: &str| {
        let parameters = json!({ "expression": expression, "returnByValue": true });
        browser.ask("Runtime.evaluate", parameters)["result"]["value"].clone()
    };
    assert_eq!(value("document.documentElement.classList.contains('script')"), false);
    assert_eq!(value("getComputedStyle(document.querySelector('.tools')).display"), "none");
    assert_eq!(value("document.querySelectorAll('.object pre.diff:not([hidden])').length"), 7);
    // What was never in sight has no inner text yet.
    let mut text = Value::Null;
    for _ in 0..500 {
        text = value("document.querySelector('#o2').scrollIntoView(), document.querySelector('#o2').innerText");
        if text != "" {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    for line in ["-  replicas: 2\n+  replicas: 3", "/spec/replicas 2 3"] {
        assert!(text.as_str().unwrap().contains(line), "{text}");
    }
}

fn ten_thousand_objects_open(browser: &mut Browser) {
    open(browser, &reports::large());
    assert_eq!(count(browser, "article.object"), 10_000);
    press_all(browser, "j j");
    assert_eq!(current(browser), "o1");
    assert_eq!(count(browser, "#o1 .rows"), 1);
    let built = count(browser, ".rows");
    assert!(built < 200, "{built} objects have rows");
    browser.value("location.hash = '#o9999'");
    browser.wait_for("document.querySelector('.current')?.id === 'o9999'");
    let top = browser.value("document.querySelector('#o9999').getBoundingClientRect().top").as_f64().unwrap();
    assert!((-1.0..800.0).contains(&top), "{top}");
    assert_eq!(browser.value("document.documentElement.scrollHeight <= innerHeight"), true, "only the panes scroll");
    browser.press("/");
    browser.write("site-042 front-7");
    browser.wait_for("document.querySelector('#status').textContent === '11 of 10000 objects'");
    assert_eq!(browser.complaints(), [""; 0]);
}
