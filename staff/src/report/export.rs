//! The figures as files: CSV for whoever maintains the web site and for Excel, a workbook for the head of office.

use super::figures::Line;
use super::{Cell, Counts, Period, Report, Table, Unit};
use crate::texts::t;
use jiff::civil::{Date, DateTime};
use queue::words::say;
use queue::{Lang, Office};
use rust_xlsxwriter::{Chart, ChartType, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

/// The columns of both CSV files.
const COLUMNS: [&str; 10] = [
    "tanggal",
    "nomor",
    "prioritas",
    "selesai",
    "dikembalikan",
    "dirujuk",
    "ditunda",
    "hangus",
    "dibatalkan",
    "dilewati",
];

/// A4, as Excel numbers it.
const A4: u8 = 9;

/// One line per unit, zeros included; anonymous, the same words whatever the reader's language.
pub(crate) fn csv(report: &Report, office: &Office, period: Period, unit: Unit) -> String {
    rows(report, office, period, unit, ",", |date| date.to_string())
}

/// The same for an Excel with Indonesian settings, which separates by semicolons, writes dates as 27/11/2026, and takes a
/// file for UTF-8 only by its first three bytes.
pub(crate) fn csv_for_excel(report: &Report, office: &Office, period: Period, unit: Unit) -> String {
    let date = |date: Date| format!("{:02}/{:02}/{}", date.day(), date.month(), date.year());
    format!("\u{feff}{}", rows(report, office, period, unit, ";", date))
}

fn rows(
    report: &Report,
    office: &Office,
    period: Period,
    unit: Unit,
    between: &str,
    write: impl Fn(Date) -> String,
) -> String {
    let mut csv = format!("{}\r\n", COLUMNS.join(between));
    for (date, c) in report.over_time(office, period, unit) {
        let figures = counts(&c).map(|n| n.to_string()).join(between);
        csv.push_str(&format!("{}{between}{figures}\r\n", write(date)));
    }
    csv
}

fn counts(c: &Counts) -> [u32; 9] {
    [c.issued, c.priority, c.finished, c.returned, c.referred, c.deferred, c.expired, c.cancelled, c.no_shows]
}

/// Every table on a sheet of its own, under its title and the `heading` of the whole report, and a sheet with every visit.
///
/// # Errors
/// When the workbook cannot be made: a title that is no sheet's name, or too many lines for a sheet.
pub(crate) fn workbook(
    tables: &[Table],
    report: &Report,
    office: &Office,
    heading: &str,
    lang: Lang,
) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    for table in tables {
        let sheet = workbook.add_worksheet();
        let name = sheet_name(&table.title);
        sheet.set_name(&name)?;
        write(sheet, table, heading, &name)?;
    }
    let sheet = workbook.add_worksheet();
    sheet.set_name(t(lang, "Kunjungan", "Visits"))?;
    visits(sheet, &report.visits, office, heading, lang)?;
    workbook.save_to_buffer()
}

/// A title without what a sheet's name may not hold.
fn sheet_name(title: &str) -> String {
    title.replace([':', '/', '\\', '?', '*', '[', ']'], " ").chars().take(31).collect()
}

/// For A4 across, one page wide, the headings on each page, with heading and page number at the foot.
fn for_paper(sheet: &mut Worksheet, heading: &str, headings: u32) -> Result<(), XlsxError> {
    sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
    sheet.set_footer(format!("&L{}&R&P/&N", heading.replace('&', "&&")));
    sheet.set_repeat_rows(0, headings)?;
    sheet.set_freeze_panes(headings + 1, 1)?;
    Ok(())
}

fn write(sheet: &mut Worksheet, table: &Table, heading: &str, name: &str) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    let head = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
    sheet.write_with_format(0, 0, heading, &bold)?;
    let mut row = 2;
    for (column, heading) in table.headings.iter().enumerate() {
        sheet.write_with_format(row, column as u16, heading, &head)?;
    }
    row += u32::from(!table.headings.is_empty());
    let first = row;
    for line in &table.lines {
        for (column, cell) in line.iter().enumerate() {
            put(sheet, row, column as u16, cell)?;
        }
        row += 1;
    }
    // The last line of a table over time is its sum: it is neither filtered nor drawn.
    let dated = table.lines.iter().filter(|line| matches!(line.first(), Some(Cell::Date(..)))).count() as u32;
    if !table.headings.is_empty() && row > first {
        let last = if dated > 0 { first + dated - 1 } else { row - 1 };
        sheet.autofilter(first - 1, 0, last, table.headings.len() as u16 - 1)?;
    }
    if !table.note.is_empty() {
        sheet.write(row + 1, 0, &table.note)?;
    }
    if dated > 0 {
        let mut chart = Chart::new(ChartType::Column);
        let series = chart.add_series();
        series.set_categories((name, first, 0, first + dated - 1, 0)).set_values((
            name,
            first,
            1,
            first + dated - 1,
            1,
        ));
        series.set_name((name, first - 1, 1));
        chart.title().set_name(heading);
        chart.legend().set_hidden();
        sheet.insert_chart(row + 3, 0, &chart)?;
    }
    sheet.set_column_width(0, 40)?;
    for column in 1..table.lines.iter().map(Vec::len).max().unwrap_or(1) {
        let meant = table.lines.iter().any(|line| matches!(line.get(column), Some(Cell::Meaning(_))));
        sheet.set_column_width(column as u16, if meant { 80 } else { 13 })?;
    }
    for_paper(sheet, heading, if table.headings.is_empty() { 1 } else { first - 1 })
}

/// A line per visit: when it came, was called, began and ended, how far it went and what became of it.
fn visits(sheet: &mut Worksheet, visits: &[Line], office: &Office, heading: &str, lang: Lang) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    let (day, time) = (Format::new().set_num_format("dd/mm/yyyy"), Format::new().set_num_format("hh:mm:ss"));
    sheet.write_with_format(0, 0, heading, &bold)?;
    let headings = [
        (t(lang, "tanggal", "date"), 12),
        (t(lang, "nomor", "number"), 9),
        (t(lang, "layanan", "service"), 28),
        (t(lang, "prioritas", "priority"), 10),
        (t(lang, "datang", "arrival"), 10),
        (t(lang, "dipanggil", "called"), 10),
        (t(lang, "mulai", "start"), 10),
        (t(lang, "selesai", "end"), 10),
        (t(lang, "tahap terakhir", "last stage"), 18),
        (t(lang, "hasil", "outcome"), 24),
    ];
    for (column, (name, width)) in headings.iter().enumerate() {
        sheet.write_with_format(2, column as u16, *name, &bold)?;
        sheet.set_column_width(column as u16, *width)?;
    }
    for (row, visit) in (3..).zip(visits) {
        sheet.write_with_format(row, 0, excel(visit.date.at(0, 0, 0, 0))?, &day)?;
        sheet.write(row, 1, visit.number.to_string())?;
        let service = office.service(&visit.service).map_or(visit.service.0.as_str(), |s| s.name.get(lang));
        sheet.write(row, 2, service)?;
        sheet.write(row, 3, if visit.priority { t(lang, "ya", "yes") } else { "" })?;
        let times = [Some(visit.issued), visit.called, visit.started, visit.ended];
        for (column, at) in (4..).zip(times) {
            if let Some(at) = at {
                sheet.write_with_format(row, column, excel(at)?, &time)?;
            }
        }
        sheet.write(row, 8, visit.stage.map_or("", |stage| office.stage_name(stage).get(lang)))?;
        sheet.write(row, 9, say(visit.outcome, lang))?;
    }
    if !visits.is_empty() {
        sheet.autofilter(2, 0, 2 + visits.len() as u32, headings.len() as u16 - 1)?;
    }
    for_paper(sheet, heading, 2)
}

/// A date that Excel computes with.
fn excel(at: DateTime) -> Result<ExcelDateTime, XlsxError> {
    let part = |n: i8| n.unsigned_abs();
    let date = ExcelDateTime::from_ymd(at.year().unsigned_abs(), part(at.month()), part(at.day()))?;
    date.and_hms(part(at.hour()).into(), part(at.minute()), f64::from(part(at.second())))
}

/// Figures stay figures, so that a clerk can go on computing.
fn put(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell) -> Result<(), XlsxError> {
    match cell {
        Cell::Name(text) | Cell::Meaning(text) => drop(sheet.write(row, column, text)?),
        Cell::Date(date, _) => {
            let format = Format::new().set_num_format("dd/mm/yyyy").set_align(FormatAlign::Left);
            sheet.write_with_format(row, column, excel(date.at(0, 0, 0, 0))?, &format)?;
        }
        Cell::Count(n) => drop(sheet.write(row, column, *n as f64)?),
        Cell::Measured(known, 0) => drop(sheet.write(row, column, *known as f64)?),
        Cell::Measured(known, unknown) => {
            // As the page has it, and still a figure.
            let format = Format::new().set_num_format(format!("0\" + {unknown} ?\""));
            sheet.write_with_format(row, column, *known as f64, &format)?;
        }
        Cell::Figure(Some(value)) => drop(sheet.write(row, column, *value)?),
        Cell::Share(part, whole) if *whole > 0 => {
            let percent = Format::new().set_num_format("0 %");
            sheet.write_with_format(row, column, *part as f64 / *whole as f64, &percent)?;
        }
        Cell::Figure(None) | Cell::Share(..) | Cell::Empty => {}
    }
    Ok(())
}
