//! Connections as lines of text.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use example_events::{Connection, Endpoint};
use example_loader::table::{Column, Table, shown};

pub(crate) const TABLE: Table = Table(&[
    Column::number("UID", 6),
    Column::text("SOURCE", 22),
    Column::text("DESTINATION", 22),
    Column::text("LOCKS", 17),
]);

pub(crate) fn row(event: &Connection) -> String {
    TABLE.row([
        shown(&event.uid, |uid| uid),
        endpoint(&event.source),
        endpoint(&event.destination),
        shown(&event.userlocks, locks),
    ])
}

fn endpoint(of: &Endpoint) -> String {
    match (of.address.get(), of.port.get()) {
        (Ok(Some(address)), Ok(Some(port))) => SocketAddr::new(ip(address), port).to_string(),
        _ => {
            let address = shown(&of.address, ip);
            format!("{address}:{}", shown(&of.port, |port| port))
        }
    }
}

/// From the form that the program tells.
pub(crate) fn ip(address: [u8; 16]) -> IpAddr {
    Ipv6Addr::from(address).to_canonical()
}

/// `include/net/sock.h`
fn locks(locks: u32) -> String {
    const NAMES: [(u32, &str); 5] = [
        (1, "snd"),
        (2, "rcv"),
        (4, "addr"),
        (8, "port"),
        // On newer kernels, 6.18 is one: what connect(2) itself has chosen.
        (16, "auto"),
    ];
    let named = NAMES.iter().filter(|(lock, _)| locks & lock != 0);
    let names: Vec<&str> = named.map(|(_, name)| *name).collect();
    names.join(",")
}

#[cfg(test)]
mod tests {
    use example_events::Reading;

    use super::*;

    #[test]
    fn what_could_not_be_read_is_told_part_by_part() {
        let mut of = Endpoint {
            address: Reading::new(Ok(Some([
                0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 127, 0, 0, 1,
            ]))),
            port: Reading::new(Ok(Some(80))),
        };
        assert_eq!(endpoint(&of), "127.0.0.1:80");
        of.port = Reading::new(Err(14));
        assert_eq!(endpoint(&of), "127.0.0.1:?14");
        of.address = Reading::new(Ok(None));
        assert_eq!(endpoint(&of), "-:?14");
    }

    #[test]
    fn locks_have_names() {
        assert_eq!(locks(0), "");
        assert_eq!(locks(6), "rcv,addr");
    }
}
