/** `npm run example:handover [-- --serve [--port N]] [-- --kill]` */
import { parseArgs } from 'node:util';
import { play } from './play.ts';

const { values } = parseArgs({
  options: {
    serve: { type: 'boolean', default: false },
    port: { type: 'string', default: '4600' },
    kill: { type: 'boolean', default: false },
  },
});
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

await play({
  say: (line) => console.log(line),
  ...(values.kill ? { kill: ['asked', 'decided'] as const } : {}),
  ...(values.serve ? { serve: { port: Number(values.port), signal: stop.signal } } : {}),
}).catch((error: unknown) => {
  if (!stop.signal.aborted) throw error;
});
