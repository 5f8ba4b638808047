use super::is_supported;

#[test]
fn node_versions_that_vite_takes_pass_and_others_do_not() {
    for good in ["v20.19.0", "v20.20.2", "v22.12.0", "v23.0.0", "v24.1.0"] {
        assert!(is_supported(good), "{good}");
    }
    for bad in [
        "v18.20.0", "v20.18.9", "v21.7.0", "v22.11.0", "", "nonsense",
    ] {
        assert!(!is_supported(bad), "{bad}");
    }
}
