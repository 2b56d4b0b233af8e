//! Listening on TCP.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener as StdListener, ToSocketAddrs};
use std::rc::Rc;
use std::time::Duration;

use parlor_core::wire::Dialect;
use smol::Async;
use socket2::{Domain, Protocol, Socket, TcpKeepalive, Type};

use crate::connection::{AcceptedConnection, Listener};
use crate::reactor::Reactor;
use crate::target::Target;

/// Connections the system holds until they are accepted: a burst of a thousand must not wait for SYN retries.
const BACKLOG: i32 = 4096;

/// Bytes the system may hold for a connection that reads slowly. Its own choice grows to megabytes, which would hide
/// a stalled reader from the hub for as long.
const SEND_BUFFER_BYTES: usize = 128 * 1024;

/// Silence after which the system asks whether the peer is still there, and how often it asks.
const KEEPALIVE_TIME: Duration = Duration::from_secs(60);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(15);
const KEEPALIVE_RETRIES: u32 = 4;

/// Unacknowledged bytes older than this end the connection: tutorial clients answer no pings.
#[cfg(any(target_os = "linux", target_os = "android"))]
const USER_TIMEOUT: Duration = Duration::from_secs(90);

/// A listening TCP socket.
#[derive(Debug)]
pub struct TcpListener {
    io: Async<StdListener>,
}

impl TcpListener {
    /// Listens on one address; `[::]` takes IPv4 as well.
    ///
    /// # Errors
    /// Those of the system: the address is taken, or not of this machine, or the port needs privileges.
    pub fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        if address.is_ipv6() {
            socket.set_only_v6(!address.ip().is_unspecified())?;
        }
        // Elsewhere it would let two servers share a port; here it frees the port of a server that just ended.
        #[cfg(unix)]
        socket.set_reuse_address(true)?;
        // Accepted connections inherit these.
        socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
        let keepalive = TcpKeepalive::new().with_time(KEEPALIVE_TIME).with_interval(KEEPALIVE_INTERVAL);
        socket.set_tcp_keepalive(&keepalive.with_retries(KEEPALIVE_RETRIES))?;
        #[cfg(any(target_os = "linux", target_os = "android"))]
        socket.set_tcp_user_timeout(Some(USER_TIMEOUT))?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        Ok(Self { io: Async::new(StdListener::from(socket))? })
    }

    /// The address it really listens on: the port is known where 0 was asked for.
    ///
    /// # Errors
    /// Those of the system.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.io.get_ref().local_addr()
    }
}

impl Listener for TcpListener {
    type Connection = AcceptedConnection;

    async fn accept(&self, reactor: &Rc<Reactor>) -> io::Result<(AcceptedConnection, Option<IpAddr>)> {
        loop {
            match self.io.get_ref().accept() {
                Ok((stream, peer)) => return Ok((AcceptedConnection::new(stream, reactor)?, Some(peer.ip()))),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.io.readable().await?,
                Err(error) => return Err(error),
            }
        }
    }
}

/// A listener and the URL under which it is reached.
pub type Listening = (Target, TcpListener);

/// Listens on every address that `target` names, `localhost` on both its kinds, all on the same port.
///
/// # Errors
/// Those of the system, of the first address that fails; a kind of address that this machine lacks does not count
/// as long as there is another.
pub fn listen(target: &Target) -> io::Result<Vec<Listening>> {
    let mut listening: Vec<Listening> = Vec::new();
    let mut missing = None;
    for mut address in (target.host.as_str(), target.port).to_socket_addrs()? {
        if let Some((first, _)) = listening.first() {
            address.set_port(first.port);
        }
        if listening.iter().any(|(other, _)| other.host == address.ip().to_string()) {
            continue;
        }
        match TcpListener::bind(address) {
            Ok(listener) => {
                let address = listener.local_addr()?;
                let url = Target::new(target.dialect, address.ip().to_string(), address.port());
                listening.push((url, listener));
            }
            Err(error) if is_missing_family(&error) => missing = Some(error),
            Err(error) => return Err(error),
        }
    }
    match missing {
        Some(error) if listening.is_empty() => Err(error),
        _ if listening.is_empty() => Err(io::ErrorKind::AddrNotAvailable.into()),
        _ => Ok(listening),
    }
}

/// Listens on every address of this machine, both kinds on one socket; IPv4 alone where there is no IPv6.
///
/// # Errors
/// Those of the system.
pub fn listen_everywhere(dialect: Dialect, port: u16) -> io::Result<Listening> {
    let bind = |ip: IpAddr| {
        let listener = TcpListener::bind(SocketAddr::new(ip, port))?;
        let address = listener.local_addr()?;
        Ok((Target::new(dialect, address.ip().to_string(), address.port()), listener))
    };
    match bind(Ipv6Addr::UNSPECIFIED.into()) {
        Err(error) if is_missing_family(&error) => bind(Ipv4Addr::UNSPECIFIED.into()),
        other => other,
    }
}

/// Whether binding failed because this machine has no such addresses at all.
fn is_missing_family(error: &io::Error) -> bool {
    // EAFNOSUPPORT has no kind of its own.
    let no_family = cfg!(target_os = "linux") && error.raw_os_error() == Some(97);
    no_family || matches!(error.kind(), io::ErrorKind::AddrNotAvailable | io::ErrorKind::Unsupported)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::Connection;
    use socket2::SockRef;

    fn accept(listener: &TcpListener) -> (AcceptedConnection, Option<IpAddr>) {
        let reactor = Reactor::new().unwrap();
        reactor.block_on(listener.accept(&reactor)).unwrap()
    }

    #[test]
    fn accepted_connections_have_the_listeners_options() {
        let target = Target::new(Dialect::Native, "127.0.0.1", 0);
        let (url, listener) = listen(&target).unwrap().pop().unwrap();
        assert_ne!(url.port, 0);
        let client = std::net::TcpStream::connect((url.host.as_str(), url.port)).unwrap();
        let (connection, peer) = accept(&listener);
        assert_eq!(peer, Some(client.local_addr().unwrap().ip()));
        let socket = SockRef::from(connection.stream());
        assert!(socket.tcp_nodelay().unwrap());
        assert!(socket.keepalive().unwrap());
        assert!(socket.send_buffer_size().unwrap() <= 2 * SEND_BUFFER_BYTES);
        #[cfg(target_os = "linux")]
        assert_eq!(socket.tcp_user_timeout().unwrap(), Some(USER_TIMEOUT));
        assert!(connection.try_read(&mut [0; 8]).is_err(), "it does not block");
    }

    #[test]
    fn all_addresses_of_a_name_share_the_port() {
        let listening = listen(&Target::new(Dialect::Native, "localhost", 0)).unwrap();
        let port = listening[0].0.port;
        assert!(listening.iter().all(|(url, _)| url.port == port));
    }

    #[test]
    fn everywhere_is_both_kinds_of_address() {
        let (url, listener) = listen_everywhere(Dialect::Native, 0).unwrap();
        let client = std::net::TcpStream::connect(("127.0.0.1", url.port)).unwrap();
        let (_connection, peer) = accept(&listener);
        assert_eq!(peer.map(|peer| peer.to_canonical()), Some(client.local_addr().unwrap().ip()));
    }

    #[test]
    fn a_taken_port_is_an_error() {
        let (url, _listener) = listen(&Target::new(Dialect::Native, "127.0.0.1", 0)).unwrap().pop().unwrap();
        assert_eq!(listen(&url).unwrap_err().kind(), io::ErrorKind::AddrInUse);
    }
}
