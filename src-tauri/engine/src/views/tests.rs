use super::reading::Utf16;

#[test]
fn offsets_count_as_javascript_counts() {
    let text = "aé𝄞z";
    let units = Utf16::new(text);
    assert_eq!(units.at(0), 0);
    assert_eq!(units.at(1), 1);
    assert_eq!(units.at(3), 2);
    assert_eq!(units.at(7), 4);
    assert_eq!(units.at(8), 5);
    let bytes: Vec<usize> = (0..7).map(|place| units.byte(place)).collect();
    assert_eq!(bytes, [0, 1, 3, 3, 7, 8, 8]);
}
