/** The folder of one seat: its assignment, its services, its dashboard, its stand-up, its progress (R-A24, R-D49, R-D53, R-D57). */
import {
  budgetLines,
  formatMoney,
  gaps,
  type Numbers,
  type Right,
  type Seat,
  type State,
  seatBetween,
  standup,
  troubleOf,
  type Waits,
  waitsBySeat,
} from '@reeve/kernel';
import { bullets, cell, day, heading, metric, metText, moment, page, table, wanted } from './markdown.ts';

const DAY = 86_400_000;

export const weekOf = (state: State, seat: string): Numbers => seatBetween(state, seat, state.now - 6 * DAY, state.now);

export const amount = (value: number, currency: string): string =>
  currency === 'money' ? formatMoney(value) : String(value);

/** How it stands, without what changes from one moment to the next. */
export function standing(state: State, seat: Seat): { status: string; trouble: string | null } {
  const found = troubleOf(state, seat.id);
  const status = seat.status === 'active' && seat.occupant === null ? 'vacant' : seat.status;
  const trouble =
    found && `${found.trouble.replaceAll('_', ' ')} since ${moment(found.since)}, rung ${found.rung} of the ladder`;
  return { status, trouble };
}

const kpisOf = (state: State, seat: Seat) =>
  gaps(state)
    .filter((gap) => seat.charter.metrics.includes(gap.metric) || gap.owner === seat.id)
    .sort((a, b) => (a.target < b.target ? -1 : 1));

const text = (value: string): string => JSON.stringify(cell(value));

/** As YAML, the way R-A24 writes it. */
function dashboard(state: State, seat: Seat, open: number): string {
  const { currency } = state.organisation.settings;
  const { status, trouble } = standing(state, seat);
  const week = weekOf(state, seat.id);
  const lastAt = state.oversight.seats.get(seat.id)?.lastAt ?? 0;
  const today = seatBetween(state, seat.id, state.now, state.now);
  const kpis = kpisOf(state, seat).map(
    (gap) =>
      `  ${gap.target}: ${text(`${metric(gap.current, gap.unit, currency)} (target: ${wanted(gap, currency)}) ${metText(gap.met)}`)}`,
  );
  const budgets = budgetLines(state, state.now)
    .filter(({ scope }) => scope.kind === 'seat' && scope.id === seat.id)
    .flatMap((line) => [
      `  ${line.id}: { allocated: ${amount(line.allocation, line.currency)}, spent: ${amount(line.spent, line.currency)}, remaining: ${amount(line.available, line.currency)} }`,
    ]);
  return page(`${seat.title}: dashboard`, [
    '```yaml',
    `agent_id: ${seat.id}`,
    `status: ${status}`,
    `trouble: ${trouble === null ? 'null' : text(trouble)}`,
    `last_active: ${lastAt === 0 ? 'null' : day(lastAt)}`,
    ...(kpis.length > 0 ? ['kpis:', ...kpis] : ['kpis: {}']),
    ...(budgets.length > 0 ? ['budget:', ...budgets] : ['budget: {}']),
    'performance:',
    `  open_cases: ${open}`,
    `  cases_closed_today: ${today['cases.closed'] ?? 0}`,
    `  cases_closed_this_week: ${week['cases.closed'] ?? 0}`,
    `  effects_this_week: ${week['operations.succeeded'] ?? 0}`,
    `  refused_this_week: ${week['operations.refused'] ?? 0}`,
    '```',
  ]);
}

const rightText = ({ capability, limit, when }: Right): string[] => [
  capability,
  limit === undefined ? '-' : formatMoney(limit),
  when ?? 'always',
];

function assignment(seat: Seat): string {
  const { purpose, tier, metrics, rights, evidence, escalation, stop } = seat.charter;
  return page(
    `${seat.title}: assignment`,
    [cell(purpose)],
    bullets([
      `unit: ${seat.unit}`,
      `supervisor: ${seat.supervisor ?? 'nobody'}`,
      `occupant: ${seat.occupant === null ? 'nobody' : `${seat.occupant.principal} (${seat.occupant.kind})`}`,
      `tier: ${tier}`,
      `answers for: ${metrics.join(', ') || 'no metric'}`,
      `must prove: ${evidence || 'nothing beyond its contracts'}`,
      `asks when it cannot go on: ${escalation ?? seat.supervisor ?? 'the owner'}`,
      `stops after: ${stop.steps} steps, ${Math.round(stop.time / 1000)} s, the same act ${stop.repeats} times`,
    ]),
    heading('Rights', table(['capability', 'at most', 'when'], rights.map(rightText))),
  );
}

function catalogue(state: State, seat: Seat): string {
  const { skills, topics, domains, complexity } = seat.abilities;
  const outputs = seat.charter.rights.flatMap(({ capability }) => state.organisation.contracts.get(capability) ?? []);
  return page(
    `${seat.title}: services`,
    bullets([`id: ${seat.id}`, `role: ${seat.title}`, `domains: ${domains.join(', ') || '-'}`]),
    heading(
      'Services',
      bullets(
        topics.map(
          (topic) => `${topic} (skills: ${skills.join(', ') || 'none named'}; complexity: ${complexity.join(', ')})`,
        ),
      ),
    ),
    heading(
      'Proven by',
      bullets(outputs.map((contract) => `${contract.id}: ${contract.title || contract.capability}`)),
    ),
    heading('How to request', ['Delegate a task, or send a question, to the seat.']),
    heading('Capacity', bullets([`${seat.cases} cases, ${seat.runs} runs at once`])),
  );
}

function standupFile(state: State, seat: Seat, waits: Waits): string {
  const found = standup(state, seat.id, state.now, waits);
  const { currency } = state.organisation.settings;
  const kpis = kpisOf(state, seat).map(
    (gap) => `${gap.target}: ${metric(gap.current, gap.unit, currency)}, ${metText(gap.met)}`,
  );
  const { trouble } = standing(state, seat);
  const week = weekOf(state, seat.id);
  const done = [`${week['cases.closed'] ?? 0} cases closed`, `${week['operations.succeeded'] ?? 0} effects`];
  const still = (found?.blockers ?? []).filter((line) => /^(C-|waits for)/.test(line));
  return page(
    `${seat.title}: stand-up`,
    heading('Numbers', bullets(kpis)),
    heading('Done in the last seven days', bullets(done)),
    heading('Blocked by', bullets([...(trouble === null ? [] : [trouble]), ...still])),
    heading('Next', bullets([`${waits.open.get(seat.id) ?? 0} open cases`])),
    heading('Budget', bullets(found?.budget ?? []), 'No request.'),
  );
}

function progress(state: State, seat: Seat, open: number): string {
  const week = weekOf(state, seat.id);
  const n = (name: string): number => week[name] ?? 0;
  return page(
    `${seat.title}: progress`,
    heading(
      'Summary for Supervisor',
      bullets([
        `${n('cases.closed')} cases closed this week, ${n('cases.met')} of them in time`,
        `${open} cases open`,
        `${n('operations.succeeded')} effects, ${n('operations.refused')} refused`,
        standing(state, seat).trouble ?? 'no trouble',
      ]),
    ),
  );
}

/** @param waits worked out once for many seats */
export function seatFiles(state: State, id: string, waits: Waits = waitsBySeat(state)): [string, string][] {
  const seat = state.organisation.seats.get(id);
  if (!seat) return [];
  const mine = waits.open.get(id) ?? 0;
  return [
    ['ASSIGNMENT.md', assignment(seat)],
    ['SERVICE_CATALOG.md', catalogue(state, seat)],
    ['AGENT_DASHBOARD.md', dashboard(state, seat, mine)],
    ['STANDUP.md', standupFile(state, seat, waits)],
    ['PROGRESS.md', progress(state, seat, mine)],
  ].map(([name, content]) => [`agents/${id}/${name}`, content!]);
}
