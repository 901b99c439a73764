/** A provider in a process of its own: writes a line a turn, then reports. Arguments: latency in ms, turns. */
import { fakeProvider } from '@reeve/workers/fake-provider';

const [latency, turns] = process.argv.slice(2).map(Number) as [number, number];
const { url } = await fakeProvider({
  latency,
  answer: ({ turn, key }) =>
    turn < turns - 1
      ? { calls: [{ tool: 'book_write', args: { entry: `${key}/${turn}` } }] }
      : { calls: [{ tool: 'report', args: { outcome: 'written' } }] },
});
process.send?.(url);
