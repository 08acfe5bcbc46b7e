/**
 * What a spreadsheet would run as a formula when it opens a file (OWASP, CSV injection); behind quotes that
 * `inertCell` has put there, too.
 */
const FORMULA = /^'*[=+\-@\t\r]/;

/** A text that somebody chose freely as the cell of a file: a quote keeps it from being a formula. */
export function inertCell(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** The text of such a cell. */
export function textOfCell(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}
