import { Model } from './src/audit/model.ts';
import { loadPlay, simulate } from './src/index.ts';

const play = await loadPlay('support');
const counts: Record<string, number> = {};
const orig = Model.prototype.apply;
Model.prototype.apply = function (e: any) {
  counts[e.kind] = (counts[e.kind] ?? 0) + 1;
  if (e.kind === 'operation.decided') {
    const k = 'decided ' + e.body.verdict + (e.body.approval ? ' approval' : '') + (e.body.grant ? ' grant' : '');
    counts[k] = (counts[k] ?? 0) + 1;
  }
  return orig.call(this, e);
};
const struck: Record<string, number> = {};
const rej: Record<string, number> = {};
for (let s = 1; s <= 60; s++) {
  const o = await simulate({ seed: s, play });
  for (const f of o.struck) struck[f.fault.kind] = (struck[f.fault.kind] ?? 0) + 1;
}
console.log(
  Object.entries(counts)
    .sort()
    .map(([k, v]) => `${k} ${v}`)
    .join(', '),
);
console.log(JSON.stringify(struck));
