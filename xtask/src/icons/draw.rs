//! SVG to PNG, ICO and ICNS.

use std::fs::{self, File};
use std::path::Path;

use icns::{IconFamily, Image, PixelFormat};
use ico::{IconDir, IconDirEntry, IconImage, ResourceType};
use resvg::tiny_skia::{Pixmap, PremultipliedColorU8, Transform};
use resvg::usvg::{Options, Tree};

use crate::command::{Context, Failure, Outcome};
use crate::say;
use crate::workspace::Workspace;

/// Up to this size, in pixels, the drawing with fewer and thicker lines is used.
const SMALL: u32 = 32;

/// The PNG files, with the side of each in pixels.
const PNGS: &[(&str, u32)] = &[
    ("32x32.png", 32),
    ("128x128.png", 128),
    ("128x128@2x.png", 256),
    ("icon.png", 512),
];

/// Draws all of them.
pub(crate) fn draw(workspace: &Workspace) -> Outcome {
    let icons = workspace.root().join("icons");
    let app = Drawing {
        large: load(&icons, "icon.svg")?,
        small: load(&icons, "icon-small.svg")?,
    };
    for (name, side) in PNGS {
        save_png(&app.at(*side)?, &icons.join(name))?;
    }
    save_ico(&app, &icons.join("icon.ico"))?;
    save_icns(&app, &icons.join("icon.icns"))?;
    let tray = load(&icons, "tray.svg")?;
    save_png(&render(&tray, 64)?, &icons.join("tray.png"))
}

/// The app's icon: one drawing does not serve all sizes.
struct Drawing {
    large: Tree,
    small: Tree,
}

impl Drawing {
    fn at(&self, side: u32) -> Outcome<Pixmap> {
        render(
            if side <= SMALL {
                &self.small
            } else {
                &self.large
            },
            side,
        )
    }
}

fn load(icons: &Path, name: &str) -> Outcome<Tree> {
    let path = icons.join(name);
    let svg = fs::read(&path).context(path.display())?;
    Tree::from_data(&svg, &Options::default()).context(path.display())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "an icon's side is a small number"
)]
fn render(tree: &Tree, side: u32) -> Outcome<Pixmap> {
    let mut pixels = Pixmap::new(side, side).ok_or_else(|| Failure::new("no such icon size"))?;
    let scale = side as f32 / tree.size().width();
    resvg::render(
        tree,
        Transform::from_scale(scale, scale),
        &mut pixels.as_mut(),
    );
    Ok(pixels)
}

fn save_png(pixels: &Pixmap, to: &Path) -> Outcome {
    let bytes = pixels.encode_png().context(to.display())?;
    fs::write(to, bytes).context(to.display())?;
    say::line(to.display());
    Ok(())
}

fn save_ico(app: &Drawing, to: &Path) -> Outcome {
    let mut folder = IconDir::new(ResourceType::Icon);
    // The Tauri build takes the first for the window.
    for side in [32, 16, 24, 48, 64, 256] {
        let image = IconImage::from_rgba_data(side, side, straight(&app.at(side)?));
        let entry = if side == 256 {
            IconDirEntry::encode_as_png(&image)
        } else {
            IconDirEntry::encode_as_bmp(&image)
        };
        folder.add_entry(entry.context(to.display())?);
    }
    folder
        .write(File::create(to).context(to.display())?)
        .context(to.display())?;
    say::line(to.display());
    Ok(())
}

fn save_icns(app: &Drawing, to: &Path) -> Outcome {
    let mut family = IconFamily::new();
    for side in [16, 32, 64, 128, 256, 512, 1024] {
        let pixels = straight(&app.at(side)?);
        let image =
            Image::from_data(PixelFormat::RGBA, side, side, pixels).context(to.display())?;
        family.add_icon(&image).context(to.display())?;
    }
    family
        .write(File::create(to).context(to.display())?)
        .context(to.display())?;
    say::line(to.display());
    Ok(())
}

/// Colours not yet multiplied with their transparency, as icon files want them.
fn straight(pixels: &Pixmap) -> Vec<u8> {
    let colours = pixels.pixels().iter().map(PremultipliedColorU8::demultiply);
    colours
        .flat_map(|c| [c.red(), c.green(), c.blue(), c.alpha()])
        .collect()
}
