use super::*;

fn of(text: &str) -> Outcome<String> {
    let mut body = answer(BufReader::new(text.as_bytes()), "/path")?;
    let mut text = String::new();
    body.read_to_string(&mut text).unwrap();
    Ok(text)
}

#[test]
fn the_body_is_what_comes_behind_the_head() {
    assert_eq!(
        of("HTTP/1.0 200 OK\r\na: b\r\n\r\n{}\n\nrest").unwrap(),
        "{}\n\nrest"
    );
    assert_eq!(of("HTTP/1.0 200 OK\r\n\r\n").unwrap(), "");
}

#[test]
fn an_answer_that_is_not_good_is_a_failure_with_its_text() {
    let failure = of("HTTP/1.0 401 Unauthorized\r\n\r\nno token")
        .unwrap_err()
        .to_string();
    assert!(
        failure.contains("401") && failure.contains("no token"),
        "{failure}"
    );
    assert!(of("HTTP/1.0 200 OK\r\na: b").is_err());
}

#[test]
fn a_page_tells_address_and_token() {
    let port = Port::of_page("http://127.0.0.1:4711/?token=abc").unwrap();
    assert_eq!(
        (port.address.as_str(), port.token.as_str()),
        ("127.0.0.1:4711", "abc")
    );
    assert!(Port::of_page("crosscut: no").is_none());
}
