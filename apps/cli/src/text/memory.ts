/** Beliefs, skills, desks, teams. */
import type {
  BeliefDetail,
  BeliefView,
  ContextView,
  DeskDetail,
  DeskHit,
  DeskSummary,
  GraphView,
  SkillView,
  SnapshotView,
  TeamProposal,
  TeamView,
} from '@reeve/protocol';
import type { View } from './lists.ts';
import { agoText, countText, plural, spanText } from './quantities.ts';
import { safe, safeLines, section, table } from './table.ts';

const STANDING = { confirmed: 'good', held: 'plain', unconfirmed: 'warn', contested: 'bad' } as const;
const standingText = ({ standing }: BeliefView, { paint }: View): string =>
  STANDING[standing] === 'plain' ? standing : paint(STANDING[standing] as 'good', standing);
const percent = (share: number): string => `${Math.round(share * 100)} %`;
const untilText = (until: number | null, now: number): string => (until === null ? 'open' : agoText(until, now));
const valueText = ({ key, value }: BeliefView): string =>
  key === null ? '' : `${key}${value === null ? '' : ` = ${value}`}`;

export function beliefsText(beliefs: readonly BeliefView[], view: View): string {
  if (beliefs.length === 0) return 'no beliefs\n';
  const columns = [
    { title: 'belief' },
    { title: 'desk', shrink: true },
    { title: 'statement', shrink: true },
    { title: 'value', shrink: true },
    { title: 'sure', align: 'right' },
    { title: 'standing' },
    { title: 'from', shrink: true },
    { title: 'layer' },
    { title: 'until', align: 'right' },
  ] as const;
  const rows = beliefs.map((b) => [
    b.id,
    b.seat,
    safe(b.statement),
    safe(valueText(b)),
    percent(b.confidence),
    standingText(b, view),
    safe(b.origin),
    b.layer,
    untilText(b.until, view.now),
  ]);
  return table(columns, rows, view.width);
}

/** What is behind a belief, in sentences. */
function sourcesOf(b: BeliefView, { now }: View): string[] {
  return [
    `from ${safe(b.origin)}, said by ${b.by} ${agoText(b.at, now)}, ${percent(b.confidence)} sure, impact ${b.impact}`,
    ...(b.evidence.length > 0 ? [`evidence ${b.evidence.join(', ')}`] : []),
    ...(b.taint.length > 0 ? [`content from outside behind it: ${safe(b.taint.join(', '))}`] : []),
    ...(b.repeatedBy.length > 0 ? [`the same was said by ${safe(b.repeatedBy.join(', '))}`] : []),
    ...(b.confirmed ? [`confirmed by ${b.confirmed.by} ${agoText(b.confirmed.at, now)} (${b.confirmed.how})`] : []),
    ...(b.disputed ? [`disputed by ${b.disputed.by}: ${safe(b.disputed.reason)}`] : []),
    ...(b.shared ? [`told by ${b.shared.from} under ${b.shared.contract}: ${safe(b.shared.purpose)}`] : []),
    ...(b.customer === null ? [] : [`about ${safe(b.customer)}, and erased with him`]),
    b.until === null ? 'holds until it is ended' : `holds until ${agoText(b.until, now)}`,
  ];
}

export function beliefText(b: BeliefDetail, view: View): string {
  const value = valueText(b);
  const against = b.against.map(
    (each) => `${each.id} ${safe(each.statement)} (${safe(each.origin)}, ${percent(each.confidence)})`,
  );
  return [
    `${b.id} at the desk of ${b.seat}: ${safe(b.statement)} [${standingText(b, view)}]\n`,
    section('value', value === '' ? [] : [safe(value)]),
    section('sources', sourcesOf(b, view)),
    section('says otherwise', against),
  ].join('');
}

const rateText = ({ successes, failures, uses }: SkillView): string =>
  `${successes} of ${successes + failures}${uses > successes + failures ? `, ${uses} uses` : ''}`;

export function skillsText(skills: readonly SkillView[], { width, now }: View): string {
  if (skills.length === 0) return 'no skills\n';
  const columns = [
    { title: 'skill' },
    { title: 'desk', shrink: true },
    { title: 'kind' },
    { title: 'title', shrink: true },
    { title: 'helped', align: 'right' },
    { title: 'used', align: 'right' },
    { title: 'for', shrink: true },
    { title: 'adopted' },
  ] as const;
  const rows = skills.map((s) => [
    s.id,
    s.seat,
    s.kind,
    safe(s.title),
    rateText(s),
    s.usedAt === null ? '-' : agoText(s.usedAt, now),
    s.topics.join(', ') || '-',
    s.adopted ? 'yes' : '-',
  ]);
  return table(columns, rows, width);
}

export const skillText = (s: SkillView): string =>
  `${s.id} (${s.kind}) at the desk of ${s.seat}: ${safe(s.title)}\n${section('text', safeLines(s.text))}${section(
    'record',
    [
      `helped in ${rateText(s)}`,
      `written by ${s.by}${s.case === null ? '' : ` on ${s.case}; erased with its customer`}`,
      ...(s.taint.length > 0 ? [`content from outside behind it: ${safe(s.taint.join(', '))}`] : []),
    ],
  )}`;

export function desksText(desks: readonly DeskSummary[], { width }: View): string {
  const columns = [
    { title: 'desk', shrink: true },
    { title: 'purpose', shrink: true },
    { title: 'stable', align: 'right' },
    { title: 'state', align: 'right' },
    { title: 'working', align: 'right' },
    { title: 'contested', align: 'right' },
    { title: 'unconfirmed', align: 'right' },
    { title: 'skills', align: 'right' },
    { title: 'snapshots', align: 'right' },
  ] as const;
  const rows = desks.map((d) => [
    ...[d.seat, safe(d.purpose ?? '-')],
    ...[d.beliefs.stable, d.beliefs.state, d.beliefs.working, d.contested, d.unconfirmed, d.skills, d.snapshots].map(
      String,
    ),
  ]);
  return table(columns, rows, width);
}

const bytesText = (bytes: number): string =>
  bytes < 10_000 ? `${countText(bytes)} bytes` : `${countText(Math.round(bytes / 100_000) / 10)} MB`;

const snapshotLine = (s: SnapshotView, now: number): string =>
  `${s.id} on ${s.branch}, ${agoText(s.at, now)} by ${s.by}: ${plural(s.files, 'file')}, ${bytesText(s.bytes)}, ${bytesText(s.added)} new, ${s.root.slice(0, 12)}${s.purpose === '' ? '' : `; ${safe(s.purpose)}`}${s.conflicts.length > 0 ? `; conflicts in ${safe(s.conflicts.join(', '))}` : ''}`;

export function deskText(d: DeskDetail, { now, width }: View): string {
  const branches = d.branches.map(
    (b) =>
      `${b.name} (${b.status}) at ${b.head ?? 'nothing'}${b.from ? `, from ${b.from}` : ''}${b.purpose ? `; ${safe(b.purpose)}` : ''}`,
  );
  return [
    desksText([d], { now, width } as View),
    section('branches', branches),
    section(
      'snapshots',
      d.latest.map((s) => snapshotLine(s, now)),
    ),
    section(
      'purposes before',
      d.past.map(
        (p) => `${safe(p.purpose)}, until ${agoText(p.until, now)}${p.snapshot ? `, kept in ${p.snapshot}` : ''}`,
      ),
    ),
  ].join('');
}

export function hitsText(hits: readonly DeskHit[], { width, now }: View): string {
  if (hits.length === 0) return 'nothing found\n';
  const columns = [
    { title: 'what' },
    { title: 'id' },
    { title: 'desk', shrink: true },
    { title: 'text', shrink: true },
    { title: 'when', align: 'right' },
    { title: '' },
  ] as const;
  const rows = hits.map((h) => [h.what, h.id, h.seat, safe(h.text), agoText(h.at, now), h.live ? '' : 'over']);
  return table(columns, rows, width);
}

export function contractsText(contracts: readonly ContextView[], { width }: View): string {
  if (contracts.length === 0) return 'no context contracts: nothing is told from desk to desk\n';
  const columns = [
    { title: 'contract' },
    { title: 'from', shrink: true },
    { title: 'to', shrink: true },
    { title: 'what', shrink: true },
    { title: 'form' },
    { title: 'for', align: 'right' },
    { title: 'purpose', shrink: true },
  ] as const;
  const rows = contracts.map((c) => [
    c.id,
    c.from.join(', '),
    c.to.join(', '),
    `${c.keys.join(', ')} of ${c.layers.join(', ')}${c.personal ? ', also of customers' : ''}${c.confirmed ? ', confirmed' : ''}`,
    c.form,
    spanText(c.for),
    safe(c.purpose),
  ]);
  return table(columns, rows, width);
}

const round = (value: number): string => String(Math.round(value * 100) / 100);

export function proposalText(p: TeamProposal, { width }: View): string {
  const columns = [
    { title: 'role' },
    { title: 'seat', shrink: true },
    { title: 'score', align: 'right' },
    { title: 'of', shrink: true, least: 30 },
    { title: 'others', shrink: true },
  ] as const;
  const rows = p.members.map((m) => [
    m.role,
    m.seat ?? 'nobody',
    round(m.score),
    Object.entries(m.parts)
      .map(([name, points]) => `${name} ${round(points)}`)
      .join(' + '),
    m.candidates
      .filter(({ seat }) => seat !== m.seat)
      .map(({ seat, score }) => `${seat} ${round(score)}`)
      .join(', ') || '-',
  ]);
  const pairs = p.known.map(
    ({ seats, count, successes }) => `${seats.join(' and ')}: ${successes} of ${count} went well`,
  );
  return [
    `${safe(p.purpose)}: ${p.topology}\n`,
    table(columns, rows, width),
    section(
      'edges',
      p.edges.map(({ from, to, as }) => `${from} ${as.replace('-', ' ')} ${to}`),
    ),
    section('worked together', pairs),
    section(
      'missing',
      p.missing.map(
        (skill) =>
          `${skill}: ${
            p.complementary
              .filter((c) => c.skills.includes(skill))
              .map(({ seat }) => seat)
              .join(', ') || 'nobody has it'
          }`,
      ),
    ),
  ].join('');
}

const outcomeText = ({ outcome }: TeamView): string => {
  if (outcome === null) return 'at work';
  return outcome.success ? 'reached its purpose' : 'did not';
};

export function teamsText(teams: readonly TeamView[], { width, now }: View): string {
  if (teams.length === 0) return 'no teams\n';
  const columns = [
    { title: 'team' },
    { title: 'purpose', shrink: true },
    { title: 'shape' },
    { title: 'members', shrink: true },
    { title: 'formed', align: 'right' },
    { title: 'outcome' },
  ] as const;
  const rows = teams.map((t) => [
    t.id,
    safe(t.purpose),
    t.topology,
    t.members.map(({ role, seat }) => `${role} ${seat ?? '-'}`).join(', '),
    agoText(t.at, now),
    outcomeText(t),
  ]);
  return table(columns, rows, width);
}

export function graphText({ edges, nodes }: GraphView, { width, now }: View): string {
  if (nodes.length === 0) return 'nobody has finished a case with anybody yet\n';
  const who = [
    { title: 'seat', shrink: true },
    { title: 'cases', align: 'right' },
    { title: 'went well', align: 'right' },
    { title: 'on average', align: 'right' },
    { title: 'last', align: 'right' },
  ] as const;
  const pairs = [
    { title: 'who', shrink: true },
    { title: 'with', shrink: true },
    { title: 'on', shrink: true },
    { title: 'cases', align: 'right' },
    { title: 'went well', align: 'right' },
    { title: 'last', align: 'right' },
  ] as const;
  const seats = nodes.map((n) => [
    n.seat,
    String(n.cases),
    String(n.successful),
    n.averageTime === null ? '-' : spanText(n.averageTime),
    n.lastAt === null ? '-' : agoText(n.lastAt, now),
  ]);
  const rows = edges.map((e) => [e.a, e.b, e.topic, String(e.count), String(e.successes), agoText(e.at, now)]);
  return `${table(who, seats, width)}\n${table(pairs, rows, width)}`;
}
