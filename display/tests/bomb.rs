//! A small file that unpacks to much more than the board may have: that takes no memory.

#![allow(clippy::panic, clippy::unwrap_used)] // A test may fail loudly, in its helpers too.

use embedded_graphics::geometry::{OriginDimensions, Size};

/// Bytes of the profile in the file of a few hundred kilobytes.
const PROFILE: usize = 200_000_000;

/// Kilobytes: what the process has now, and the most it had since that was last forgotten.
fn memory() -> [u64; 2] {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    ["VmRSS:", "VmHWM:"].map(|name| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    })
}

#[test]
fn a_compressed_profile_does_not_take_the_boards_memory() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("bomb.png");
    {
        let mut info = png::Info::with_size(8, 8);
        info.color_type = png::ColorType::Rgb;
        info.icc_profile = Some(vec![0; PROFILE].into());
        let encoder = png::Encoder::with_info(std::fs::File::create(&path).unwrap(), info).unwrap();
        encoder.write_header().unwrap().write_image_data(&[200; 8 * 8 * 3]).unwrap();
    }
    assert!(std::fs::metadata(&path).unwrap().len() < 2_000_000);
    // The kernel forgets the most that it has seen of this process.
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let [before, _] = memory();
    let read = display::slides::read(&path, Size::new(64, 64));
    let [_, most] = memory();
    println!("{before} kB, at most {most} kB while it was read");
    assert!(most < before + 40_000, "{before} kB grew to {most} kB");
    assert_eq!(read.unwrap().size(), Size::new(64, 64), "the picture itself is sound");
}
