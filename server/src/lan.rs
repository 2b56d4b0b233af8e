//! The addresses under which others reach this machine.

use std::net::IpAddr;

use parlor_transport_tcp::target::Target;

/// URLs to give to others for a listener on every address: private IPv4 first, as those are what a LAN has.
/// Empty where the machine has no network.
pub fn urls_for_others(listener: &Target) -> Vec<Target> {
    let addresses = if_addrs::get_if_addrs().unwrap_or_default();
    let mut addresses: Vec<_> = addresses.iter().map(if_addrs::Interface::ip).filter(is_for_others).collect();
    addresses.sort_by_key(|address| (rank(*address), *address));
    addresses.dedup();
    addresses.into_iter().map(|address| Target::new(listener.dialect, address.to_string(), listener.port)).collect()
}

/// Whether a listener there is reached from elsewhere.
pub fn is_open_to_others(listener: &Target) -> bool {
    listener.host.parse::<IpAddr>().map_or(true, |address| !address.to_canonical().is_loopback())
}

fn is_for_others(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !address.is_loopback() && !address.is_link_local(),
        IpAddr::V6(address) => !address.is_loopback() && !address.is_unicast_link_local(),
    }
}

fn rank(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(address) if address.is_private() => 0,
        IpAddr::V4(_) => 1,
        IpAddr::V6(_) => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_that_others_can_use_are_given() {
        let url = Target::parse("parlor://[::]:7000").unwrap();
        for url in urls_for_others(&url) {
            assert!(is_open_to_others(&url), "{url}");
            assert_eq!(url.port, 7000);
        }
    }

    #[test]
    fn loopback_is_not_open_to_others() {
        let open = |url| is_open_to_others(&Target::parse(url).unwrap());
        assert!(!open("parlor://127.0.0.1:1"));
        assert!(!open("parlor://[::1]:1"));
        assert!(open("parlor://[::]:1"));
        assert!(open("parlor://0.0.0.0:1"));
        assert!(open("parlor://192.168.1.4:1"));
    }
}
