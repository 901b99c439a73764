import { loadPlay, simulate } from './src/index.ts';

const play = await loadPlay('support');
await simulate({ seed: 1, play });
const c = process.cpuUsage();
for (let s = 1; s <= 30; s++) await simulate({ seed: s, play });
const d = process.cpuUsage(c);
console.log('cpu ms/seed', (d.user + d.system) / 30000, d.user / 30000);
