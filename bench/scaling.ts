/**
 * What a million operations take, measured here, and what follows for more of them: the table of docs/scaling.md. Prices are
 * inputs, named and dated; nothing else is assumed.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { KernelRecord } from '@reeve/kernel';
import { useSha256 } from '@reeve/kernel';
import { headOf, seal, sha256Node } from '@reeve/ledger';
import { sqliteStore } from '@reeve/ledger/sqlite';
import { Driver } from './growth.ts';
import type { Row } from './lib/measure.ts';
import { temporary } from './lib/world.ts';

/** US dollars, list prices of a large cloud's cheapest region as remembered on 2026-11-21: an assumption, put yours in. */
const PRICES = { processorHour: 0.05, gigabyteMonth: 0.1, months: 12 } as const;

const OPERATIONS = 4000;
const CASES = 200;
const AT_ONCE = 64;
const MILLION = 1_000_000;
/** Operations a day of a small organisation: an assumption of the table, not a measurement. */
const SMALL = 1000;
const DAY = 86_400;

/** Bytes on disk, records, and microseconds of processor time of one operation: decided, sealed, appended, no tool. */
interface One {
  readonly bytes: number;
  readonly records: number;
  readonly micros: number;
}

const measured = (): Promise<One> =>
  temporary(async (directory) => {
    useSha256(sha256Node);
    const store = await sqliteStore({ directory });
    const lease = (await store.lease.acquire('bench', 3_600_000, Date.now())) as { epoch: number };
    let waiting: KernelRecord[] = [];
    const driver = new Driver(20, (records) => void waiting.push(...records));
    let head = await store.head();
    let records = 0;
    const flush = async (): Promise<void> => {
      const sealed = seal(
        head.hash,
        waiting.map((record, i) => ({ ...record, seq: head.seq + 1 + i })),
      );
      await store.append(head, lease.epoch, sealed);
      head = headOf(sealed, head);
      records += waiting.length;
      waiting = [];
    };
    const open = Array.from({ length: CASES }, () => driver.open());
    await flush();
    const [before, had] = [sizeOf(directory), records];
    const spent = process.cpuUsage();
    for (let n = 0; n < OPERATIONS; n++) {
      driver.operate(open[n % CASES]!);
      if (n % AT_ONCE === AT_ONCE - 1) await flush();
    }
    await flush();
    const { user, system } = process.cpuUsage(spent);
    await store.close();
    return {
      bytes: (sizeOf(directory) - before) / OPERATIONS,
      records: (records - had) / OPERATIONS,
      micros: (user + system) / OPERATIONS,
    };
  });

const sizeOf = (directory: string): number =>
  ['ledger.db', 'ledger.db-wal'].reduce(
    (sum, name) => sum + (statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );

export async function scaling(): Promise<Row[]> {
  const one = await measured();
  const gigabytes = (one.bytes * MILLION) / 1e9;
  const processor = (one.micros / 1e6) * MILLION;
  const perSecond = 1e6 / one.micros;
  return [
    { what: 'records an operation', value: one.records, unit: '' },
    { what: 'bytes on disk an operation (SQLite, with indexes)', value: one.bytes, unit: 'B' },
    { what: 'processor time an operation, decided and stored', value: one.micros, unit: 'µs' },
    { what: 'a million operations: disk', value: gigabytes, unit: 'GB' },
    { what: '  processor', value: processor, unit: 's' },
    { what: '  cost of the processor (assumed price)', value: (processor / 3600) * PRICES.processorHour, unit: '$' },
    {
      what: `  cost of ${PRICES.months} months on disk (assumed price)`,
      value: gigabytes * PRICES.gigabyteMonth * PRICES.months,
      unit: '$',
    },
    ...[1, 10, 100, 10_000].map((times): Row => {
      const rate = (times * SMALL * MILLION) / 1000 / DAY;
      return {
        what: `${times} × 1,000 organisations of 1,000 a day: processors busy`,
        value: rate / perSecond,
        unit: '',
      };
    }),
    ...[1, 10, 100, 10_000].map(
      (times): Row => ({
        what: `${times} × 1,000 organisations of 1,000 a day: disk a day`,
        value: times * gigabytes,
        unit: 'GB',
      }),
    ),
  ];
}
