//! Pictures between the calls: what the office puts into `slides` in the data folder, by name, one after the other.
//!
//! When a slide stands is decided by the clock alone; a thread beside reads and scales the files, because a large photo
//! takes longer than a call may wait. Two scaled pictures are in memory, and one file while it is read.

use crate::canvas::Canvas;
use crate::health::{Health, Part};
use crate::scene::Picture;
use anyhow::{Context, bail};
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::*;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits};
use queue::office::{BoardSettings, Text};
use queue::time::Moment;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::time::{Duration, SystemTime};

/// The folder in the data folder.
pub const FOLDER: &str = "slides";
/// The largest picture that is read, in bytes of pixels: 16 million of them in colour.
const LARGEST: u64 = 48_000_000;
/// The largest file that is read, bytes: the reader of JPEG holds all of it, whatever size its picture has.
const LARGEST_FILE: u64 = 32_000_000;
/// The most that a file may unpack beside its picture, bytes.
const LARGEST_BESIDE: u64 = 8_000_000;
/// How soon an answer that is late is asked for again.
const LATE: Duration = Duration::from_millis(500);

/// What stands now.
#[derive(Debug)]
enum State {
    /// A call or a message: no slide before the pause has passed from its end on.
    Forbidden,
    /// The board.
    Pause(Moment),
    /// A slide.
    Shown(Picture, Moment),
}

/// The slides of one board.
#[derive(Debug)]
pub struct Slides {
    ask: Sender<Size>,
    /// The answers; `None` is a folder without pictures.
    answers: Receiver<Option<Picture>>,
    asked: bool,
    state: State,
}

impl Slides {
    /// Slides from the folder in `data`; what cannot be shown is told to `health`.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn of(data: &Path, health: Health) -> std::io::Result<Slides> {
        let (ask, asked) = channel();
        let (answer, answers) = channel();
        let mut folder = Folder { path: data.join(FOLDER), health, last: None, refused: BTreeMap::new() };
        std::thread::Builder::new().name("slides".into()).spawn(move || {
            for size in asked {
                if answer.send(folder.next(size)).is_err() {
                    return;
                }
            }
        })?;
        Ok(Slides { ask, answers, asked: false, state: State::Forbidden })
    }

    /// The slide that stands at `now`, in a room of `size` pixels. While it is not `allowed` there is none.
    pub fn at(&mut self, allowed: bool, size: Size, settings: BoardSettings, now: &Moment) -> Option<Picture> {
        let passed = |since: &Moment| now.since(since).unwrap_or(Duration::ZERO);
        match &self.state {
            _ if !allowed => self.state = State::Forbidden,
            State::Forbidden => self.pause(size, now),
            State::Shown(_, since) if passed(since) >= settings.slide() => self.pause(size, now),
            State::Pause(since) if passed(since) >= settings.slide_pause() => match self.answers.try_recv() {
                // One that was made for another size of the panel may not fit.
                Ok(Some(picture)) if picture.canvas().size().component_max(size) == size => {
                    self.asked = false;
                    self.state = State::Shown(picture, *now);
                }
                Err(TryRecvError::Empty) => {}
                Ok(_) | Err(TryRecvError::Disconnected) => {
                    self.asked = false;
                    self.pause(size, now);
                }
            },
            State::Shown(..) | State::Pause(_) => {}
        }
        match &self.state {
            State::Shown(picture, _) => Some(picture.clone()),
            State::Forbidden | State::Pause(_) => None,
        }
    }

    /// Begins a pause, in which the next picture is read.
    fn pause(&mut self, size: Size, now: &Moment) {
        self.state = State::Pause(*now);
        self.asked = self.asked || self.ask.send(size).is_ok();
    }

    /// After how long [`Slides::at`] will say something new by itself.
    pub fn next_change(&self, settings: BoardSettings, now: &Moment) -> Option<Duration> {
        let left = |since: &Moment, whole: Duration| whole.saturating_sub(now.since(since).unwrap_or_default());
        match &self.state {
            State::Forbidden => None,
            State::Shown(_, since) => Some(left(since, settings.slide())),
            State::Pause(since) => Some(left(since, settings.slide_pause()).max(LATE)),
        }
    }
}

/// The folder with the pictures, and how far it was shown.
struct Folder {
    path: PathBuf,
    health: Health,
    last: Option<PathBuf>,
    /// Files that could not be used, and of when they were.
    refused: BTreeMap<PathBuf, SystemTime>,
}

impl Folder {
    /// The picture after the last one; what cannot be read is told and skipped until the file changes.
    fn next(&mut self, size: Size) -> Option<Picture> {
        let files = self.files();
        self.refused.retain(|path, at| files.iter().any(|(p, t)| p == path && t == at));
        let begin = files.iter().position(|(path, _)| Some(path) > self.last.as_ref()).unwrap_or(0);
        let mut found = None;
        for (path, at) in files[begin..].iter().chain(&files[..begin]) {
            if self.refused.contains_key(path) {
                continue;
            }
            match read(path, size) {
                Ok(picture) => {
                    self.last = Some(path.clone());
                    found = Some(picture.into());
                    break;
                }
                Err(error) => {
                    tracing::warn!("{} is not shown: {error:#}", path.display());
                    self.refused.insert(path.clone(), *at);
                }
            }
        }
        self.health.say(Part::Slides, self.trouble());
        found
    }

    /// Every file that looks like a picture, by name. A folder that does not exist is empty.
    fn files(&self) -> Vec<(PathBuf, SystemTime)> {
        let Ok(entries) = std::fs::read_dir(&self.path) else { return Vec::new() };
        let mut files: Vec<(PathBuf, SystemTime)> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| {
                let end = path.extension().unwrap_or_default().to_ascii_lowercase();
                ["png", "jpg", "jpeg"].iter().any(|known| end == *known)
            })
            .filter_map(|path| {
                let about = std::fs::metadata(&path).ok().filter(std::fs::Metadata::is_file)?;
                Some((path, about.modified().unwrap_or(SystemTime::UNIX_EPOCH)))
            })
            .collect();
        files.sort();
        files
    }

    fn trouble(&self) -> Option<Text> {
        let names: Vec<_> = self.refused.keys().filter_map(|p| p.file_name()).map(|n| n.to_string_lossy()).collect();
        (!names.is_empty()).then(|| {
            let names = names.join(", ");
            Text::new(
                &format!("Gambar papan tidak dapat dipakai: {names}"),
                &format!("Pictures the board cannot use: {names}"),
            )
        })
    }
}

/// Reads a PNG or JPEG, turns it as its camera was held, and scales it into `room`.
///
/// # Errors
/// When it is neither, is damaged, is larger than 32 MB, or has more than 16 million pixels.
pub fn read(path: &Path, room: Size) -> anyhow::Result<Canvas> {
    let bytes = std::fs::metadata(path).context("cannot be opened")?.len();
    if bytes > LARGEST_FILE {
        bail!("{} MB are too many; 32 MB are allowed, and 1 is enough for a screen", bytes / 1_000_000);
    }
    let mut reader = ImageReader::open(path).context("cannot be opened")?.with_guessed_format()?;
    // A small file can hold a compressed colour profile that is very large; nobody looks at it here.
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(LARGEST_BESIDE);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().context("is neither PNG nor JPEG")?;
    if decoder.total_bytes() > LARGEST {
        let (width, height) = decoder.dimensions();
        bail!("{width} x {height} pixels are too many; make it smaller, 1920 x 1080 is enough");
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).context("is damaged")?;
    let lies = matches!(
        orientation,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    );
    let room = if lies { Size::new(room.height, room.width) } else { room };
    // The quick way is good for making smaller and coarse for making larger.
    let mut picture = match picture.width() > room.width || picture.height() > room.height {
        true => picture.thumbnail(room.width, room.height),
        false => picture.resize(room.width, room.height, FilterType::Triangle),
    };
    picture.apply_orientation(orientation);
    let pixels = picture.to_rgba8();
    let mut canvas = Canvas::new(Size::new(pixels.width(), pixels.height()));
    let all = canvas.bounding_box();
    // What is transparent was made for white paper.
    let on_white = |value: u8, alpha: u8| (u32::from(value) * u32::from(alpha) / 255 + 255 - u32::from(alpha)) as u8;
    let colors = pixels.pixels().map(|p| {
        let [r, g, b, a] = p.0;
        Rgb888::new(on_white(r, a), on_white(g, a), on_white(b, a))
    });
    let Ok(()) = canvas.fill_contiguous(&all, colors);
    Ok(canvas)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgb, RgbImage};
    use std::time::Instant;

    const ROOM: Size = Size::new(200, 100);
    const SETTINGS: BoardSettings = BoardSettings { english: false, slide_seconds: 10, slide_pause_seconds: 20 };

    fn at(second: i64) -> Moment {
        Moment { wall_ms: second * 1000, boot: 7, uptime_ms: second * 1000 }
    }

    /// Red on the left, blue on the right.
    fn flag(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, _| if x < width / 2 { Rgb([220, 0, 0]) } else { Rgb([0, 0, 220]) })
    }

    fn folder() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join(FOLDER)).unwrap();
        dir
    }

    /// What stands at `now`, once the reader has had its time.
    fn settled(slides: &mut Slides, allowed: bool, now: &Moment) -> Option<Picture> {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let shown = slides.at(allowed, ROOM, SETTINGS, now);
            let waits = matches!(&slides.state, State::Pause(since)
                if now.since(since).is_some_and(|passed| passed >= SETTINGS.slide_pause()));
            if !waits || Instant::now() > deadline {
                return shown;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn slides_follow_one_another_with_pauses_and_a_call_ends_one_at_once() {
        let dir = folder();
        for name in ["b.png", "a.PNG", "notes.txt"] {
            flag(400, 100).save_with_format(dir.path().join(FOLDER).join(name), image::ImageFormat::Png).unwrap();
        }
        let mut slides = Slides::of(dir.path(), Health::default()).unwrap();
        let mut seen: Vec<(i64, Option<Picture>)> = Vec::new();
        for second in 0..100 {
            // A call from second 45 to 47.
            let shown = settled(&mut slides, !(45..48).contains(&second), &at(second));
            if seen.last().map(|(_, last)| last) != Some(&shown) {
                seen.push((second, shown));
            }
        }
        let times: Vec<(i64, bool)> = seen.iter().map(|(at, shown)| (*at, shown.is_some())).collect();
        let expected = [(0, false), (20, true), (30, false), (68, true), (78, false), (98, true)];
        assert_eq!(times, expected, "pauses of 20 s, slides of 10 s, a pause after the call");
        assert_ne!(seen[1].1, seen[3].1);
        let size = |n: usize| seen[n].1.as_ref().unwrap().canvas().size();
        assert_eq!(size(1), Size::new(200, 50), "scaled to fit");
    }

    #[test]
    fn a_bad_file_is_skipped_and_told_until_it_changes() {
        let dir = folder();
        let path = |name: &str| dir.path().join(FOLDER).join(name);
        std::fs::write(path("bad.jpg"), b"\xff\xd8\xff\xe0 no picture").unwrap();
        // A sound picture that would take more memory than the board may have.
        let mut huge = Vec::new();
        let encoder = png::Encoder::new(&mut huge, 7_000, 7_000);
        encoder.write_header().unwrap().write_image_data(&vec![0; 49_000_000]).unwrap();
        std::fs::write(path("huge.png"), &huge).unwrap();
        // A sound picture in a file that would take as much: what follows its end is read, too.
        flag(100, 100).save(path("long.jpg")).unwrap();
        let long = std::fs::OpenOptions::new().write(true).open(path("long.jpg")).unwrap();
        long.set_len(LARGEST_FILE + 1).unwrap();
        let health = Health::default();
        let mut folder =
            Folder { path: dir.path().join(FOLDER), health: health.clone(), last: None, refused: BTreeMap::new() };
        assert_eq!(folder.next(ROOM), None);
        health.alive(at(0));
        let told = health.told().unwrap().1;
        assert_eq!(told[0].id, "Gambar papan tidak dapat dipakai: bad.jpg, huge.png, long.jpg");
        flag(100, 100).save(path("good.png")).unwrap();
        assert!(folder.next(ROOM).is_some(), "a new file is seen without a restart");
        std::fs::remove_file(path("huge.png")).unwrap();
        std::fs::remove_file(path("long.jpg")).unwrap();
        flag(100, 100).save(path("bad.jpg")).unwrap();
        assert!(folder.next(ROOM).is_some());
        assert!(health.told().unwrap().1.is_empty());
    }

    #[test]
    fn a_photo_stands_as_its_camera_was_held() {
        let dir = folder();
        let path = dir.path().join("photo.jpg");
        let mut jpeg = std::io::Cursor::new(Vec::new());
        flag(64, 32).write_to(&mut jpeg, image::ImageFormat::Jpeg).unwrap();
        let jpeg = jpeg.into_inner();
        // EXIF with one entry: orientation 6, a quarter clockwise.
        let exif = b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        std::fs::write(&path, [&jpeg[..2], exif, &jpeg[2..]].concat()).unwrap();
        let picture = read(&path, ROOM).unwrap();
        assert_eq!(picture.size(), Size::new(50, 100));
        let at = |x: usize, y: usize| picture.pixels()[y * 50 + x];
        assert!(at(25, 10) >> 16 > 150 && at(25, 90) & 255 > 150, "red above, blue below");
    }

    #[test]
    fn no_bytes_of_a_file_bring_the_board_down() {
        let dir = folder();
        let path = dir.path().join("x.png");
        let mut good = std::io::Cursor::new(Vec::new());
        flag(40, 20).write_to(&mut good, image::ImageFormat::Png).unwrap();
        let good = good.into_inner();
        for n in 0..400usize {
            let mut bytes = good.clone();
            let place = n * 7919 % bytes.len();
            bytes[place] ^= 1 << (n % 8);
            bytes.truncate(good.len() - n * 31 % good.len() / 4);
            std::fs::write(&path, &bytes).unwrap();
            let _ = read(&path, ROOM);
        }
    }
}
