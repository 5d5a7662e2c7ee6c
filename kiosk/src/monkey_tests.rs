//! A monkey at the touchscreen: a million random touches, seconds, faults and answers; no dead end, home always near.

use super::tests::{give, seconds, see};
use super::*;
use crate::fixture::{MONDAY, case, facts, key, open, view};
use crate::line;
use crate::screen::SLOW_S;
use queue::Refused;
use queue::board::DayStatus;
use queue::case::CaseState;
use queue::printing::JobId;
use queue::store::Process;

#[test]
fn a_million_random_touches_find_no_dead_end() {
    let mut state = 42_u64;
    let mut random = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut screen = open();
    let mut asked: Option<Effect> = None;
    let days = [
        DayStatus::NotOpened,
        DayStatus::LeftOpen { date: MONDAY },
        DayStatus::Open { date: MONDAY },
        DayStatus::Open { date: MONDAY },
        DayStatus::Open { date: MONDAY },
        DayStatus::Open { date: MONDAY },
        DayStatus::Open { date: MONDAY },
        DayStatus::Open { date: MONDAY },
        DayStatus::Closed { date: MONDAY },
    ];
    let (mut numbers, mut late) = (0, 0);
    for step in 0..1_000_000 {
        let touch = match random(30) {
            0 | 20 => Touch::Service(key(["new", "lost", "collection", "none"][random(4) as usize])),
            1 | 21 => Touch::Print,
            2 => Touch::Back,
            3 => Touch::Home,
            4 => Touch::Priority,
            5 => Touch::NextLanguage,
            6 => Touch::Erase,
            7 => Touch::HaveReceipt,
            8 => Touch::WithoutReceipt,
            9 => Touch::Paper { came_out: random(2) == 0 },
            10 => Touch::Reprint,
            11 => Touch::StillHere,
            12 => Touch::Standard,
            13 => Touch::Help,
            14 => Touch::Incomplete,
            15 => Touch::Check,
            16 => Touch::Contrast,
            17 => Touch::Large,
            18 => Touch::More,
            19 => Touch::Hold,
            22 => Touch::PrintList,
            23 => Touch::Mine(random(2) == 0),
            24 => [Touch::PrintTest, Touch::Restart(Some(Process::Printer)), Touch::Louder(true), Touch::Louder(false)]
                [random(4) as usize]
                .clone(),
            _ => Touch::Digit(random(256) as u8),
        };
        if let Some(effect) = screen.step(Input::Touch(touch)) {
            if matches!(effect.what, Wish::Help) {
                screen.step(Input::Answer { wish: effect.wish, answer: Answer::Done });
            } else {
                let number = |effect: &Effect| matches!(effect.what, Wish::Issue(_));
                // Another wish that was left is dropped; a number never is.
                assert!(asked.is_none_or(|earlier| !number(&earlier)), "one wish for a number at a time");
                asked = Some(effect);
            }
        }
        match random(40) {
            0 => see(&mut screen, |view| view.board.day = days[random(8) as usize]),
            1 => seconds(&mut screen, random(5) as u32),
            2 if step % 5 == 0 => drop(screen.step(Input::Fault)),
            _ => {}
        }
        // Most wishes are answered before the next touch, some only after a slow disk was left.
        if asked.is_some() && random(8) == 0 {
            seconds(&mut screen, SLOW_S);
            continue;
        }
        if let Some(effect) = asked.take() {
            let answer = match (random(6), &effect.what) {
                (0, _) => Answer::Fault,
                (1, _) => Answer::Refused(Refused::DayNotOpen),
                (_, Wish::Issue(_)) => give(&effect.what),
                (_, Wish::LookUp(_)) => Answer::Case(Some(Box::new(case(CaseState::Ready)))),
                (_, Wish::Reprint(job)) => Answer::Reprinted(JobId(job.0 + 1)),
                (_, Wish::AnswerPrint { .. } | Wish::Help) => Answer::Done,
                (_, Wish::PrintList(..) | Wish::PrintTest) => Answer::Ordered(JobId(7)),
                (_, Wish::Restart(process)) => Answer::Restarting(*process),
                (_, Wish::Volume(percent)) => Answer::Volume(*percent),
                (_, Wish::HasCode) => Answer::Code((random(2) == 0).then_some(4)),
                (_, Wish::TryCode(_)) => Answer::Facts((random(2) == 0).then(|| Box::new(facts()))),
            };
            screen.step(Input::Answer { wish: effect.wish, answer });
            numbers += u32::from(matches!(screen.page, Page::YourNumber(_)));
            late += u32::from(matches!(screen.page, Page::Late(_)));
        }
        if step % 100 == 0 {
            let mut later = screen.clone();
            see(&mut later, |_| {});
            later.step(Input::Touch(Touch::Home));
            assert_eq!(line::word(&later), "home", "home is one touch away");
            screen.step(Input::View(Box::new(view(DayStatus::Open { date: MONDAY }))));
            seconds(&mut screen, SLOW_S + IDLE_S + ASK_S);
            assert!(matches!(screen.page, Page::Home) && screen.language == INDONESIAN && !screen.priority);
            assert!(!screen.contrast && !screen.large && !screen.more);
        }
    }
    assert!(numbers > 1000 && late > 5, "the walk reaches numbers: {numbers}, and late ones: {late}");
}
