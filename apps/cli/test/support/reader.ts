/** A process that reads the files it is told to, one after another, and tells what it found and what memory that took. */
import { readTickets } from '../../src/intake/index.ts';

/** Memory in use in bytes: after garbage collection, twice so that the first is swept. */
function used(): number {
  globalThis.gc!();
  globalThis.gc!();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** `megabytes`: the most memory found in use over the start, at any of many moments while reading. */
async function read(path: string) {
  const messages: string[] = [];
  const start = used();
  let [tickets, peak] = [0, 0];
  const look = () => {
    peak = Math.max(peak, used());
  };
  let timer: NodeJS.Timeout;
  // Set anew after each look: one takes longer than the pause between two, and would be due again at every chunk that is read.
  const again = () => {
    look();
    timer = setTimeout(again, 10);
  };
  again();
  for await (const step of readTickets(path))
    if (step.ok) tickets++;
    else messages.push(step.problem.message);
  clearTimeout(timer!);
  look();
  return { problems: messages.length, tickets, last: messages.at(-1), megabytes: (peak - start) / 1024 / 1024 };
}

process.on('message', (path: string) => void read(path).then((found) => process.send!(found)));
