use super::*;

fn fits(pattern: &str, path: &str) -> bool {
    let name = Path::new(path).file_name().unwrap().to_str().unwrap();
    Pattern::new(pattern).unwrap().fits(Path::new(path), name)
}

#[test]
fn wildcards_stay_within_a_folder_unless_there_are_two() {
    assert!(fits("/x/logs/*.log", "/x/logs/app.log"));
    assert!(!fits("/x/logs/*.log", "/x/logs/deep/app.log"));
    assert!(fits("/x/logs/**/*.log", "/x/logs/app.log"));
    assert!(fits("/x/logs/**/*.log", "/x/logs/a/b/app.log"));
    assert!(fits("/x/{a,b}/app-[0-9].log", "/x/b/app-7.log"));
    assert!(!fits("/x/{a,b}/app-[0-9].log", "/x/c/app-7.log"));
}

#[test]
fn a_search_begins_behind_what_is_written_out_and_goes_as_deep_as_the_glob() {
    let pattern = Pattern::new("/x/logs/*/app.log").unwrap();
    assert_eq!(pattern.root, Path::new("/x/logs/"));
    assert_eq!(pattern.depth, 1);
    assert!(Pattern::new("/x/**/app.log").unwrap().depth > 1);
    assert!(Pattern::new("/nowhere/logs").unwrap().is_folder());
}

#[test]
fn hidden_names_and_dependencies_are_left_out_unless_they_are_named() {
    assert!(!fits("/x/**/*.log", "/x/.hidden.log"));
    assert!(fits("/x/**/.*.log", "/x/.hidden.log"));
    let all = Pattern::new("/x/**/*.log").unwrap();
    assert!(!all.enters("node_modules") && !all.enters(".git") && !all.enters("target"));
    assert!(all.enters("logs"));
    assert!(Pattern::new("/x/**/target/*.log").unwrap().enters("target"));
    assert!(
        Pattern::new("/x/.cache/*")
            .unwrap()
            .root
            .ends_with(".cache")
    );
}

#[test]
fn a_folder_means_all_but_program_text() {
    for log in [
        "app.log",
        "syslog",
        "out.txt",
        "events.jsonl",
        "app.log.1",
        "x.csv",
    ] {
        assert!(fits("/nowhere", &format!("/nowhere/{log}")), "{log}");
    }
    for other in [
        "main.rs",
        "index.HTML",
        "package.json",
        "README",
        "style.css",
        ".env",
    ] {
        assert!(!fits("/nowhere", &format!("/nowhere/{other}")), "{other}");
    }
}

#[test]
fn a_glob_that_cannot_be_read_is_an_error() {
    assert!(Pattern::new("/x/[a").is_err());
}
