//! `parlor-tui --pipe` for scripts and bots, the real program, against a real hub on loopback: who it is, what it waits
//! for, and when it leaves.

mod hub;

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use hub::{Hub, Piped, feed, program, run, run_of};
use parlor_core::wire::Dialect;

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// One sentence, and nothing else.
#[track_caller]
fn assert_one_sentence(stderr: &[u8]) {
    let stderr = text(stderr);
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.starts_with("parlor-tui: ") && stderr.trim_end().ends_with(['.', '?']), "{stderr}");
}

/// A hub, the address of its room `builds`, and bea, who sits there.
fn builds() -> (Hub, String, Piped) {
    let hub = Hub::start(None);
    let url = hub.url(Dialect::Native) + "/builds";
    let mut bea = Piped::start(&["--pipe", "--nick", "bea", &url]);
    bea.says("ready");
    bea.prints("bea: ready");
    (hub, url, bea)
}

#[test]
fn what_make_said_is_told_by_two_runs_of_one_person_at_the_same_time() {
    let (_hub, url, mut bea) = builds();
    let home = tempfile::tempdir().unwrap();
    let outputs = std::thread::scope(|scope| {
        let runs = ["make: one\n", "make: two\n"].map(|line| scope.spawn(|| run_of(&home, &["--pipe", &url], line)));
        runs.map(|run| run.join().unwrap())
    });
    for output in &outputs {
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    }
    for line in ["make: one", "make: two"] {
        bea.prints_what(|seen| seen.starts_with("nobody") && seen.ends_with(line), line);
    }
    // Whoever was kept is who one is again.
    assert_eq!(run_of(&home, &["--pipe", "--nick", "nobody", &url], "make: three\n").status.code(), Some(0));
    bea.prints("nobody: make: three");
}

#[test]
fn a_nickname_nobody_chose_gets_a_number_where_nothing_can_be_kept() {
    let (_hub, url, mut bea) = builds();
    for (line, nick) in [("one\n", "nobody"), ("two\n", "nobody2"), ("three\n", "nobody3")] {
        let home = tempfile::tempdir().unwrap();
        let mut command = program(&home, &["--pipe", &url]);
        command.env("HOME", home.path().join("file/below"));
        File::create(home.path().join("file")).unwrap();
        let output = feed(command, line);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        bea.prints(&format!("{nick}: {}", line.trim_end()));
    }
}

#[test]
fn where_nobody_says_who_runs_it_it_is_a_guest() {
    let (_hub, url, mut bea) = builds();
    let home = tempfile::tempdir().unwrap();
    let mut command = program(&home, &["--pipe", &url]);
    command.env_remove("USER");
    assert_eq!(feed(command, "ciao\n").status.code(), Some(0));
    bea.prints("guest: ciao");
}

#[test]
fn once_a_line_is_confirmed_it_leaves_and_prints_nothing() {
    let (_hub, url, mut bea) = builds();
    let output = run(&["--pipe", "--once", "--nick", "ada", &url], "make: done\n");
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(0), String::new()));
    assert_eq!(text(&output.stderr), "");
    bea.prints("ada: make: done");
}

#[test]
fn once_without_input_the_first_message_is_printed_and_nothing_else() {
    let (_hub, url, mut bea) = builds();
    let mut ada = Piped::start(&["--pipe", "--once", "--nick", "ada", &url]);
    ada.hangs_up();
    bea.prints("* ada joined");
    bea.says("one");
    bea.says("two");
    assert_eq!(ada.ends(), (0, vec!["bea: one".to_owned()]));
}

#[test]
fn a_question_is_answered_by_the_first_message_after_it() {
    let (_hub, url, mut bea) = builds();
    let mut ada = Piped::start(&["--pipe", "--once", "--json", "--wait", "60", "--nick", "ada", &url]);
    bea.prints("* ada joined");
    bea.says("too early");
    bea.prints("bea: too early");
    ada.says("what time is it?");
    bea.prints("ada: what time is it?");
    ada.hangs_up();
    bea.says("noon");
    let (code, printed) = ada.ends();
    assert_eq!(code, 0);
    let [answer] = &*printed else { panic!("{printed:?}") };
    assert!(answer.starts_with(r#"{"room":"builds","kind":"message","from":"bea","text":"noon","at":"#), "{answer}");
}

#[test]
fn another_run_of_the_same_person_can_answer() {
    let (_hub, url, mut bea) = builds();
    let home = tempfile::tempdir().unwrap();
    assert_eq!(run_of(&home, &["--pipe", &url], "").status.code(), Some(0));
    let mut asks = program(&home, &["--pipe", "--once", "--wait", "60", &url]).spawn().unwrap();
    std::io::Write::write_all(&mut asks.stdin.take().unwrap(), b"anybody?\n").unwrap();
    bea.prints("nobody: anybody?");
    assert_eq!(run_of(&home, &["--pipe", &url], "me\n").status.code(), Some(0));
    let output = asks.wait_with_output().unwrap();
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(0), "nobody: me\n".to_owned()));
}

#[test]
fn no_answer_in_time_is_one_sentence_and_exit_code_3() {
    let (_hub, url, mut bea) = builds();
    let output = run(&["--pipe", "--once", "--wait", "1", "--nick", "ada", &url], "anybody?\n");
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(3), String::new()));
    assert_one_sentence(&output.stderr);
    bea.prints("ada: anybody?");
    let output = run(&["--pipe", "--once", "--wait", "0", "--nick", "ali", &url], "");
    assert_eq!(output.status.code(), Some(3));
    assert_one_sentence(&output.stderr);
}

#[test]
fn after_the_end_of_input_what_arrives_is_printed_for_as_long_as_was_said() {
    let (_hub, url, mut bea) = builds();
    let mut ada = Piped::start(&["--pipe", "--wait", "60", "--nick", "ada", &url]);
    ada.says("ciao");
    ada.hangs_up();
    ada.prints("ada: ciao");
    bea.prints("ada: ciao");
    bea.says("one");
    bea.says("two");
    ada.prints("bea: one");
    ada.prints("bea: two");
    let output = run(&["--pipe", "--wait", "1", "--nick", "ali", &url], "ciao\n");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[test]
fn a_server_that_is_not_there_yet_is_waited_for() {
    let hub = Hub::start(None);
    let (url, ports) = (hub.url(Dialect::Native), hub.ports());
    drop(hub);
    let mut ada = Piped::start(&["--pipe", "--wait", "60", "--nick", "ada", &url]);
    ada.says("ciao");
    let _hub = Hub::start_at(ports, None);
    ada.prints("ada: ciao");
    drop(ada);
    let gone = Hub::start(None).url(Dialect::Native);
    let output = run(&["--pipe", "--wait", "1", "--nick", "ada", &gone], "ciao\n");
    assert_eq!(output.status.code(), Some(1));
    assert_one_sentence(&output.stderr);
}

#[test]
fn the_newest_messages_from_before_are_printed_first() {
    let (_hub, url, mut bea) = builds();
    for number in 1..=120 {
        bea.says(&format!("number {number}"));
    }
    bea.prints("bea: number 120");
    let output = run(&["--pipe", "--history", "2", "--nick", "ada", &url], "ciao\n");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "bea: number 119\nbea: number 120\nada: ciao\n");
    // More than one page of them, and more than there are.
    let output = run(&["--pipe", "--history", "110", "--nick", "ali", &url], "");
    let printed = text(&output.stdout);
    assert_eq!(printed.lines().next(), Some("bea: number 12"), "{printed}");
    let output = run(&["--pipe", "--history", "5000", "--nick", "eva", &url], "");
    assert_eq!(text(&output.stdout).lines().count(), 122);
    assert_eq!(run(&["--pipe", "--history", "6000", &url], "").status.code(), Some(2));
}

#[test]
fn lines_go_to_the_room_of_the_url() {
    let (hub, url, mut bea) = builds();
    let mut lobby = Piped::start(&["--pipe", "--nick", "carl", &hub.url(Dialect::Native)]);
    lobby.says("ready");
    lobby.prints("carl: ready");
    assert_eq!(run(&["--pipe", "--nick", "ada", &url], "for builds\n").status.code(), Some(0));
    bea.prints("ada: for builds");
    let (_, printed) = lobby.finish();
    assert_eq!(printed, ["carl: ready"]);
}

#[test]
fn input_that_cannot_be_read_is_one_sentence_and_exit_code_1() {
    let (_hub, url, _bea) = builds();
    let home = tempfile::tempdir().unwrap();
    let directory = File::open(home.path()).unwrap();
    let mut command = program(&home, &["--pipe", &url]);
    let output = command.stdin(Stdio::from(directory)).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_one_sentence(&output.stderr);
}

#[test]
fn what_is_no_text_is_said_as_far_as_it_can_be() {
    let (_hub, url, mut bea) = builds();
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("binary");
    std::fs::write(&file, b"\xff\x00\x80\x01ok\r\n\x00\x00\n\xc3\x28 end\0").unwrap();
    let mut command = program(&home, &["--pipe", "--nick", "ada", &url]);
    let output = command.stdin(File::open(&file).unwrap()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    bea.prints("ada: \u{fffd}\u{fffd}ok");
    bea.prints("ada: \u{fffd}( end");
}

#[test]
fn a_signal_ends_it_with_a_goodbye_and_its_number() {
    let (_hub, url, mut bea) = builds();
    let ada = Piped::start(&["--pipe", "--nick", "ada", &url]);
    bea.prints("* ada joined");
    let killed = Command::new("kill").args(["-TERM", &ada.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(ada.ends().0, 128 + 15);
    bea.prints_what(|line| line.starts_with("* ada left"), "ada left");
}

#[test]
fn a_shell_makes_a_bot_of_it() {
    let (_hub, url, mut bea) = builds();
    let home = tempfile::tempdir().unwrap();
    let script = format!(
        "mkfifo say; \"$0\" --pipe --nick clock {url} <say | \
         while read -r line; do case $line in *': !time') echo noon;; esac; done >say"
    );
    let mut shell = Command::new("sh");
    shell.args(["-c", &script, env!("CARGO_BIN_EXE_parlor-tui")]).current_dir(home.path());
    shell.env("HOME", home.path()).stdin(Stdio::null()).stderr(Stdio::null()).process_group(0);
    let mut bot = shell.spawn().unwrap();
    bea.prints("* clock joined");
    bea.says("!time");
    bea.prints("clock: noon");
    // The shell and all that it started.
    let killed = Command::new("kill").args(["-TERM", "--", &format!("-{}", bot.id())]).status().unwrap();
    assert!(killed.success());
    bot.wait().unwrap();
}
