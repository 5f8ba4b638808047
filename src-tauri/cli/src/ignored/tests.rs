use super::in_status;

#[test]
fn the_mask_says_which_signals_are_ignored() {
    let status = "Name:\tx\nSigBlk:\tffffffffffffffff\nSigIgn:\t0000000000001003\n";
    let ignored: Vec<_> = (-1..200)
        .filter(|&signal| in_status(status, signal))
        .collect();
    assert_eq!(ignored, [1, 2, 13]);
    assert!(!in_status("", 1));
    assert!(!in_status("SigIgn:\tnone", 1));
}
