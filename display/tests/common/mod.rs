//! The real office on a Monday in November, in every state that the waiting room can see.
#![allow(dead_code, unreachable_pub)] // Each test program uses its part.

use display::calls::Shown;
use display::canvas::Canvas;
use display::draw::Painter;
use display::layout::{View, hall, sign, slide_room};
use display::scene::{Picture, Scene};
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::*;
use jiff::civil::{DateTime, Time, datetime, time};
use queue::board::{Board, Call, DayStatus, Sign, Waiting};
use queue::case::Receipt;
use queue::office::{Office, ServiceKey, Stage};
use queue::ticket::{Number, Seq};
use queue::time::Moment;

pub const LYING: Size = Size::new(1920, 1080);
pub const UPRIGHT: Size = Size::new(1080, 1920);

pub fn office() -> Office {
    Office::parse(include_str!("../../../office.toml")).expect("the real office is valid")
}

pub fn number(text: &str) -> Number {
    text.parse().expect("a number")
}

/// 23 November 2026, `minutes` after 08.00 WIB.
pub fn at(minutes: i64) -> Moment {
    Moment { wall_ms: 1_795_395_600_000 + minutes * 60_000, boot: 7, uptime_ms: minutes * 60_000 }
}

pub fn call(seq: i64, text: &str, counter: u8) -> Call {
    Call {
        seq: Seq(seq),
        number: number(text),
        counter,
        stage: Stage::Verification,
        at: at(seq),
        withdrawn: false,
        over: None,
    }
}

/// What is known, owned, so that a test can change a part of it.
#[derive(Clone)]
pub struct State {
    pub name: &'static str,
    pub office: Office,
    pub board: Option<Board>,
    pub shown: Option<Shown>,
    pub now: DateTime,
    pub lost_since: Option<Time>,
    pub page: u32,
    pub slide: Option<Picture>,
}

impl State {
    pub fn view(&self) -> View<'_> {
        View {
            office: &self.office,
            board: self.board.as_ref(),
            shown: self.shown,
            now: self.now,
            lost_since: self.lost_since,
            page: self.page,
            slide: self.slide.as_ref(),
        }
    }

    /// One painter draws many pictures: it keeps its glyphs.
    pub fn draw(&self, size: Size, painter: &mut Painter) -> Canvas {
        let mut state = self.clone();
        if state.slide.is_some() {
            // As large as its reader makes it: of 16 to 9, inside the room.
            let room = slide_room(&self.view(), size);
            let width = room.width.min(room.height * 16 / 9);
            state.slide = Some(slide(Size::new(width, width * 9 / 16)));
        }
        draw(hall(&state.view(), size), painter)
    }

    pub fn draw_sign(&self, counter: u8, size: Size, painter: &mut Painter) -> Canvas {
        draw(sign(&self.view(), counter, size), painter)
    }
}

/// The same state in an office that wants the English line.
pub fn in_english(mut state: State) -> State {
    state.office.board.english = true;
    state
}

/// A landscape of two colours with a sun: large, and no letter in it.
pub fn slide(size: Size) -> Picture {
    let mut canvas = Canvas::new(size);
    let all = canvas.bounding_box();
    let (w, h) = (size.width as i32, size.height as i32);
    let colors = all.points().map(|p| {
        let sun = (p.x - w * 3 / 4).pow(2) + (p.y - h / 3).pow(2) < (h / 6).pow(2);
        let hill = p.y > h * 2 / 3 - (p.x - w / 2).abs() / 8;
        if sun {
            Rgb888::new(255, 220, 90)
        } else if hill {
            Rgb888::new(40, 120, 60)
        } else {
            Rgb888::new(120, 190, 240)
        }
    });
    let Ok(()) = canvas.fill_contiguous(&all, colors);
    canvas.into()
}

fn draw(scene: Scene, painter: &mut Painter) -> Canvas {
    let mut canvas = Canvas::new(scene.size);
    painter.forget();
    let ticker = scene.ticker.clone();
    let Ok(_) = painter.paint(&mut canvas, scene);
    if let Some(ticker) = ticker {
        let Ok(()) = painter.ticker(&mut canvas, &ticker, 0);
    }
    canvas
}

/// An ordinary morning: A-012 was just called to counter 2.
pub fn morning() -> State {
    let date = jiff::civil::date(2026, 11, 23);
    let calls = vec![
        call(9, "A-012", 2),
        call(8, "C-004", 3),
        call(7, "A-013", 1),
        call(6, "A-012", 1),
        call(5, "L-002", 1),
        call(4, "A-011", 2),
    ];
    let waiting = [("new", 12), ("lost", 1), ("collection", 3)];
    let board = Board {
        day: DayStatus::Open { date },
        signs: vec![
            Sign { counter: 1, number: Some(number("A-013")), serving: true },
            Sign { counter: 2, number: Some(number("A-012")), serving: false },
            Sign { counter: 3, number: None, serving: false },
        ],
        waiting: waiting.map(|(key, count)| Waiting { service: ServiceKey(key.into()), count }).into(),
        ready: [123, 125, 131, 140, 141, 148].map(|n| Receipt { year: 26, n }).into(),
        network_down: None,
        notices: vec![],
        volume: 100,
        calls: calls.clone(),
    };
    State {
        name: "call",
        office: office(),
        board: Some(board),
        shown: Some(Shown { call: calls[0], fresh: true, bright: false }),
        now: datetime(2026, 11, 23, 8, 14, 0, 0),
        lost_since: None,
        page: 0,
        slide: None,
    }
}

/// The same morning in a hall of `counters` counters and `services` services with the longest names.
pub fn in_a_hall(name: &'static str, counters: u8, services: usize) -> State {
    but(name, |s, b| {
        let names = ["Surat Keterangan Pindah Datang Penduduk Warga Negara Indonesia", "Legalisasi", "Kartu Keluarga"];
        let template = s.office.services[0].clone();
        s.office.services = (0..services)
            .map(|n| {
                let mut service = template.clone();
                service.key = ServiceKey(format!("s{n}"));
                service.prefix = "ACDEFGHJKLMNPRTUVWXY".chars().nth(n % 20).expect("a letter");
                let name = names[n % 3];
                service.name = queue::office::Text::new(name, name);
                service
            })
            .collect();
        b.waiting = s
            .office
            .services
            .iter()
            .map(|s| Waiting { service: s.key.clone(), count: s.key.0.len() as u32 * 4 })
            .collect();
        let template = s.office.counters[0].clone();
        s.office.counters = (1..=counters)
            .map(|number| {
                let mut counter = template.clone();
                counter.number = number;
                counter
            })
            .collect();
        // Every fifth counter is free; the sixth one's number has come, the last one's is called and waits its turn.
        let number =
            |counter: u8| number(&format!("{}-{:03}", ["A", "K", "P"][usize::from(counter % 3)], 41 + counter));
        b.calls = (1..=counters).rev().map(|c| call(i64::from(c), &number(c).to_string(), c)).collect();
        b.signs = (1..=counters)
            .map(|counter| Sign {
                counter,
                number: (counter % 5 > 0).then(|| number(counter)),
                serving: counter != 2 && counter != counters,
            })
            .collect();
        let call = b.calls.iter().find(|c| c.counter == 2).copied().expect("counter 2 has called");
        s.shown = Some(Shown { call, fresh: true, bright: false });
        b.ready = (1..=23).map(|n| Receipt { year: 26, n }).collect();
    })
}

/// The same morning, changed.
pub fn but(name: &'static str, change: impl FnOnce(&mut State, &mut Board)) -> State {
    let mut state = morning();
    let mut board = state.board.take().expect("the morning has a board");
    state.name = name;
    change(&mut state, &mut board);
    state.board.get_or_insert(board);
    state
}

/// Every state of the board.
pub fn states() -> Vec<State> {
    let idle = |state: &mut State, board: &mut Board, day: DayStatus, now: DateTime| {
        board.day = day;
        board.calls.clear();
        board.signs.iter_mut().for_each(|s| s.number = None);
        state.shown = None;
        state.now = now;
    };
    let monday = jiff::civil::date(2026, 11, 23);
    vec![
        morning(),
        but("flash", |s, _| s.shown.iter_mut().for_each(|c| c.bright = true)),
        but("first", |s, b| idle(s, b, DayStatus::Open { date: monday }, datetime(2026, 11, 23, 8, 2, 0, 0))),
        but("ready", |s, _| s.page = 1),
        but("long", |s, b| {
            let call = call(10, "A-1234", 12);
            b.calls.insert(0, call);
            s.shown = Some(Shown { call, fresh: true, bright: false });
            b.calls[1].number.n = 1233;
            b.waiting.iter_mut().for_each(|w| w.count *= 111);
            b.signs = (1..=12u8)
                .map(|counter| Sign {
                    counter,
                    number: Some(number(&format!("L-{}", 990 + u32::from(counter) * 3))),
                    serving: counter % 2 == 0,
                })
                .collect();
            s.office.services[0].name.id =
                "Perekaman KTP elektronik baru bagi pemula dan penduduk yang pindah datang".into();
            s.office.identity.name = "Kecamatan Paloh Timur Perbatasan Kalimantan Barat".into();
        }),
        but("break", |s, b| {
            b.day = DayStatus::Break { date: monday, until: time(13, 0, 0, 0) };
            s.shown.iter_mut().for_each(|c| c.fresh = false);
            s.now = datetime(2026, 11, 23, 12, 20, 0, 0);
        }),
        but("network", |s, b| {
            b.network_down = Some(at(12));
            s.page = 1;
        }),
        but("lost", |s, _| s.lost_since = Some(time(8, 9, 0, 0))),
        but("not-opened", |s, b| idle(s, b, DayStatus::NotOpened, datetime(2026, 11, 23, 7, 31, 0, 0))),
        but("closed", |s, b| {
            idle(s, b, DayStatus::Closed { date: monday }, datetime(2026, 11, 23, 15, 4, 0, 0));
            b.ready.clear();
        }),
        but("slide", |s, _| {
            s.shown.iter_mut().for_each(|c| c.fresh = false);
            s.slide = Some(slide(Size::new(640, 360)));
        }),
        State { board: None, shown: None, name: "preparing", lost_since: Some(time(8, 9, 0, 0)), ..morning() },
        in_a_hall("hall", 12, 20),
        in_a_hall("hall-of-six", 6, 4),
        {
            let mut hall = in_a_hall("hall-of-thirty", 30, 20);
            hall.shown.iter_mut().for_each(|shown| shown.fresh = false);
            State { page: 1, ..hall }
        },
    ]
}
