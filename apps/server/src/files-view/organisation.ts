/** The files about the whole organisation, each a function of the state alone [FIL1]. */
import {
  budgetLines,
  caseCounts,
  type Gap,
  gaps,
  incidents,
  openCasesBySeat,
  type Seat,
  type State,
  type UnitDef,
} from '@reeve/kernel';
import { bullets, cell, day, heading, metric, metText, moment, page, table, wanted } from './markdown.ts';
import { amount, standing, weekOf } from './seats.ts';

type Render = (state: State) => string;

/** In a fixed order, whatever order they came into being in. */
const byId = <T extends { readonly id: string }>(items: Iterable<T>): T[] =>
  [...items].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));

const nameOf = (state: State): string => state.organisation.definition?.name ?? state.org;

function tree(units: readonly UnitDef[], parent: string | undefined, depth = 0): string[] {
  return units
    .filter((unit) => unit.parent === parent)
    .flatMap((unit) => [
      `${'  '.repeat(depth)}- **${cell(unit.title)}** (${unit.id})${unit.purpose === '' ? '' : `: ${cell(unit.purpose)}`}`,
      ...tree(units, unit.id, depth + 1),
    ]);
}

const purpose: Render = (state) => {
  const { seats, units } = state.organisation;
  const active = byId(seats.values()).filter(({ status }) => status !== 'retired');
  return page(
    `Purpose of ${nameOf(state)}`,
    heading('Units', tree(byId(units.values()), undefined)),
    heading(
      'Seats',
      active.map((seat) => `- **${cell(seat.title)}** (${seat.id}, ${seat.unit}): ${cell(seat.charter.purpose)}`),
    ),
  );
};

const currencyOf = (state: State): string => state.organisation.settings.currency;

const gapRow = (state: State, gap: Gap): string[] => [
  gap.target,
  gap.title,
  wanted(gap, currencyOf(state)),
  metric(gap.current, gap.unit, currencyOf(state)),
  gap.owner ?? '-',
];

const sortedGaps = (state: State): Gap[] => gaps(state).sort((a, b) => (a.target < b.target ? -1 : 1));

const gapsFile: Render = (state) => {
  const all = sortedGaps(state);
  const rows = (met: boolean | null) => all.filter((gap) => gap.met === met).map((gap) => gapRow(state, gap));
  const columns = ['target', 'what', 'wanted', 'now', 'owner'];
  return page(
    'Gaps',
    heading('Open', table(columns, rows(false)), 'None.'),
    heading('Not measured yet', table(columns, rows(null))),
    heading('Closed', table(columns, rows(true))),
  );
};

const counted = (counts: Readonly<Record<string, number>>): string[] =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${name.replaceAll('_', ' ')}: ${count}`);

const current: Render = (state) => {
  const { byStatus } = caseCounts(state, state.now);
  const modes = [...state.oversight.modes.values()].map(
    ({ mode, about, since, why, effect }) => `${mode} ${about} since ${moment(since)}: ${why}; ${effect}`,
  );
  const switches = [...state.governance.switches].map(
    ([key, { by, at, reason }]) => `${key} since ${moment(at)}, by ${by}: ${reason}`,
  );
  const troubled = byId(state.organisation.seats.values()).flatMap((seat) => {
    const trouble = standing(state, seat).trouble;
    return trouble === null ? [] : [`${seat.id}: ${trouble}`];
  });
  return page(
    `Current state of ${nameOf(state)}`,
    heading('Cases', bullets(counted(byStatus))),
    heading(
      'Targets',
      bullets(
        sortedGaps(state).map(
          (gap) => `${gap.target}: ${metric(gap.current, gap.unit, currencyOf(state))}, ${metText(gap.met)}`,
        ),
      ),
    ),
    heading('Decisions that wait', bullets([`${state.governance.pending.size}`])),
    heading('Degraded', bullets(modes)),
    heading('Stopped by switches', bullets(switches)),
    heading('Seats in trouble', bullets(troubled)),
  );
};

const incidentsFile: Render = (state) => {
  const all = incidents(state).sort((a, b) => Number(b.id.slice(2)) - Number(a.id.slice(2)));
  const row = (i: (typeof all)[number]) => [
    `[${i.id}](incidents/${i.id}.md)`,
    moment(i.openedAt),
    i.closed === null ? '-' : moment(i.closed.at),
    `${i.cause} ${i.ref}`,
    i.earlier === undefined ? '-' : `level ${i.level}, after ${i.earlier}`,
    i.summary,
  ];
  const columns = ['incident', 'opened', 'closed', 'cause', 'again', 'what happened'];
  return page(
    'Incidents',
    heading('Open', table(columns, all.filter((i) => i.closed === null).map(row))),
    heading('Closed', table(columns, all.filter((i) => i.closed !== null).map(row))),
  );
};

const budget: Render = (state) => {
  const lines = byId(budgetLines(state, state.now));
  const rows = lines.map((line) => [
    line.id,
    line.title === '' ? '-' : line.title,
    `${line.scope.kind} ${line.scope.id}`,
    amount(line.allocation, line.currency),
    amount(line.spent, line.currency),
    amount(line.reserved, line.currency),
    amount(line.available, line.currency),
    line.period,
  ]);
  const columns = ['budget', 'for', 'whose', 'allocated', 'spent', 'held', 'left', 'period'];
  return page(`Budget of ${nameOf(state)}`, [`Currency: ${currencyOf(state)}`], table(columns, rows));
};

const working = (state: State): Seat[] =>
  byId(state.organisation.seats.values()).filter(({ status }) => status !== 'retired');

const dashboard: Render = (state) => {
  const open = openCasesBySeat(state);
  const rows = working(state).map((seat) => {
    const { status, trouble } = standing(state, seat);
    const who = seat.occupant === null ? 'nobody' : `${seat.occupant.principal} (${seat.occupant.kind})`;
    return [
      `[${seat.id}](agents/${seat.id}/AGENT_DASHBOARD.md)`,
      who,
      status,
      trouble ?? '-',
      String(open.get(seat.id) ?? 0),
    ];
  });
  return page('Agents', table(['seat', 'occupant', 'status', 'trouble', 'open cases'], rows));
};

const standup: Render = (state) => {
  const open = openCasesBySeat(state);
  const lines = working(state).map((seat) => {
    const week = weekOf(state, seat.id);
    const { trouble } = standing(state, seat);
    const stuck = trouble === null ? '' : `; blocked: ${trouble}`;
    return `- ${seat.id}: ${week['cases.closed'] ?? 0} closed this week, ${open.get(seat.id) ?? 0} open${stuck}`;
  });
  return page('Stand-up', lines.length > 0 ? lines : ['Nobody works here yet.']);
};

const progress: Render = (state) => {
  const { days, reports } = state.oversight;
  const recent = [...days.entries()].slice(-14);
  const rows = recent.map(([name, n]) =>
    [name, n['cases.opened'], n['cases.closed'], n['cases.met'], n['operations.refused'], n['incidents.opened']].map(
      (v) => String(v ?? 0),
    ),
  );
  const made = reports.slice(-12).map((report) => `${report.period} ${report.name}, made ${day(report.at)}`);
  return page(
    'Progress',
    heading('Days', table(['day', 'opened', 'closed', 'in time', 'refused', 'incidents'], rows)),
    heading('Reports made', bullets(made)),
  );
};

const directory: Render = (state) => {
  const rows = working(state).map((seat) => [
    `[${seat.id}](agents/${seat.id}/SERVICE_CATALOG.md)`,
    seat.title,
    seat.unit,
    seat.abilities.topics.join(', ') || '-',
    seat.abilities.skills.join(', ') || '-',
  ]);
  return page('Service directory', table(['seat', 'what it is', 'unit', 'topics', 'skills'], rows));
};

const readme: Render = (state) =>
  page(nameOf(state), [
    'Written by Reeve from its ledger, and never read back: changes made here are lost. A pack is where the organisation is changed.',
    '',
    '- [PURPOSE.md](PURPOSE.md), [PROJECT_CHARTER.md](PROJECT_CHARTER.md): what it is for, and how it came to be so',
    '- [DESIRED_STATE.md](DESIRED_STATE.md), [CURRENT_STATE.md](CURRENT_STATE.md), [GAPS.md](GAPS.md): what should be, what is, the difference',
    '- [STANDUP.md](STANDUP.md), [PROGRESS.md](PROGRESS.md), [AGENT_DASHBOARD.md](AGENT_DASHBOARD.md): who does what',
    '- [SERVICE_DIRECTORY.md](SERVICE_DIRECTORY.md): who can be asked for what',
    '- [BUDGET.md](BUDGET.md), [INCIDENTS.md](INCIDENTS.md)',
    '- `agents/<seat>/`, `incidents/`, `cases/<thousand>/<case>.jsonl`: one record a line',
  ]);

/** What is of no use in a history of the folder. */
const ignored: Render = () => '.reeve-files.json\n*.tmp\n';

/** Written whenever something happened; unchanged ones are not touched. */
export const ORGANISATION_FILES: Readonly<Record<string, Render>> = {
  '.gitignore': ignored,
  'README.md': readme,
  'PURPOSE.md': purpose,
  'CURRENT_STATE.md': current,
  'GAPS.md': gapsFile,
  'STANDUP.md': standup,
  'PROGRESS.md': progress,
  'AGENT_DASHBOARD.md': dashboard,
  'SERVICE_DIRECTORY.md': directory,
  'INCIDENTS.md': incidentsFile,
  'BUDGET.md': budget,
};
