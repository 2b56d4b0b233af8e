//! The connect dialog: which server, of which kind, and as whom.

use cursive::Cursive;
use parlor_core::name::Nick;
use parlor_core::wire::Dialect;
use parlor_core::words::Language;
use parlor_face::kept::Connect;
use parlor_face::words::Words as _;
use parlor_transport_tcp::target::Target;

use crate::app::{self, App};
use crate::form::{Field, Form};
use crate::front::{self, FORM};
use crate::words::dialogs::Dialogs;

/// The kinds of servers as people know them, in the order of [`Dialect::ALL`].
const KINDS: &[&str] = &["Parlor", "Messenger", "ChatRoom"];
const PORT_FIELD: usize = 2;

/// Asks where to go, beginning with what [`App::connect`] holds.
pub fn dialog(siv: &mut Cursive) {
    let Some(App { connect, look, caret, .. }) = siv.user_data::<App>() else { return };
    let language = look.language;
    let kind = Dialect::ALL.iter().position(|dialect| *dialect == connect.dialect).unwrap_or(0);
    let fields = vec![
        Field::choice(language.kind(), KINDS, kind),
        Field::text(language.host(), &connect.host),
        Field::text(language.port(), &connect.port.to_string()),
        Field::text(language.nickname(), &connect.nick),
    ];
    let first = if connect.nick.is_empty() { 3 } else { 1 };
    let form = Form::new(language.connect(), fields, language.connect_keys(), (*look, caret.clone()), submit)
        .on_choice(|fields| {
            let port = fields.first().and_then(|kind| dialect(kind.value())).map(Dialect::default_port);
            if let (Some(port), Some(field)) = (port, fields.get_mut(PORT_FIELD)) {
                field.set(&port.to_string());
            }
        })
        .focused(first);
    let form = match siv.user_data::<App>().and_then(|app| app.trouble.take()) {
        Some(trouble) => form.because(&trouble),
        None => form,
    };
    front::put(siv, FORM, form);
}

fn dialect(kind: &str) -> Option<Dialect> {
    KINDS.iter().position(|known| *known == kind).and_then(|at| Dialect::ALL.get(at).copied())
}

fn submit(siv: &mut Cursive, values: &[String]) {
    let language = siv.user_data::<App>().map(|app| app.look.language).unwrap_or_default();
    match read(values, language) {
        Ok((target, nick)) => {
            front::close_form(siv);
            app::start(siv, target, &nick);
        }
        Err(why) => front::complain(siv, &why),
    }
}

/// The target and nickname that the fields name.
fn read(values: &[String], language: Language) -> Result<(Target, String), String> {
    let [kind, host, port, nick] = values else { return Err(language.fill_in()) };
    let (host, port, nick) = (host.trim(), port.trim(), nick.trim());
    if host.is_empty() {
        return Err(language.no_host("127.0.0.1"));
    }
    // A whole URL, as people get it from others.
    let target = if host.contains("://") {
        Target::read(host, language)?
    } else {
        let dialect = dialect(kind).unwrap_or(Dialect::Native);
        let port: u16 = port.parse().map_err(|_| language.port_range())?;
        let bracketed =
            if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.to_owned() };
        Target::read(&format!("{}://{bracketed}:{port}", dialect.scheme()), language)?
    };
    Ok((target.clone(), check_nick(&target, nick, language)?))
}

/// A nickname that this kind of server may take.
///
/// # Errors
/// One plain sentence says what is wrong.
pub fn check_nick(target: &Target, nick: &str, language: Language) -> Result<String, String> {
    if nick.is_empty() {
        return Err(language.no_nick());
    }
    if target.dialect == Dialect::Native {
        Nick::parse(nick).map_err(|why| language.bad_name(why))?;
    }
    Ok(nick.to_owned())
}

/// What the dialog begins with: what was kept, and the name this person has on this machine.
pub fn first_values(kept: Connect, user: Option<&str>) -> Connect {
    match (kept.nick.is_empty(), user) {
        (true, Some(user)) => Connect { nick: Nick::coerce(user).as_str().to_owned(), ..kept },
        (true | false, _) => kept,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: [&str; 4]) -> Result<(String, String), String> {
        let values = values.map(str::to_owned);
        super::read(&values, Language::English).map(|(target, nick)| (target.to_string(), nick))
    }

    #[test]
    fn fields_name_a_target() {
        let ok = |url: &str, nick: &str| Ok((url.to_owned(), nick.to_owned()));
        assert_eq!(read(["Parlor", " localhost ", "7667", " ada "]), ok("parlor://localhost:7667", "ada"));
        assert_eq!(read(["ChatRoom", "::1", "53000", "علی"]), ok("prompt://[::1]:53000", "علی"));
        assert_eq!(read(["Parlor", "nic://10.0.0.1:9090", "7667", "Ada B"]), ok("nic://10.0.0.1:9090", "Ada B"));
    }

    #[test]
    fn what_is_wrong_is_told_in_a_sentence() {
        for values in [
            ["Parlor", "", "7667", "ada"],
            ["Parlor", "host", "", "ada"],
            ["Parlor", "host", "70000", "ada"],
            ["Parlor", "host", "7667", ""],
            ["Parlor", "host", "7667", "a b"],
            ["Parlor", "ho st", "7667", "ada"],
        ] {
            let why = read(values).unwrap_err();
            assert!(why.ends_with('.'), "{why}");
        }
    }

    #[test]
    fn the_first_nickname_is_the_users_own_name() {
        assert_eq!(first_values(Connect::default(), Some("ada lovelace")).nick, "ada_lovelace");
        let kept = Connect { nick: "bea".into(), ..Connect::default() };
        assert_eq!(first_values(kept, Some("ada")).nick, "bea");
        assert_eq!(first_values(Connect::default(), None).nick, "");
    }
}
