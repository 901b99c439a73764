import { hunt, loadPlay, MUTANTS } from './src/index.ts';

const play = await loadPlay('support');
const only = process.argv.slice(2);
for (const m of MUTANTS) {
  if (only.length && !only.includes(m.id)) continue;
  const t = performance.now();
  const h = await hunt(play, m, 1, only.length ? 100 : 40);
  console.log(
    h.found ? 'found' : 'SURVIVED',
    m.id,
    h.tried,
    h.found?.findings
      .slice(0, 2)
      .map((f) => f.rule + ': ' + f.detail)
      .join(' | ')
      .slice(0, 200) ?? '',
    (performance.now() - t).toFixed(0) + 'ms',
  );
}
