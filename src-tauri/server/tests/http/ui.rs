//! The page and its headers.

use reqwest::Method;

use crate::harness::Port;

#[tokio::test]
async fn the_page_needs_no_token_and_runs_only_its_own_scripts() {
    let port = Port::open().await;
    let page = port
        .bare(Method::GET, "/")
        .header("accept", "text/html,*/*;q=0.8");
    let page = page.send().await.unwrap();
    let headers = page.headers().clone();
    assert_eq!(
        headers["content-security-policy"],
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["referrer-policy"], "no-referrer");
    assert!(
        headers["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );
    // Built or not, the page is Crosscut's.
    assert!(page.text().await.unwrap().contains("<title>Crosscut"));
}

#[tokio::test]
async fn errors_carry_the_same_headers() {
    let port = Port::open().await;
    for path in ["/nothing", "/raw", "/../Cargo.toml", "/%2e%2e/Cargo.toml"] {
        let answer = port.bare(Method::GET, path).send().await.unwrap();
        assert!(answer.status().is_client_error(), "{path}");
        assert_eq!(
            answer.headers()["x-content-type-options"],
            "nosniff",
            "{path}"
        );
        assert_eq!(answer.headers()["cache-control"], "no-store", "{path}");
    }
}
