import pino from 'pino';
import type { Log } from './house.ts';

/** A log on standard error as JSON lines. Callers pass no contents: no arguments, results, texts or tokens. */
export function stderrLog(level: 'info' | 'warn' | 'error' = 'info'): Log {
  const logger = pino({ level, base: null }, pino.destination({ dest: 2, sync: true }));
  return (severity, message, detail) => logger[severity](detail ?? {}, message);
}
