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
}
