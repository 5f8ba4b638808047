use super::*;

#[test]
fn children_of_a_known_system_count_as_it() {
    let of = Platform::of_release;
    assert_eq!(
        of("PRETTY_NAME=\"Debian GNU/Linux 12\"\nID=debian\n"),
        Platform::Debian
    );
    assert_eq!(
        of("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"),
        Platform::Debian
    );
    assert_eq!(
        of("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n"),
        Platform::Fedora
    );
    assert_eq!(of("ID=endeavouros\nID_LIKE=arch\n"), Platform::Arch);
    assert_eq!(of("ID=alpine\n"), Platform::OtherLinux);
    assert_eq!(of(""), Platform::OtherLinux);
}

#[test]
fn apt_updates_first_then_installs_without_asking_or_removing() {
    let commands = Platform::Debian.install_commands(&["xvfb", "dunst"]);
    let lines: Vec<_> = commands.iter().map(|words| words.join(" ")).collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].ends_with("apt-get --quiet update"), "{lines:?}");
    assert!(
        lines[1].contains("DEBIAN_FRONTEND=noninteractive"),
        "{lines:?}"
    );
    assert!(
        lines[1].contains("--no-install-recommends --no-remove"),
        "{lines:?}"
    );
    assert!(lines[1].ends_with("xvfb dunst"), "{lines:?}");
}

#[test]
fn a_system_without_known_package_names_gets_no_invented_command() {
    assert!(
        Platform::OtherLinux
            .install_commands(&["anything"])
            .is_empty()
    );
}
