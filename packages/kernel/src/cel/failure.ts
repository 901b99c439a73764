/**
 * Why an expression could not be read, checked or evaluated; `at` is the offset in its source.
 * Not an `Error` on purpose: capturing a stack costs ten times the evaluation of a rule, and a missing field is ordinary.
 * It never leaves this folder: the public functions turn it into data.
 */
export class Failure {
  readonly message: string;
  readonly at: number;
  /** Set when the work bound is used up: `||`, `&&`, `exists` and `all` may then not carry on with their other side. */
  readonly fatal: boolean;
  constructor(message: string, at: number, fatal = false) {
    this.message = message;
    this.at = at;
    this.fatal = fatal;
  }
}

export function fail(message: string, at: number): never {
  throw new Failure(message, at);
}

interface Position {
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
}

/** Offset in a source → line and column. */
export function positionOf(source: string, at: number): Position {
  const before = source.slice(0, at);
  const start = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: before.length - start + 1 };
}
