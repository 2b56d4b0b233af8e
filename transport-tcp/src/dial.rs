//! Finding a server: every address a name has is tried, and a failure becomes what the client machine can say.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use parlor_core::client::Loss;
use smol::Async;
use smol::future::or;
use socket2::{SockRef, TcpKeepalive};

use crate::connection::{Connection, TcpConnection};
use crate::target::Target;

/// How long one address may take to answer.
const ADDRESS_TIMEOUT: Duration = Duration::from_secs(5);

/// How long the system may take to find the addresses of a name.
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(10);

/// How a session gets its connections. Asked again after each loss.
pub(crate) trait Dial: Send + 'static {
    /// What it gives.
    type Connection: Connection;

    /// Connects, or says why not.
    fn dial(&self) -> impl Future<Output = Result<Self::Connection, Loss>>;
}

impl Dial for Target {
    type Connection = TcpConnection;

    async fn dial(&self) -> Result<TcpConnection, Loss> {
        if self.port == 0 {
            return Err(Loss::PortZero { host: self.host.clone() });
        }
        let addresses = resolve(self).await?;
        let mut worst = None;
        for address in addresses {
            match connect(address).await {
                Ok(connection) => return Ok(connection),
                Err(error) => worst = Some(more_telling(worst, error)),
            }
        }
        Err(worst.map_or_else(|| unknown_host(self), |error| failure(self, &error)))
    }
}

async fn resolve(target: &Target) -> Result<Vec<SocketAddr>, Loss> {
    let found = async_net::resolve((target.host.as_str(), target.port));
    let too_late = async {
        smol::Timer::after(RESOLVE_TIMEOUT).await;
        Err(io::ErrorKind::TimedOut.into())
    };
    or(found, too_late).await.map_err(|_| unknown_host(target))
}

async fn connect(address: SocketAddr) -> io::Result<TcpConnection> {
    let too_late = async {
        smol::Timer::after(ADDRESS_TIMEOUT).await;
        Err(io::ErrorKind::TimedOut.into())
    };
    let stream = or(Async::<TcpStream>::connect(address), too_late).await?;
    // A laptop that changes networks would otherwise believe in the old connection for ever.
    let keepalive = TcpKeepalive::new().with_time(Duration::from_secs(60)).with_interval(Duration::from_secs(15));
    let _ = SockRef::from(stream.get_ref()).set_tcp_keepalive(&keepalive);
    TcpConnection::new(stream)
}

/// The error to tell when several addresses failed: a refusal says that the host is there.
fn more_telling(worst: Option<io::Error>, error: io::Error) -> io::Error {
    match worst {
        Some(worst) if rank(&worst) >= rank(&error) => worst,
        _ => error,
    }
}

fn rank(error: &io::Error) -> u8 {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => 3,
        io::ErrorKind::TimedOut => 2,
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => 1,
        _ => 0,
    }
}

fn unknown_host(target: &Target) -> Loss {
    Loss::NoAddress { host: target.host.clone() }
}

fn failure(target: &Target, error: &io::Error) -> Loss {
    let at = target.authority();
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Loss::NobodyAnswers { at },
        io::ErrorKind::TimedOut => Loss::NoAnswer { at, seconds: ADDRESS_TIMEOUT.as_secs() },
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => Loss::Unreachable { at },
        _ => Loss::NotConnected { at, why: error.to_string() },
    }
}

/// Why a connection that stood is gone.
pub(crate) fn lost(error: &io::Error) -> Loss {
    match error.kind() {
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionAborted => Loss::Broken,
        io::ErrorKind::TimedOut => Loss::Silent,
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable | io::ErrorKind::NetworkDown => {
            Loss::NoNetwork
        }
        _ => Loss::Failed(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parlor_core::wire::Dialect;
    use std::net::TcpListener;

    fn told(target: &Target) -> String {
        smol::block_on(target.dial()).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn a_server_that_is_not_there_is_told_in_a_sentence() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let sentence = told(&Target::new(Dialect::Native, "127.0.0.1", port));
        assert_eq!(sentence, format!("nobody answers at 127.0.0.1:{port}; is the server running?"));
    }

    #[test]
    fn a_host_that_is_not_there_is_told_in_a_sentence() {
        let sentence = told(&Target::new(Dialect::Native, "nobody.invalid", 7667));
        assert_eq!(sentence, "there is no address for nobody.invalid; check the name, and whether you are online");
    }

    #[test]
    fn port_0_is_not_dialled() {
        let sentence = told(&Target::new(Dialect::Native, "localhost", 0));
        assert_eq!(sentence, "port 0 is for servers; name the port that localhost listens on");
    }

    #[test]
    fn every_address_of_a_name_is_tried() {
        // `localhost` is often ::1 first; the server here has only the other one.
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let target = Target::new(Dialect::Native, "localhost", port);
        assert!(smol::block_on(target.dial()).is_ok());
    }

    #[test]
    fn a_refusal_is_told_rather_than_an_unreachable_network() {
        let refused = || io::Error::from(io::ErrorKind::ConnectionRefused);
        let unreachable = || io::Error::from(io::ErrorKind::NetworkUnreachable);
        assert_eq!(more_telling(Some(refused()), unreachable()).kind(), io::ErrorKind::ConnectionRefused);
        assert_eq!(more_telling(Some(unreachable()), refused()).kind(), io::ErrorKind::ConnectionRefused);
    }
}
