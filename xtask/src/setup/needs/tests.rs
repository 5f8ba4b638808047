use super::*;

#[test]
fn every_need_can_be_met_on_every_linux_we_know() {
    for need in NEEDS {
        for platform in [Platform::Debian, Platform::Fedora, Platform::Arch] {
            assert!(
                !need.packages(&platform).is_empty(),
                "{} on {platform:?}",
                need.what
            );
        }
    }
}

#[test]
fn needs_of_linux_alone_are_not_asked_for_elsewhere() {
    let asked: Vec<_> = NEEDS
        .iter()
        .filter(|need| need.applies_to(&Platform::MacOs))
        .map(|n| n.what)
        .collect();
    assert_eq!(asked, ["a C compiler", "Chromium"]);
}

#[test]
fn a_package_that_meets_two_needs_is_installed_once() {
    let both: Vec<_> = NEEDS
        .iter()
        .filter(|need| need.arch.contains(&"webkit2gtk-4.1"))
        .collect();
    assert_eq!(both.len(), 2);
    assert_eq!(packages(&both, &Platform::Arch), ["webkit2gtk-4.1"]);
}

#[test]
fn a_probe_sees_what_is_there_and_what_is_not() {
    assert!(Probe::Program(&["no-such-program", "cargo"]).is_met());
    assert!(!Probe::Program(&["no-such-program"]).is_met());
    assert!(!Probe::Library("no-such-library").is_met());
    assert!(!Probe::Succeeds(&["no-such-program"]).is_met());
}
