//! Servers of others, to be measured beside ours: where they are, how they are started, how they are come to.
//!
//! Their configurations stand in `benches/peers/`: no limits on rates, numbers or queues, only loopback.
//! `benches/peers.sh` unpacks them from Debian's packages.

use std::env;
use std::ffi::{OsStr, OsString};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use tempfile::NamedTempFile;

use crate::crowd::Entry;
use crate::process::{Running, command, config_file};
use crate::speech::{Speech, Target};

/// A server that others wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "names of programs")]
pub enum Peer {
    InspIrcd,
    NgIrcd,
    IrcdHybrid,
    Nats,
    Mosquitto,
}

impl Peer {
    /// As the tables call it.
    pub const fn name(self) -> &'static str {
        match self {
            Peer::InspIrcd => "InspIRCd",
            Peer::NgIrcd => "ngIRCd",
            Peer::IrcdHybrid => "ircd-hybrid",
            Peer::Nats => "NATS",
            Peer::Mosquitto => "Mosquitto",
        }
    }

    /// What its program is called.
    pub const fn program_name(self) -> &'static str {
        match self {
            Peer::InspIrcd => "inspircd",
            Peer::NgIrcd => "ngircd",
            Peer::IrcdHybrid => "ircd-hybrid",
            Peer::Nats => "nats-server",
            Peer::Mosquitto => "mosquitto",
        }
    }

    /// What it is spoken to.
    pub const fn speech(self) -> Speech {
        match self {
            Peer::InspIrcd | Peer::NgIrcd | Peer::IrcdHybrid => Speech::Irc,
            Peer::Nats => Speech::Nats,
            Peer::Mosquitto => Speech::Mqtt,
        }
    }

    /// How many may come at once: fewer than wait for its `accept`. InspIRCd lets people in once a second, all who wait.
    pub const fn entry(self, within: Duration) -> Entry {
        let at_once = match self {
            Peer::InspIrcd => 1_024,
            // Its queue has ten places.
            Peer::NgIrcd => 8,
            Peer::IrcdHybrid | Peer::Mosquitto => 64,
            Peer::Nats => 512,
        };
        Entry { at_once, within }
    }

    /// Where its program is, in `PATH` or where daemons are.
    ///
    /// # Errors
    /// One sentence, if it is nowhere.
    pub fn program(self) -> Result<PathBuf, String> {
        let path = env::var_os("PATH").unwrap_or_default();
        let directories = env::split_paths(&path).chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from));
        let mut programs = directories.map(|directory| directory.join(self.program_name()));
        let found = programs.find(|program| program.is_file());
        found.ok_or_else(|| {
            format!("{} is not installed; benches/peers.sh unpacks it for as long as it runs.", self.name())
        })
    }

    /// Starts it on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// One sentence, if it is not installed, does not start, or does not listen within 20 s.
    pub fn start(self) -> Result<Running, String> {
        let program = self.program()?;
        let address = free_address()?;
        let config = config_file(&self.template().replace("@PORT@", &address.port().to_string()))?;
        let mut files = vec![config];
        let command = self.command(&program, &mut files)?;
        Running::peer(self.name(), command, Target { speech: self.speech(), address }, files)
    }

    const fn template(self) -> &'static str {
        match self {
            Peer::InspIrcd => include_str!("../peers/inspircd.conf"),
            Peer::NgIrcd => include_str!("../peers/ngircd.conf"),
            Peer::IrcdHybrid => include_str!("../peers/ircd-hybrid.conf"),
            Peer::Nats => include_str!("../peers/nats.conf"),
            Peer::Mosquitto => include_str!("../peers/mosquitto.conf"),
        }
    }

    /// In the foreground, so that the child we start is the server.
    fn command(self, program: &Path, files: &mut Vec<NamedTempFile>) -> Result<Command, String> {
        let config = files[0].path().to_owned();
        let mut command = command(program);
        match self {
            Peer::InspIrcd => {
                let mut option = OsString::from("--config=");
                option.push(config);
                command.args(["--nofork", "--nopid"]).arg(option);
                if nix::unistd::geteuid().is_root() {
                    command.arg("--runasroot");
                }
            }
            Peer::NgIrcd => {
                command.args(["--nodaemon", "--config"]).arg(config);
            }
            Peer::Nats | Peer::Mosquitto => {
                command.arg("-c").arg(config);
            }
            Peer::IrcdHybrid => return hybrid(program, &config, files),
        }
        Ok(command)
    }
}

/// ircd-hybrid looks up where everybody comes from and cannot be told not to, and it does not run as root. So it gets
/// a view of the file system of its own, in which names are asked of us, who know none.
fn hybrid(program: &Path, config: &Path, files: &mut Vec<NamedTempFile>) -> Result<Command, String> {
    if !nix::unistd::geteuid().is_root() {
        return Err(String::from("ircd-hybrid looks up names, and to answer those takes root: it is left out."));
    }
    let resolver = resolver()?;
    let resolv_conf = config_file(&format!("nameserver {resolver}\n"))?;
    // The kernel forgets whom a process is to end with when its user changes; setpriv asks for it after that.
    let script = r#"mount --bind "$1" /etc/resolv.conf && shift &&
        exec setpriv --reuid=65534 --clear-groups --pdeathsig TERM "$@""#;
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", script, "sh"]).arg(resolv_conf.path()).arg(program);
    let null = OsStr::new("/dev/null");
    for (option, path) in [("-configfile", config.as_os_str()), ("-logfile", null), ("-pidfile", null)] {
        command.arg(option).arg(path);
    }
    command.arg("-foreground");
    files.push(resolv_conf);
    Ok(command)
}

/// A server of names that knows none, on the port that cannot be chosen; on an address of the loopback network that
/// nobody else takes for this.
fn resolver() -> Result<Ipv4Addr, String> {
    static STARTED: OnceLock<Result<(), String>> = OnceLock::new();
    const ADDRESS: Ipv4Addr = Ipv4Addr::new(127, 53, 53, 53);
    let started = STARTED.get_or_init(|| {
        let socket =
            UdpSocket::bind((ADDRESS, 53)).map_err(|e| format!("No names can be served for ircd-hybrid: {e}."))?;
        thread::spawn(move || serve_no_names(&socket));
        Ok(())
    });
    started.clone().map(|()| ADDRESS)
}

/// Sends every question back as an answer that there is no such name (RFC 1035, 4.1.1).
fn serve_no_names(socket: &UdpSocket) {
    let mut datagram = [0; 512];
    while let Ok((length, who)) = socket.recv_from(&mut datagram) {
        let [_, _, flags, more_flags, ..] = &mut datagram[..length] else { continue };
        (*flags, *more_flags) = (0x85, 0x83);
        // Who does not get it asks again.
        let _ = socket.send_to(&datagram[..length], who);
    }
}

fn free_address() -> Result<SocketAddr, String> {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    free.map_err(|e| format!("There is no free port: {e}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Peer; 5] = [Peer::InspIrcd, Peer::NgIrcd, Peer::IrcdHybrid, Peer::Nats, Peer::Mosquitto];

    #[test]
    fn every_configuration_listens_where_it_is_told_to() {
        for peer in ALL {
            assert!(peer.template().contains("@PORT@"), "{peer:?}");
            assert!(peer.template().contains("127.0.0.1"), "{peer:?}");
        }
    }

    #[test]
    fn a_question_for_a_name_is_answered_with_there_is_none() {
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = server.local_addr().unwrap();
        thread::spawn(move || serve_no_names(&server));
        let client = UdpSocket::bind("127.0.0.1:0").unwrap();
        client.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let question = b"\x12\x34\x01\x00\0\x01\0\0\0\0\0\0\x011\0\0\x0c\0\x01";
        client.send_to(question, address).unwrap();
        let mut answer = [0; 512];
        let length = client.recv(&mut answer).unwrap();
        assert_eq!(answer[..4], *b"\x12\x34\x85\x83");
        assert_eq!(answer[4..length], question[4..]);
    }
}
