//! Bytes, wire time and head time of every paper: `cargo bench -p printer`.

use jiff::civil::{date, time};
use printer::escpos::{Style, encode, encode_for_line};
use printer::profile::{Profile, wire_time};
use printer::slip::page;
use queue::Office;
use queue::case::{Place, Receipt};
use queue::document::{Body, Document};
use queue::forecast::Wait;
use queue::office::{Lang, ServiceKey, Stage};
use queue::printing::JobId;
use queue::ticket::Number;
use std::time::Instant;

fn main() {
    let office = Office::parse(include_str!("../../office.toml")).expect("the real office");
    let number = Number { prefix: 'A', n: 12 };
    let receipt = Receipt { year: 26, n: 123 };
    let service = ServiceKey("new".into());
    let bodies = [
        Body::Slip {
            number,
            service: service.clone(),
            stage: Stage::Verification,
            counters: vec![1],
            ahead: 4,
            wait: Wait::Range { from: 25, to: 40 },
            priority: false,
        },
        Body::Return {
            number,
            missing: vec!["family-card".into(), "police-report".into()],
            until: Some(time(15, 0, 0, 0)),
        },
        Body::Receipt { receipt, service, place: Place::Office },
        Body::Network { number, receipt, may_wait: true },
    ];
    println!("paper    dots lang style     bytes   head s | wire s at 9600  19200  38400 115200 | * is chosen");
    for body in bodies {
        for profile in ["generic-58", "generic-80", "epson-tm-t88"].map(|name| Profile::load(name).expect("built in")) {
            for lang in [Lang::Id, Lang::En] {
                let name = body.paper().word();
                let document =
                    Document { lang, date: date(2026, 11, 23), time: Some(time(8, 14, 0, 0)), body: body.clone() };
                let page = page(&document, &office, 0, JobId(17), profile.columns).expect("a known service");
                for style in [Style::Designed, Style::Text, Style::Raster] {
                    let paper = encode(&page, &profile, style);
                    let head = profile.head_time(paper.rows).as_secs_f64();
                    print!(
                        "{name:8} {} {lang:?}   {style:?}\t{:6} {head:8.2} |          ",
                        profile.dots,
                        paper.bytes.len()
                    );
                    for baud in [9600, 19200, 38400, 115_200] {
                        let chosen = if encode_for_line(&page, &Profile { baud, ..profile.clone() }) == paper {
                            '*'
                        } else {
                            ' '
                        };
                        print!("{:6.2}{chosen}", wire_time(paper.bytes.len(), baud).as_secs_f64());
                    }
                    println!();
                }
                if lang == Lang::Id {
                    let start = Instant::now();
                    (0..100).for_each(|_| drop(encode_for_line(&page, &profile)));
                    println!("{name:8} {} encoded in {:.2} ms", profile.dots, start.elapsed().as_secs_f64() * 10.0);
                }
            }
        }
    }
}
