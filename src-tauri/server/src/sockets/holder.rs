//! Who holds a port: found in `/proc`, where there is one and the program is the user's own.

use std::fs;

/// The program that listens on `port`, as `rsyslogd (pid 412)`.
pub(super) fn of(port: u16) -> Option<String> {
    let tables = ["tcp", "tcp6", "udp", "udp6"];
    let sockets: Vec<String> = tables
        .iter()
        .filter_map(|table| fs::read_to_string(format!("/proc/net/{table}")).ok())
        .flat_map(|table| inodes(&table, port))
        .map(|inode| format!("socket:[{inode}]"))
        .collect();
    if sockets.is_empty() {
        return None;
    }
    let holds = |pid: &str| {
        let files = fs::read_dir(format!("/proc/{pid}/fd")).ok();
        files.into_iter().flatten().flatten().any(|file| {
            let target = fs::read_link(file.path()).unwrap_or_default();
            sockets
                .iter()
                .any(|socket| target.as_os_str() == socket.as_str())
        })
    };
    fs::read_dir("/proc").ok()?.flatten().find_map(|entry| {
        let pid = entry.file_name().into_string().ok()?;
        let number = pid.bytes().all(|byte| byte.is_ascii_digit());
        if !number || !holds(&pid) {
            return None;
        }
        let name = fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
        Some(format!("{} (pid {pid})", name.trim()))
    })
}

/// The inodes of sockets on `port` that listen (state `0A`) or take datagrams (`07`).
fn inodes(table: &str, port: u16) -> Vec<String> {
    let read = |line: &str| {
        let mut words = line.split_whitespace();
        let (_, local_port) = words.nth(1)?.rsplit_once(':')?;
        let state = words.nth(1)?;
        let inode = words.nth(5)?;
        let ours = u16::from_str_radix(local_port, 16) == Ok(port);
        (ours && matches!(state, "0A" | "07")).then(|| inode.to_owned())
    };
    table.lines().skip(1).filter_map(read).collect()
}
