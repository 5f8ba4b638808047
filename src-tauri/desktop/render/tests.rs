use super::{Graphics, NO_COMPOSITING, NO_DMABUF, SHARED_MEMORY};

const USUAL: Graphics = Graphics {
    card: true,
    nvidia: false,
    appimage: false,
};

#[test]
fn a_usual_machine_needs_nothing() {
    assert!(USUAL.variables(false).is_empty());
}

#[test]
fn each_known_trouble_has_its_remedy() {
    assert_eq!(
        Graphics {
            card: false,
            ..USUAL
        }
        .variables(false),
        [NO_DMABUF]
    );
    assert_eq!(
        Graphics {
            nvidia: true,
            ..USUAL
        }
        .variables(false),
        [SHARED_MEMORY]
    );
    assert_eq!(
        Graphics {
            appimage: true,
            ..USUAL
        }
        .variables(false),
        [SHARED_MEMORY]
    );
}

#[test]
fn the_safe_way_outweighs_everything() {
    let all = Graphics {
        card: false,
        nvidia: true,
        appimage: true,
    };
    assert_eq!(all.variables(true), [NO_DMABUF, NO_COMPOSITING]);
    assert_eq!(USUAL.variables(true), [NO_DMABUF, NO_COMPOSITING]);
}
