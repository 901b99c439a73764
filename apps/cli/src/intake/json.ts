import { createReadStream } from 'node:fs';
import { excerpt } from '@reeve/connectors/text';
import { acceptedNames, gather, knownField, missingFields } from './fields.ts';
import { type ArrayItem, itemSplitter } from './json-items.ts';
import { decodeText, linesOf } from './lines.ts';
import { type Intake, type Place, problem, type ReadOptions } from './outcome.ts';
import { rowToIntake } from './row.ts';

/** Tickets of a JSONL file: one object per line, blank lines skipped. */
export async function* readJsonl(file: string, options: ReadOptions): AsyncGenerator<Intake> {
  for await (const batch of linesOf(file)) {
    for (const piece of batch) {
      const at = { file, line: piece.line };
      if (!piece.start) continue;
      if (!piece.end)
        yield problem(at, `line ${piece.line} is longer than 1 MB`, { hint: 'remove the line or shorten its values' });
      else yield* objectOf(decodeText(piece.bytes), at, options);
    }
  }
}

/** Tickets of a JSON array, read element by element, so that a bad element costs only itself. */
export async function* readJsonArray(file: string, options: ReadOptions): AsyncGenerator<Intake> {
  const splitter = itemSplitter();
  for await (const chunk of createReadStream(file)) {
    for (const item of splitter.feed(chunk as Buffer)) yield* itemOf(item, file, options);
  }
  if (!splitter.closed()) {
    yield problem(
      { file },
      'the list is not closed with "]"; the file seems cut off, and what follows its last "," was not read',
      {
        hint: 'export it again and import it again; known ids are recognised',
      },
    );
  }
}

function* itemOf(item: ArrayItem, file: string, options: ReadOptions): Generator<Intake> {
  const at = { file, line: item.line, item: item.item };
  if (item.bytes === undefined)
    yield problem(at, `item ${item.item} is longer than 1 MB`, { hint: 'remove it or shorten its values' });
  else yield* objectOf(decodeText(item.bytes).trim() || 'nothing', at, options);
}

function* objectOf(text: string, at: Place, options: ReadOptions): Generator<Intake> {
  if (text.trim() === '') return;
  const parsed = parseObject(text);
  if (parsed === undefined) return yield notAnObject(text, at);
  const missing = missingFields(Object.keys(parsed));
  if (missing.length > 0) return yield lacking(missing[0]!, at);
  yield rowToIntake(gather(Object.entries(parsed).map(([key, value]) => [knownField(key), value])), at, options);
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function notAnObject(text: string, at: Place): Intake {
  return problem(at, `not a JSON object: ${excerpt(text)}`, {
    hint: 'write each ticket as {"subject": "…", "text": "…", "customer": "…"}',
  });
}

function lacking(field: Parameters<typeof acceptedNames>[0], at: Place): Intake {
  return problem(at, `there is no ${field}`, { field, hint: `add the key ${acceptedNames(field)}` });
}
