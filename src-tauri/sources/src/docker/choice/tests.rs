//! Which containers are meant.

use super::*;

fn labels(pairs: &[(&str, &str)]) -> HashMap<String, String> {
    let pairs = pairs.iter();
    pairs
        .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
        .collect()
}

#[test]
fn selections_mean_what_they_say() {
    let shop = labels(&[(PROJECT_LABEL, "shop"), ("tier", "front")]);
    for (key, name, fits) in [
        ("all", "anything", true),
        ("project:shop", "shop-web-1", true),
        ("project:other", "shop-web-1", false),
        ("label:tier", "x", true),
        ("label:tier=front", "x", true),
        ("label:tier=back", "x", false),
        ("label:none", "x", false),
        ("name:shop-*", "shop-web-1", true),
        ("name:shop-*-1", "shop-web-1", true),
        ("name:shop-*-2", "shop-web-1", false),
        ("name:s?op*", "shop", true),
        ("name:shop", "shop-web", false),
        ("name:*a*b*", "xxaxxxb", true),
    ] {
        let choice = Choice::parse(key).unwrap();
        assert_eq!(choice.fits(name, &shop), fits, "{key} of {name}");
    }
}

#[test]
fn what_selects_nothing_is_refused_with_a_reason() {
    for key in ["label:", "colour:red", "web", "project:"] {
        assert!(!Choice::parse(key).unwrap_err().is_empty());
    }
}
