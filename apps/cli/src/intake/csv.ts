import { excerpt } from '@reeve/connectors/text';
import { parse } from 'csv-parse/sync';
import { type Frame, recordFramer } from './csv-frames.ts';
import { acceptedNames, gather, knownField, missingFields } from './fields.ts';
import { decodeText, linesOf } from './lines.ts';
import { type Intake, type Place, problem, type ReadOptions } from './outcome.ts';
import { rowToIntake } from './row.ts';

const DELIMITERS = [',', ';', '\t'] as const;

interface Table {
  readonly delimiter: string;
  readonly columns: readonly string[];
  readonly known: readonly ReturnType<typeof knownField>[];
}

/** Tickets of a CSV file, one per record; a record that cannot be read is a problem and the next one is read. */
export async function* readCsv(file: string, options: ReadOptions): AsyncGenerator<Intake> {
  let table: Table | undefined;
  let framer: ReturnType<typeof recordFramer> | undefined;
  for await (const batch of linesOf(file)) {
    for (const piece of batch) {
      if (table !== undefined && framer !== undefined) {
        for (const frame of framer.offer(piece)) yield* rowOf(frame, table, file, options);
      } else if (!piece.end || decodeText(piece.bytes).trim() !== '') {
        if (!piece.end) return yield headerTooLong(file, piece.line);
        table = headerOf(decodeText(piece.bytes));
        const wrong = headerProblem(table, { file, line: piece.line });
        if (wrong !== undefined) return yield wrong;
        framer = recordFramer(table.delimiter);
      }
    }
  }
  if (table === undefined || framer === undefined) return;
  for (const frame of framer.finish()) yield* rowOf(frame, table, file, options);
}

/** Cuts a header with each delimiter; the one that gives the most known columns is right. */
function headerOf(header: string): Table {
  const tables = DELIMITERS.map((delimiter) => {
    const columns = (cells(header, delimiter) ?? []).map((column) => column.trim());
    return { delimiter, columns, known: columns.map(knownField) };
  });
  const score = (table: Table) =>
    table.known.filter((known) => known !== undefined).length * 1000 + table.columns.length;
  return tables.reduce((best, table) => (score(table) > score(best) ? table : best));
}

/** How many of the columns of a header line are known; used to recognise a CSV file without its extension. */
export function knownColumns(header: string): number {
  return headerOf(header).known.filter((known) => known !== undefined).length;
}

function headerProblem(table: Table, at: Place): Intake | undefined {
  const missing = missingFields(table.columns);
  if (missing.length === 0) return undefined;
  const found = table.columns
    .slice(0, 20)
    .map((column) => `"${excerpt(column, 30)}"`)
    .join(', ');
  const more = table.columns.length > 20 ? ` and ${table.columns.length - 20} more` : '';
  return problem(at, `no column for ${missing.join(', ')}; the columns found are: ${found || 'none'}${more}`, {
    field: missing[0]!,
    hint: `the first row must name the columns; add ${missing.map(acceptedNames).join(' and ')}`,
  });
}

function headerTooLong(file: string, line: number): Intake {
  return problem({ file, line }, `line ${line} is longer than 1 MB`, { hint: 'the first row must name the columns' });
}

function* rowOf(frame: Frame, table: Table, file: string, options: ReadOptions): Generator<Intake> {
  const at = { file, line: frame.line };
  if (frame.fault !== undefined) return yield FAULTS[frame.fault](at);
  const text = decodeText(frame.bytes);
  if (text.trim() === '') return;
  const row = cells(text, table.delimiter);
  if (row === undefined) return yield FAULTS.quote(at);
  if (row.every((cell) => cell.trim() === '')) return;
  if (!fits(row, table.columns.length)) return yield ragged(at, row.length, table.columns.length);
  yield rowToIntake(gather(row.map((cell, index) => [table.known[index], cell])), at, options);
}

/** Spreadsheets append delimiters; too few cells are half a row, broken by a line end outside quotes. */
function fits(row: readonly string[], columns: number): boolean {
  return row.length >= columns && row.slice(columns).every((cell) => cell.trim() === '');
}

function ragged(at: Place, cellCount: number, columns: number): Intake {
  return problem(at, `the row has ${cellCount} values, the header has ${columns} columns`, {
    hint: 'put values that hold a delimiter or a line end in double quotes',
  });
}

const FAULTS: Readonly<Record<NonNullable<Frame['fault']>, (at: Place) => Intake>> = {
  quote: (at) =>
    problem(at, 'a double quote is in the wrong place', {
      hint: 'put the whole value in double quotes, and write each quote inside it twice: "a 5"" screen"',
    }),
  unclosed: (at) =>
    problem(
      at,
      `the quote opened in the row at line ${at.line} is never closed, so all that follows it is part of that row`,
      {
        hint: 'close the quote, or export the file again if it was cut off, and import it again; known ids are recognised',
      },
    ),
  long: (at) =>
    problem(at, `the row at line ${at.line} is longer than 1 MB`, { hint: 'remove the row or shorten its values' }),
};

/** The values of one record, or undefined if csv-parse does not see exactly one. */
function cells(record: string, delimiter: string): string[] | undefined {
  try {
    const rows: string[][] = parse(record, { delimiter, record_delimiter: '\n', trim: true });
    return rows.length === 1 ? rows[0] : undefined;
  } catch {
    return undefined;
  }
}
