use super::*;

fn hir(expression: &str) -> Hir {
    regex_syntax::ParserBuilder::new()
        .utf8(false)
        .multi_line(true)
        .build()
        .parse(expression)
        .unwrap()
}

fn windows(expression: &str) -> Option<String> {
    let skim = Skim::new(&hir(expression))?;
    Some(skim.windows.as_str().replace("(?i:", "").replace(')', ""))
}

#[test]
fn the_rarest_few_bytes_are_looked_for() {
    assert_eq!(windows("status=5[0-9]+").as_deref(), Some("us=5"));
    assert_eq!(windows("(?i:status=5)[0-9]+").as_deref(), Some("us=5"));
    assert_eq!(windows("(?i:refused)").as_deref(), Some("fuse"));
    assert_eq!(
        windows("a(?:timeout|job_x)b+").as_deref(),
        Some("meou|ob_x")
    );
    assert_eq!(
        windows("(?i:timeout|exception)").as_deref(),
        Some("meou|xcep")
    );
    for without in [
        "e",
        "[0-9]+",
        "e|timeout",
        "(?:timeout)*",
        "",
        "日本",
        "\\s+",
    ] {
        assert_eq!(windows(without), None, "{without}");
    }
}

#[test]
fn what_is_found_by_its_window_is_what_the_expression_finds() {
    let lines = "status=404\nthe STATUS=503\nus=5\nstatu\u{17f}=500 status=\n=5x status=5\n";
    for expression in [
        "status=5",
        "(?i:status=5)",
        "(?i:status=5)[0-9]+",
        "^status=",
        "(?i:us=5)$",
        "(?i:us=5|x s)",
    ] {
        let full = RegexBuilder::new(expression)
            .multi_line(true)
            .build()
            .unwrap();
        let skim = Skim::new(&hir(expression)).unwrap();
        for text in [lines, &lines.replace('\u{17f}', "s")] {
            if !skim.fits(text.as_bytes()) {
                continue;
            }
            let mut at = 0;
            let mut found = Vec::new();
            for line in text.split_inclusive('\n') {
                let place = skim.find(&full, text.as_bytes(), at, &mut 0);
                let end = at + line.len();
                found.push(place.is_some_and(|place| (at..end).contains(&place)));
                at = end;
            }
            let wanted: Vec<bool> = text
                .lines()
                .map(|line| full.is_match(line.as_bytes()))
                .collect();
            assert_eq!(found, wanted, "{expression}");
        }
    }
}
