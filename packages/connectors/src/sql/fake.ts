import type { Connector } from '../port.ts';
import { openDurable } from '../shared/sqlite.ts';
import { openSql, type SqlPlace, sqlConnector } from './client.ts';

/**
 * The same tool over databases in memory. A database outlives the tool that opened it, as a real one outlives a crash;
 * it is gone with the connector.
 */
export function fakeSql(): Connector {
  const places = new Map<string, SqlPlace>();
  return {
    ...sqlConnector,
    open: async (context) => {
      const known = places.get(context.tool.id);
      const place = known ?? memoryPlace();
      const tool = openSql(context, () => place);
      places.set(context.tool.id, place);
      return tool;
    },
  };
}

/** One connection for both: another one would see another database in memory. */
function memoryPlace(): SqlPlace {
  const writer = openDurable(':memory:');
  return {
    writer,
    reading: (work) => {
      writer.exec('PRAGMA query_only = ON');
      try {
        return work(writer);
      } finally {
        writer.exec('PRAGMA query_only = OFF');
      }
    },
    close: () => undefined,
  };
}
