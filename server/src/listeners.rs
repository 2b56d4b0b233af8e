//! Opening the listeners, and saying in a sentence which one cannot be.

use std::io;

use parlor_core::wire::Dialect;
use parlor_transport_tcp::listen::{Listening, listen, listen_everywhere};
use parlor_transport_tcp::target::Target;

use crate::run::plain;
use crate::settings::Listen;

/// Opens every listener that is wanted. A default listener for a tutorial is no loss if its port is taken: that is a
/// warning.
///
/// # Errors
/// One plain sentence about the first that cannot be opened.
pub fn open(wanted: &Listen) -> Result<Vec<Listening>, String> {
    match wanted {
        Listen::Here(targets) => {
            let mut open = Vec::new();
            for target in targets {
                open.extend(listen(target).map_err(|error| refusal(target, &error))?);
            }
            Ok(open)
        }
        Listen::Local => {
            open_defaults("127.0.0.1", |dialect| listen(&Target::new(dialect, "127.0.0.1", dialect.default_port())))
        }
        Listen::Lan => open_defaults("::", |dialect| Ok(vec![listen_everywhere(dialect, dialect.default_port())?])),
    }
}

fn open_defaults(host: &str, open: impl Fn(Dialect) -> io::Result<Vec<Listening>>) -> Result<Vec<Listening>, String> {
    let mut listening = Vec::new();
    for dialect in Dialect::ALL {
        match open(dialect) {
            Ok(open) => listening.extend(open),
            Err(error) => {
                let target = Target::new(dialect, host, dialect.default_port());
                if dialect == Dialect::Native {
                    return Err(refusal(&target, &error));
                }
                tracing::warn!("{}", shortfall(&target, &error));
            }
        }
    }
    Ok(listening)
}

/// A tutorial's default listener cannot be opened. Listeners that are named replace the defaults, so both are named.
fn shortfall(target: &Target, error: &io::Error) -> String {
    let Target { dialect, host, port, .. } = target;
    let native = Target::new(Dialect::Native, host.as_str(), Dialect::Native.default_port());
    let other = Target { port: port.saturating_add(1), ..target.clone() };
    let why = match error.kind() {
        io::ErrorKind::AddrInUse => format!("port {port} is taken by another program"),
        _ => format!("port {port} cannot be opened ({})", plain(error)),
    };
    let kind = dialect.scheme();
    format!("{why}, so {kind} clients cannot connect; to choose ports: --listen {native} --listen {other}")
}

fn refusal(target: &Target, error: &io::Error) -> String {
    let next = Target { port: target.port.checked_add(1).unwrap_or(0), ..target.clone() };
    let Target { host, port, .. } = target;
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            format!("Port {port} is taken by another program; stop that, or listen elsewhere: --listen {next}.")
        }
        io::ErrorKind::PermissionDenied => {
            let free = Target { port: target.dialect.default_port(), ..target.clone() };
            format!("Port {port} needs special rights on this system; listen elsewhere: --listen {free}.")
        }
        io::ErrorKind::AddrNotAvailable => {
            let here = Target { host: "127.0.0.1".into(), ..target.clone() };
            format!("{host} is no address of this machine; listen on one that is: --listen {here}.")
        }
        _ => format!("The server cannot listen on {target}: {}.", plain(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_tutorial_port_is_told_with_a_command_that_keeps_the_others() {
        let target = Target::parse("nic://127.0.0.1:9090").unwrap();
        let sentence = shortfall(&target, &io::ErrorKind::AddrInUse.into());
        assert!(sentence.contains("port 9090 is taken"), "{sentence}");
        assert!(sentence.ends_with("--listen parlor://127.0.0.1:7667 --listen nic://127.0.0.1:9091"), "{sentence}");
    }

    #[test]
    fn a_refusal_names_another_way() {
        let target = Target::parse("parlor://127.0.0.1:7667").unwrap();
        for kind in [io::ErrorKind::AddrInUse, io::ErrorKind::PermissionDenied, io::ErrorKind::AddrNotAvailable] {
            let sentence = refusal(&target, &kind.into());
            assert!(sentence.contains("--listen parlor://127.0.0.1:76"), "{sentence}");
        }
    }
}
