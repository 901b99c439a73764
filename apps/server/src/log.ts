import { writeSync } from 'node:fs';
import type { Log } from './house.ts';
import { type Format, LEVELS, type Level, lineOf } from './telemetry/lines.ts';

const STANDARD_ERROR = 2;

/** [OBS10] A log on standard error, a line each. Callers pass no contents: no arguments, results, texts or tokens. */
export function stderrLog(level: Level = 'info', format: Format = 'json'): Log {
  const from = LEVELS.indexOf(level);
  return (severity, message, detail) => {
    if (LEVELS.indexOf(severity) < from) return;
    write(`${lineOf(format, severity, message, detail ?? {}, new Date())}\n`);
  };
}

/** A log that nobody can take (a closed or full pipe) must stop nothing. */
function write(line: string): void {
  try {
    writeSync(STANDARD_ERROR, line);
  } catch {
    // There is nobody to tell.
  }
}
