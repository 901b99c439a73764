import type { CallResult, Connector } from '../port.ts';
import { landed } from '../shared/call.ts';
import { fakeConnector } from '../shared/fake.ts';
import { numbered } from '../sql/statement.ts';
import { bind, isWrite, sqlCapability, statementsOf } from '../sql/wire.ts';
import { postgresConnector } from './client.ts';

/**
 * A database that holds what `answers` says: rows for a read, changes for a write, by capability. Without one, reads find
 * nothing. There is no PostgreSQL in memory; what statements do is tried against a real one.
 */
export function fakePostgres(
  answers: Readonly<Record<string, (args: Readonly<Record<string, unknown>>) => Record<string, unknown>>> = {},
): Connector {
  return fakeConnector(postgresConnector, sqlCapability, () => ({
    writes: isWrite,
    run: (call, config): CallResult => {
      for (const sql of statementsOf(config)) bind(numbered(sql).names, call);
      const value = answers[call.capability.id]?.(call.args);
      if (isWrite(config)) return landed('postgres:fake', call, value ?? { changes: 0 });
      return { value: value ?? (config.one ? { found: false } : { rows: [], count: 0 }) };
    },
  }));
}
