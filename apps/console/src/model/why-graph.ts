/** The causal chain of one operation as a graph: what led to what, from left to right. Pure. */
import type { Explanation } from '@reeve/protocol';
import { moneyText, spanText, valueText, wordsOf } from './format.ts';

export type NodeTone = 'plain' | 'good' | 'warn' | 'bad' | 'accent';

export interface WhyNode {
  readonly id: string;
  readonly column: number;
  /** Kind of the fact, e.g. "Decision". */
  readonly label: string;
  readonly title: string;
  readonly lines: readonly string[];
  readonly tone: NodeTone;
  /** Where it leads in the console. */
  readonly to?: string;
}

interface WhyEdge {
  readonly from: string;
  readonly to: string;
}

export interface WhyGraph {
  readonly nodes: readonly WhyNode[];
  readonly edges: readonly WhyEdge[];
}

const VERDICTS = { allow: 'good', ask: 'warn', deny: 'bad', defer: 'warn', 'record-only': 'plain' } as const;
const CHECKS = { verified: 'good', failed: 'bad', pending: 'warn', none: 'plain' } as const;
const MOST = 4;

const node = (
  id: string,
  column: number,
  label: string,
  title: string,
  lines: readonly (string | null)[],
  more: Partial<WhyNode> = {},
): WhyNode => ({
  ...{ id, column, label, title, tone: 'plain' as const },
  lines: lines.filter((line): line is string => line !== null && line !== '').slice(0, MOST),
  ...more,
});

const some = <T>(value: T | null | undefined, make: (value: T) => WhyNode): WhyNode[] => (value ? [make(value)] : []);

function origins(why: Explanation): WhyNode[] {
  return [
    ...some(why.case, ({ id, subject, customer }) =>
      node('case', 0, 'Case', id, [subject, customer], { to: `/cases/${id}` }),
    ),
    node('authority', 0, 'Authority', why.who.title, [rightText(why), why.authority.tier], {
      to: `/organisation/${why.who.seat}`,
    }),
    ...some(why.run, ({ id, worker, outcome }) => node('run', 1, 'Run', id, [worker, outcome])),
  ];
}

function rightText({ authority: { right, note } }: Explanation): string {
  if (!right) return note;
  return right.when === undefined ? `right ${right.capability}` : `right ${right.capability} when ${right.when}`;
}

function question(why: Explanation, { currency, readType }: Wording): WhyNode[] {
  const { operation, reads, contract, cost } = why;
  const amount = cost.money > 0 ? moneyText(cost.money, currency) : null;
  return [
    node('request', 2, 'Asked for', wordsOf(operation.capability), [amount, operation.id, why.uncertainty.why], {
      tone: 'accent',
    }),
    ...reads.map(({ name, value }) =>
      node(
        `read-${name}`,
        3,
        'Read',
        wordsOf(name),
        Object.entries(value).map(([key, each]) => `${key}: ${valueText(each, readType(name, key), currency)}`),
      ),
    ),
    ...some(contract, ({ id, title, rules }) =>
      node(
        'contract',
        3,
        'Contract',
        title || wordsOf(id),
        rules.map(({ rule }) => rule),
        { to: `/policies?tab=contracts&contract=${id}` },
      ),
    ),
  ];
}

function answer(why: Explanation, currency: string): WhyNode[] {
  const { decision, approval, cost } = why;
  return [
    ...some(decision, ({ verdict, reasons }) =>
      node(
        'decision',
        4,
        'Decision',
        verdict,
        reasons.map(({ rule, message }) => `${rule}: ${message}`),
        { tone: VERDICTS[verdict] },
      ),
    ),
    ...some(approval, ({ id, status, by, bySilence, waited, note }) =>
      node(
        'approval',
        5,
        'Approval',
        `${status}${by ? ` by ${wordsOf(by)}` : ''}`,
        [bySilence ? 'by silence' : null, waited === null ? null : `after ${spanText(waited)}`, note],
        {
          tone: status === 'approved' ? 'good' : status === 'pending' ? 'warn' : 'bad',
          to: `/approvals/${id}`,
        },
      ),
    ),
    ...some(cost.accounts[0], () =>
      node(
        'money',
        5,
        'Money',
        moneyText(cost.money, currency),
        cost.accounts.map(({ what, from }) => `${what} ${from}`),
      ),
    ),
  ];
}

function effect(why: Explanation): WhyNode[] {
  const { attempts, evidence, verification, metric } = why;
  const last = attempts.at(-1);
  return [
    ...some(last, ({ attempt, outcome, message, executor }) =>
      node('effect', 6, 'Effect', outcome, [attempt > 1 ? `attempt ${attempt}` : null, executor, message], {
        tone: outcome === 'succeeded' ? 'good' : outcome === 'failed' ? 'bad' : 'warn',
      }),
    ),
    ...some(evidence[0], () =>
      node(
        'evidence',
        7,
        'Evidence',
        `${evidence.length}`,
        evidence.map(({ kind, ref }) => `${kind} ${ref}`),
      ),
    ),
    ...(verification.status === 'none'
      ? []
      : [
          node(
            'verification',
            7,
            'Verified',
            verification.status,
            [...verification.checks, ...verification.failed.map(({ message }) => message)],
            { tone: CHECKS[verification.status] },
          ),
        ]),
    ...some(metric, ({ title, met }) =>
      node('metric', 8, 'Moves', title, [met === null ? null : met ? 'target met' : 'target not met'], {
        tone: met ? 'good' : 'warn',
      }),
    ),
  ];
}

/** Pairs that are joined when both are there; the first that is there of each list counts. */
const JOINS: readonly (readonly [readonly string[], readonly string[]])[] = [
  [['case'], ['run', 'request']],
  [['run'], ['request']],
  [['authority'], ['request']],
  [['contract'], ['decision']],
  [['request'], ['contract', 'decision']],
  [['decision'], ['approval', 'money', 'effect']],
  [['decision'], ['money', 'effect']],
  [['money'], ['effect']],
  [['approval'], ['effect']],
  [['effect'], ['evidence']],
  [['effect'], ['verification']],
  [['verification', 'effect'], ['metric']],
];

function edgesOf(nodes: readonly WhyNode[]): WhyEdge[] {
  const there = new Set(nodes.map(({ id }) => id));
  const pick = (names: readonly string[]) => names.find((name) => there.has(name));
  const joined = JOINS.flatMap(([from, to]) => {
    const [start, end] = [pick(from), pick(to)];
    return start && end ? [{ from: start, to: end }] : [];
  });
  const reads = nodes.filter(({ id }) => id.startsWith('read-'));
  const answered = there.has('decision') ? reads.map(({ id }) => ({ from: id, to: 'decision' })) : [];
  const edges = [...joined, ...reads.map(({ id }) => ({ from: 'request', to: id })), ...answered];
  return [...new Map(edges.map((edge) => [`${edge.from}>${edge.to}`, edge])).values()];
}

/** What the definition in force knows about the values of an explanation. */
export interface Wording {
  readonly currency: string;
  /** Type of a field of what was read under a name. */
  readonly readType: (name: string, field: string) => string | undefined;
}

export function whyGraph(why: Explanation, wording: Wording): WhyGraph {
  const nodes = [...origins(why), ...question(why, wording), ...answer(why, wording.currency), ...effect(why)];
  return { nodes, edges: edgesOf(nodes) };
}

export interface Placed {
  readonly x: number;
  readonly y: number;
  /** Where edges come in and go out. */
  readonly enters: 'left' | 'right' | 'top';
  readonly leaves: 'left' | 'right' | 'bottom';
}

export interface NodeSize {
  readonly width: number;
  readonly height: number;
  readonly gap: number;
}

/** More columns than this are laid in two rows, the second from right to left, as an ox ploughs. */
const ROW = 5;

/** Columns that are used stand side by side, each in the middle of the tallest of its row. */
export function placeNodes(nodes: readonly WhyNode[], { width, height, gap }: NodeSize): Map<string, Placed> {
  const columns = [...new Set(nodes.map(({ column }) => column))].sort((a, b) => a - b);
  const first = columns.length <= ROW ? columns.length : Math.ceil(columns.length / 2);
  const lists = columns.map((column) => nodes.filter((each) => each.column === column));
  const tallest = (part: readonly (readonly WhyNode[])[]) => Math.max(1, ...part.map(({ length }) => length));
  const middles = (tallest(lists.slice(0, first)) + tallest(lists.slice(first))) / 2;
  const places = new Map<string, Placed>();
  lists.forEach((list, index) => {
    const back = index >= first;
    const at = back ? first - 1 - (index - first) : index;
    const enters = !back ? 'left' : index === first ? 'top' : 'right';
    const leaves = back ? 'left' : index === first - 1 && columns.length > first ? 'bottom' : 'right';
    list.forEach(({ id }, row) => {
      const y = (row - (list.length - 1) / 2 + (back ? middles : 0)) * (height + gap) + (back ? gap : 0);
      places.set(id, { x: at * (width + gap * 2), y, enters, leaves });
    });
  });
  return places;
}
