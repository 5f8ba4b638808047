//! Tells Tauri where the window's capabilities and permissions are, since the package's manifest
//! stands above them.

use tauri_build::{AppManifest, Attributes};

fn main() {
    let manifest =
        AppManifest::new().permissions_path_pattern("./src-tauri/desktop/permissions/*.toml");
    let attributes = Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*")
        .app_manifest(manifest);
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo:warning={error:#}");
        std::process::exit(1);
    }
}
