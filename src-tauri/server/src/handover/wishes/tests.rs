//! What `--docker` asks for.

use super::*;

#[test]
fn a_name_is_a_container_and_all_or_a_colon_selects() {
    let asked = [
        "orders",
        "all",
        "project:shop",
        "label:tier=front",
        "name:*-db",
    ];
    let asked = asked.map(str::to_owned);
    let wishes = wishes(&[], &asked, Vec::new()).unwrap();
    let kinds: Vec<SourceKind> = wishes.iter().map(|wish| wish.kind).collect();
    assert_eq!(kinds[0], SourceKind::Docker);
    assert!(
        kinds[1..]
            .iter()
            .all(|kind| *kind == SourceKind::Containers)
    );
    let keys: Vec<String> = wishes.into_iter().map(|wish| wish.key).collect();
    assert_eq!(keys, asked);
}
