import { loadPlay, simulate } from '/work/wt-sim/packages/simulator/src/index.ts';
const [pack='support', from='1', n='5'] = process.argv.slice(2);
const play = await loadPlay(pack as 'support');
for (let seed = +from; seed < +from + +n; seed++) {
  const t = performance.now();
  const o = await simulate({ seed, play });
  console.log(seed, o.records, o.hash.slice(0,8), JSON.stringify(o.counts), 'virt h', (o.time/3.6e6).toFixed(1), 'ev', o.events, (performance.now()-t).toFixed(0)+'ms', 'struck', o.struck.map(s=>s.fault.kind).join(','));
  const by = new Map<string,string[]>(); for (const f of o.findings) by.set(f.rule,[...(by.get(f.rule)??[]),f.detail]);
  for (const [r,d] of by) console.log('   ', r, d.length, d.slice(0,3).join(' | ').slice(0,400));
}
