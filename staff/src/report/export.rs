//! The figures as files: CSV for whoever maintains the web site, a workbook for the head of office.

use super::{Cell, Period, Report, Table, Unit};
use queue::Office;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

/// One line per unit, zeros included; anonymous, the same words whatever the reader's language.
pub(crate) fn csv(report: &Report, office: &Office, period: Period, unit: Unit) -> String {
    let mut csv =
        String::from("tanggal,nomor,prioritas,selesai,dikembalikan,dirujuk,ditunda,hangus,dibatalkan,dilewati\r\n");
    for (date, c) in report.over_time(office, period, unit) {
        csv.push_str(&format!(
            "{date},{},{},{},{},{},{},{},{},{}\r\n",
            c.issued, c.priority, c.finished, c.returned, c.referred, c.deferred, c.expired, c.cancelled, c.no_shows
        ));
    }
    csv
}

/// Every table on a sheet of its own, under its title and the `heading` of the whole report.
///
/// # Errors
/// When the workbook cannot be made: a title that is no sheet's name, or too many lines for a sheet.
pub(crate) fn workbook(tables: &[Table], heading: &str) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    for table in tables {
        let sheet = workbook.add_worksheet();
        // What a sheet's name may not hold.
        sheet.set_name(table.title.replace([':', '/', '\\', '?', '*', '[', ']'], " "))?;
        write(sheet, table, heading)?;
    }
    workbook.save_to_buffer()
}

fn write(sheet: &mut Worksheet, table: &Table, heading: &str) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    sheet.write_with_format(0, 0, heading, &bold)?;
    let mut row = 2;
    for (column, heading) in table.headings.iter().enumerate() {
        sheet.write_with_format(row, column as u16, heading, &bold)?;
    }
    row += u32::from(!table.headings.is_empty());
    for line in &table.lines {
        for (column, cell) in line.iter().enumerate() {
            put(sheet, row, column as u16, cell)?;
        }
        row += 1;
    }
    if !table.note.is_empty() {
        sheet.write(row + 1, 0, &table.note)?;
    }
    sheet.set_column_width(0, 36)?;
    Ok(())
}

/// Figures stay figures, so that a clerk can go on computing.
fn put(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell) -> Result<(), XlsxError> {
    match cell {
        Cell::Name(text) | Cell::Meaning(text) => drop(sheet.write(row, column, text)?),
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
